"""What can be explained, as plain data: a demo by name, or two uploaded files by the hash of their bytes.

The bytes themselves stay in the session and go with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

Source = Mapping[str, Any]
"""{"demo": name} or {"model": sha256, "data": sha256, "names": [model file, data file], "options": {…}}."""

OWN = "own-"


def keep(data: bytes) -> str:
    """Keep uploaded bytes for this session; their sha256."""
    digest = hashlib.sha256(data).hexdigest()
    st.session_state.setdefault("bytes", {})[digest] = data
    return digest


def bytes_of(digest: str) -> bytes:
    return st.session_state["bytes"][digest]


def forget_others(kept: set[str]) -> None:
    """Drop the bytes no source needs any more: each upload weighs on the memory all visitors share."""
    held = st.session_state.get("bytes", {})
    for digest in set(held) - kept:
        del held[digest]


def adopt(source: Source) -> str:
    """Make an uploaded source available under a code, and return the code."""
    code = OWN + hashlib.sha256(identity(source).encode()).hexdigest()[:8]
    st.session_state["own"] = {code: dict(source)}
    return code


def own() -> dict[str, Source]:
    """Code -> source of the upload that this visit explains."""
    return st.session_state.get("own", {})


def find(code: str) -> Source:
    """The source of a model's code."""
    return own().get(code) or {"demo": code}


def identity(source: Source) -> str:
    """A text that is equal for equal sources: content and options, not file names."""
    return json.dumps({key: source[key] for key in sorted(source) if key != "names"}, sort_keys=True, default=str)

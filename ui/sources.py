"""What can be explained, as plain data: a demo by name, or two files by the hash of their bytes.

Uploaded bytes stay in the session and go with it; those of the model that is given with the app stay with the app.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui import given

Source = Mapping[str, Any]
"""{"demo": name} or {"model": sha256, "data": sha256, "names": [model file, data file], "options": {…}}."""

OWN = "own-"


def keep(data: bytes) -> str:
    """Keep uploaded bytes for this session; their sha256."""
    digest = hashlib.sha256(data).hexdigest()
    st.session_state.setdefault("bytes", {})[digest] = data
    return digest


def bytes_of(digest: str) -> bytes:
    everybodys = given.given()
    if everybodys is not None and digest in everybodys.bytes:
        return everybodys.bytes[digest]
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
    if code == given.CODE and (everybodys := given.given()) is not None:
        return everybodys.source
    return own().get(code) or {"demo": code}


def everybodys_source(code: str) -> Source:
    """The source of a model that is there for everybody, outside of any visit."""
    return given.given().source if code == given.CODE else {"demo": code}


def everybodys(source: Source) -> bool:
    """Whether all visitors share it, as they do demos and the model given with the app."""
    return "demo" in source or "given" in source


def identity(source: Source) -> str:
    """A text that is equal for equal sources: content and options, not file names."""
    return json.dumps({key: source[key] for key in sorted(source) if key != "names"}, sort_keys=True, default=str)

"""The files a visitor has chosen but not yet explained, and what they said about them. Plain data in the session."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ui import sources
from ui.sources import Source

_EMPTY: dict[str, Any] = {
    "model": None,  # {"sha": …, "name": …}
    "data": None,
    "companion": None,
    "target": None,  # None: detected; "": there is none
    "object_key": None,
    "renames": {},  # column of the table -> column of the model
    "class": None,
    "environment": None,  # "own" versions, those of "here"; None: what helps
    "proof": None,  # whether to compare both
}
_OF_THE_MODEL = ("object_key", "class", "renames", "target", "environment", "proof")
_OF_THE_DATA = ("renames", "target", "proof")


def pending() -> dict[str, Any]:
    """What has been chosen so far."""
    if "pending" not in st.session_state:
        st.session_state["pending"] = {**_EMPTY, "renames": {}}
    return st.session_state["pending"]


def take(role: str) -> None:
    """The uploader of this role has a new file, or none any more: what was said about the old one no longer holds."""
    file, chosen = st.session_state[f"upload_{role}"], pending()
    chosen[role] = None if file is None else {"sha": sources.keep(file.getvalue()), "name": file.name}
    for name in {"model": _OF_THE_MODEL, "data": _OF_THE_DATA}.get(role, ()):
        chosen[name] = {} if name == "renames" else None
    _forget()


def say(name: str, value: Any) -> None:
    """The reader corrects what was detected."""
    pending()[name] = value


def rename(column: str, wanted: str) -> None:
    """A column of the table is the model's `wanted`."""
    others = {old: new for old, new in pending()["renames"].items() if new != wanted}
    pending()["renames"] = {**others, column: wanted}


def discard() -> None:
    """Start again with no files."""
    st.session_state.pop("pending", None)
    for role in ("model", "data", "companion"):
        st.session_state.pop(f"upload_{role}", None)
    _forget()


def source() -> Source | None:
    """The chosen files as something that can be asked about; None without a model."""
    chosen = pending()
    if chosen["model"] is None:
        return None
    files = [chosen[role] for role in ("model", "data") if chosen[role] is not None]
    said = ("target", "object_key", "renames", "environment")
    options = {name: chosen[name] for name in said if chosen[name] not in (None, {})}
    if chosen["companion"] is not None:
        options |= {"companion": chosen["companion"]["sha"], "companion_name": chosen["companion"]["name"]}
    data = chosen["data"]["sha"] if chosen["data"] else None
    return {
        "model": chosen["model"]["sha"],
        "data": data,
        "names": [file["name"] for file in files],
        "options": options,
    }


def _forget() -> None:
    """Drop bytes that neither the chosen nor the explained files need."""
    needed = [pending()[role] for role in ("model", "data", "companion")]
    kept = {file["sha"] for file in needed if file}
    for explained in sources.own().values():
        kept |= {explained["model"], explained["data"], explained["options"].get("companion")}
    sources.forget_others(kept)

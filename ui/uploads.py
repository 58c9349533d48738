"""The files a visitor has chosen but not yet explained, and what they said about them. Plain data in the session."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import streamlit as st

from ui import sources
from ui.sources import Source

_EMPTY: dict[str, Any] = {
    "model": None,  # {"sha": …, "name": …, "upload": Streamlit's own number of it}
    "data": None,
    "companion": None,
    "target": None,  # None: detected; "": there is none
    "object_key": None,
    "renames": {},  # column of the table -> column of the model
    "accept": [],  # keys of adjustments that were offered and are wanted
    "undo": [],  # keys of adjustments that were done and are not
    "class": None,
    "environment": None,  # "own" versions, those of "here"; None: what helps
    "proof": None,  # whether to compare both
}
_OPTIONS = ("target", "object_key", "renames", "accept", "undo", "environment")
_OF_THE_MODEL = ("object_key", "class", "renames", "target", "accept", "undo", "environment", "proof")
_OF_THE_DATA = ("renames", "target", "accept", "undo", "proof")
_OF_THE_COMPANION = ("accept", "undo", "proof")


def pending() -> dict[str, Any]:
    """What has been chosen so far."""
    if "pending" not in st.session_state:
        st.session_state["pending"] = copy.deepcopy(_EMPTY)
    return st.session_state["pending"]


def key(role: str) -> str:
    """Of the uploader of this role."""
    generation = st.session_state.get("uploaders", 0)
    return f"upload_{role}_{generation}" if generation else f"upload_{role}"


def _empty_uploaders() -> None:
    """The browser keeps showing a file that was chosen in an uploader; only a new uploader is empty."""
    st.session_state["uploaders"] = st.session_state.get("uploaders", 0) + 1


def take(role: str) -> None:
    """The uploader of this role has a new file, or none any more: what was said about the old one no longer holds."""
    file, chosen = st.session_state[key(role)], pending()
    chosen[role] = (
        None if file is None else {"sha": sources.keep(file.getvalue()), "name": file.name, "upload": file.file_id}
    )
    for name in {"model": _OF_THE_MODEL, "data": _OF_THE_DATA, "companion": _OF_THE_COMPANION}[role]:
        chosen[name] = copy.deepcopy(_EMPTY[name])
    _forget()


def take_missed(role: str) -> None:
    """Take a file that the uploader has and nobody was told of.

    Streamlit ends a callback in the middle when the browser asks for the next run meanwhile: with the second of two
    files, for one. It believes then that the callback has run.
    """
    file, taken = st.session_state[key(role)], pending()[role]
    if file is not None and (taken is None or taken["upload"] != file.file_id):
        take(role)


def say(name: str, value: Any) -> None:
    """The reader corrects what was detected."""
    pending()[name] = value


def rename(column: str, wanted: str) -> None:
    """A column of the table is the model's `wanted`."""
    others = {old: new for old, new in pending()["renames"].items() if new != wanted}
    pending()["renames"] = {**others, column: wanted}


def move(role: str, to: str) -> None:
    """A file was chosen in the wrong place. Whatever is in its new place comes to the old one."""
    chosen = pending()
    chosen[role], chosen[to] = chosen[to], chosen[role]
    for name in (*_OF_THE_MODEL, *_OF_THE_DATA):
        chosen[name] = copy.deepcopy(_EMPTY[name])
    _empty_uploaders()


def forget_renames(columns: Iterable[str]) -> None:
    """These columns keep their names."""
    pending()["renames"] = {old: new for old, new in pending()["renames"].items() if old not in columns}


def accept(keys: Iterable[str]) -> None:
    """Adjustments are wanted: those that were offered, or taken back before."""
    chosen = pending()
    taken_back = [key for key in keys if key in chosen["undo"]]
    chosen["undo"] = [key for key in chosen["undo"] if key not in taken_back]
    chosen["accept"] = list(dict.fromkeys([*chosen["accept"], *(key for key in keys if key not in taken_back)]))


def undo(keys: Iterable[str]) -> None:
    """Adjustments are not wanted: those that were accepted, or done because they are exact."""
    chosen = pending()
    accepted = [key for key in keys if key in chosen["accept"]]
    chosen["accept"] = [key for key in chosen["accept"] if key not in accepted]
    chosen["undo"] = list(dict.fromkeys([*chosen["undo"], *(key for key in keys if key not in accepted)]))


def turn(column: str) -> None:
    """The two codes of a column change places, or change back."""
    key = f"flip={column}"
    if key in pending()["accept"]:
        undo([key])
    else:
        accept([key])


def forget(asked: str) -> None:
    """Drop wishes that nothing stands for any more, because another one was taken back."""
    for name in ("accept", "undo"):
        pending()[name] = [key for key in pending()[name] if key not in asked]


def discard() -> None:
    """Start again with no files."""
    st.session_state.pop("pending", None)
    _empty_uploaders()
    _forget()


def source() -> Source | None:
    """The chosen files as something that can be asked about; None without a model."""
    chosen = pending()
    if chosen["model"] is None:
        return None
    files = [chosen[role] for role in ("model", "data") if chosen[role] is not None]
    options = {name: chosen[name] for name in _OPTIONS if chosen[name] not in (None, {}, [])}
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

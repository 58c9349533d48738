"""What follows a visitor from page to page: codes in the session and in the address, never labels.

The address is read once, when the visit begins; from then on the session is right and the address is written after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from xai.texts import LANGUAGES

_CHOICES = ("model", "case", "class")


def begin() -> None:
    """Read the address and the browser's language, once per visit."""
    if "asked" in st.session_state:
        return
    asked = st.query_params.to_dict()
    st.session_state["asked"] = asked
    st.session_state["language"] = asked["lang"] if asked.get("lang") in LANGUAGES else _browser_language()
    st.session_state["present"] = asked.get("present") == "true"
    st.session_state["page_codes"] = {}
    st.session_state["notes"] = []
    for name in _CHOICES:
        st.session_state[name] = asked.get(name)


def _browser_language() -> str:
    return "de" if (st.context.locale or "").lower().startswith("de") else "en"


def asked(name: str) -> str | None:
    """What the address said about `name` when this visit began; nothing once another model or case is chosen."""
    begin()
    return st.session_state["asked"].get(name)


def language() -> str:
    begin()
    return st.session_state["language"]


def theme() -> str:
    """ "light" or "dark"; the browser may not have told yet on the very first run, then light."""
    return "dark" if st.context.theme.type == "dark" else "light"


def stage() -> bool:
    """Whether figures are drawn larger, for a room."""
    begin()
    return st.session_state["present"]


def model() -> str | None:
    """Code of the model: a demo's name, "given", or "own-…" for an upload of this visit. None only before the frame."""
    begin()
    return st.session_state["model"]


def chosen_case() -> str | None:
    """The case as it was asked for, perhaps one that does not exist."""
    begin()
    return st.session_state["case"]


def case() -> str:
    """The case the pages speak about: the code of a ready-made one, or a row's position ("17")."""
    return chosen_case() or "0"


def target_class() -> str | None:
    """Text of the class whose probability is shown; None: the model's default."""
    begin()
    return st.session_state["class"]


def choose_model(code: str) -> None:
    """Another model: its cases and classes are other ones, and what pages remembered no longer applies."""
    if code == model():
        return
    first_choice = model() is None
    st.session_state["model"] = code
    if not first_choice:
        st.session_state["class"] = None
        choose_case(None)


def choose_case(code: str | None) -> None:
    """Another case; None for the model's first one. What pages put into the address belonged to the old case."""
    st.session_state["case"] = code
    st.session_state["page_codes"] = {}
    st.session_state["asked"] = {}


def choose_first_case(code: str) -> None:
    """The case nobody asked for: what the address said about pages still applies."""
    st.session_state["case"] = code


def choose(name: str, value: Any) -> None:
    """Set language, class or present."""
    begin()
    st.session_state[name] = value


def share(page: str, codes: Mapping[str, str]) -> None:
    """Put a page's own codes into the address, for as long as this page is open and this case is chosen."""
    begin()
    st.session_state["page_codes"][page] = dict(codes)
    write_address(page)


def link(page: str) -> dict[str, str]:
    """All codes that belong into the address of a page."""
    begin()
    codes = {"lang": language(), "model": model(), "case": st.session_state["case"], "class": target_class()}
    own = st.session_state["page_codes"].get(page, {})
    present = {"present": "true"} if stage() else {}
    return {name: code for name, code in codes.items() if code is not None} | present | own


def write_address(page: str) -> None:
    """Write the codes into the address where it says something else (each writing is a message to the browser)."""
    codes = link(page)
    if st.query_params.to_dict() != codes:
        st.query_params.from_dict(codes)


def fingerprint() -> str:
    """A short text that changes with model, case and class: for keys of widgets that belong to one of them."""
    return f"{model()}|{case()}|{target_class()}"


def leave_note(key: str) -> None:
    """Something to tell at the top of the page, once: a catalogue key under `frame.note.`"""
    begin()
    if key not in st.session_state["notes"]:
        st.session_state["notes"].append(key)


def take_notes() -> list[str]:
    """The notes left since the last run."""
    begin()
    notes, st.session_state["notes"] = st.session_state["notes"], []
    return notes

"""A search that takes a while: it shows how far it is, and it can be stopped."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from ui import engine, progress, state, words

_STOPPED = "stopped_search"


def search(question: str, **parameters: Any) -> Any | None:
    """The answer, or None where the reader has stopped this very search; then a button takes it up again.

    Raises KlartextError.
    """
    asked = f"{state.fingerprint()}|{question}|{json.dumps(parameters, sort_keys=True)}"
    if st.session_state.get(_STOPPED) == asked:
        st.markdown(words.say("pages.search.stopped"))
        st.button(words.say("pages.search.again"), key="search_again", on_click=_forget)
        return None
    place = st.empty()
    shown: list[bool] = []

    def offer() -> None:
        """The button appears with the first sign of work: a kept answer needs none."""
        if not shown:
            shown.append(True)
            place.button(words.say("pages.search.stop"), key="search_stop", on_click=_stop, args=(asked,))

    with progress.line() as line:

        def told(fraction: float, note: str) -> None:
            offer()
            line(fraction, note)

        answer = engine.ask(question, progress=told, **parameters)
    place.empty()
    return answer


def _stop(asked: str) -> None:
    st.session_state[_STOPPED] = asked


def _forget() -> None:
    st.session_state.pop(_STOPPED, None)

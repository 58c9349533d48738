"""A search that takes a while: it shows how far it is and what it has, and it can be stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from ui import engine, progress, state, words
from xai.results import Counterfactuals, Notice

_STOPPED = "stopped_search"
_SO_FAR = "search_so_far"


@dataclass(frozen=True)
class _SoFar:
    """The best of a search that is still going on, or was stopped."""

    asked: str
    answer: Counterfactuals


def search(
    question: str, draw: Callable[[Counterfactuals, str], None], **parameters: Any
) -> tuple[Counterfactuals | None, bool]:
    """The answer, and whether it is the last word; None where the reader stopped the search before there was one.

    What the search has meanwhile is drawn by `draw`, with a suffix for the keys of what it draws; it makes room for the
    answer. A stopped search keeps what it had, and a button takes it up again. Raises KlartextError.
    """
    asked = f"{state.fingerprint()}|{question}|{json.dumps(parameters, sort_keys=True)}"
    if st.session_state.get(_STOPPED) == asked:
        st.markdown(words.say("pages.search.stopped"))
        st.button(words.say("pages.search.again"), key="search_again", on_click=_forget)
        return _kept(asked), False
    place, shown = st.empty(), []

    def offer() -> None:
        """The button appears with the first sign of work: a kept answer needs none."""
        if not shown:
            shown.append(True)
            place.button(words.say("pages.search.stop"), key="search_stop", on_click=_stop, args=(asked,))

    with progress.line() as line:
        meanwhile, turn = st.empty(), iter(range(1_000))

        def told(fraction: float, note: str) -> None:
            offer()
            line(fraction, note)

        def better(answer: Counterfactuals) -> None:
            st.session_state[_SO_FAR] = _SoFar(asked, answer)
            offer()
            with meanwhile.container():
                draw(answer, f"_{next(turn)}")

        answer = engine.ask(question, progress=told, partial=better, **parameters)
        meanwhile.empty()
    place.empty()
    return answer, True


def _kept(asked: str) -> Counterfactuals | None:
    """What a stopped search had found, and that it was stopped."""
    so_far: _SoFar | None = st.session_state.get(_SO_FAR)
    if so_far is None or so_far.asked != asked:
        return None
    return replace(so_far.answer, warnings=(*so_far.answer.warnings, Notice("search-stopped")))


def _stop(asked: str) -> None:
    st.session_state[_STOPPED] = asked


def _forget() -> None:
    st.session_state.pop(_STOPPED, None)

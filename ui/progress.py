"""How far a computation is: a line that goes away when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from ui import state
from xai.texts import catalogue

Progress = Callable[[float, str], None]


@contextmanager
def line() -> Iterator[Progress]:
    """A callback for the engine. Every call is a Streamlit call, so a click elsewhere ends the work there."""
    place = st.empty()
    try:
        yield lambda fraction, note: _draw(place, fraction, note)
    finally:
        place.empty()


def _draw(place: st.delta_generator.DeltaGenerator, fraction: float, note: str) -> None:
    sentences = catalogue(state.language())
    keys = (f"progress.{note}", f"frame.progress.{note}", "frame.progress.working")
    text = sentences.say(next(key for key in keys if key in sentences))
    place.progress(min(max(fraction, 0.0), 1.0), text=text)

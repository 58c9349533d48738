"""Which of several classes a page speaks about."""

from __future__ import annotations

import streamlit as st

from ui import engine, state, words
from ui.choice import choice
from xai.results import Label
from xai.texts.wording import text_of


def class_switch(shown: Label | None) -> None:
    """Only for more than two classes; `shown` is the one the page shows now. Choosing starts the page over."""
    known = engine.describe()
    if known.task != "multiclass":
        return
    wording = words.wording()
    names = {text_of(label): wording.outcome(label) for label in known.classes}
    key = f"class_switch|{state.model()}"
    st.session_state[key] = text_of(shown)
    choice(
        words.say("pages.shown_class"),
        list(names),
        key,
        names.__getitem__,
        on_change=lambda: state.choose("class", st.session_state[key]),
    )

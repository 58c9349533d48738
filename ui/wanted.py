"""Which outcome a counterfactual is to reach: another class, perhaps with some certainty, or a range of predictions."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ui import engine, state, words
from ui.choice import choice
from ui.description import Case
from xai.texts.numbers import digits_for
from xai.texts.wording import text_of

FARTHER = 0.1  # a regression starts with a prediction that is a tenth larger
_CERTAIN = (0, 60, 70, 80, 90, 95, 99)  # per cent; 0: as soon as the model says it


def wanted(case: Case) -> dict[str, Any]:
    """Parameters of the question: a class as its text, or [low, high] with None for an open end; a probability."""
    if engine.describe().task == "regression":
        return {"desired": _range(case)}
    asked: dict[str, Any] = {"desired": _class(case)}
    if engine.describe().unit == "probability" and (certain := _certainty()):
        asked["probability"] = certain / 100
    return asked


def _class(case: Case) -> str:
    """Every class but the one the model answers; with two there is nothing to choose."""
    wording = words.wording()
    known = {text_of(label): label for label in engine.describe().classes if label != case.answer}
    key = f"wanted|{state.model()}|{text_of(case.answer)}"
    if len(known) == 1:
        return next(iter(known))
    label = words.say("pages.counterfactuals.wanted")
    return choice(label, list(known), key, lambda code: wording.outcome(known[code]), room=30, hidden=False)


def _certainty() -> int:
    """How sure the model is to be, in per cent."""
    key = f"certain|{state.model()}"
    st.session_state[key] = st.session_state.get(key, 0)  # written in every run, for another language
    plain = words.wording()
    names = {
        certain: words.say("pages.counterfactuals.certain_any")
        if not certain
        else words.say("pages.counterfactuals.certain_at_least", probability=plain.percent(certain / 100))
        for certain in _CERTAIN
    }
    label = words.say("pages.counterfactuals.certain")
    return st.selectbox(label, _CERTAIN, key=key, format_func=names.__getitem__, persist_state="session")


def _range(case: Case) -> list[float | None]:
    """Two ends; an empty one is open."""
    start = float(f"{case.prediction + FARTHER * (abs(case.prediction) or 1):.3g}")
    ends = []
    for place, end, first in zip(st.columns(2, gap="medium"), ("low", "high"), (start, None), strict=True):
        key = f"wanted|{end}|{state.model()}|{state.case()}"
        st.session_state.setdefault(key, first)
        with place:
            ends.append(
                st.number_input(
                    words.say(f"pages.counterfactuals.{end}"),
                    value=None,
                    key=key,
                    format=f"%.{digits_for(case.prediction)}f",
                    placeholder=words.say("pages.counterfactuals.open"),
                    persist_state="session",
                )
            )
    return ends

"""Which case the pages speak about: ready-made ones, or a row by position, at random, wrong, or close."""

from __future__ import annotations

import random

import numpy as np
import streamlit as st

from ui import engine, progress, state, words
from ui.description import Case
from xai.results import Predictions
from xai.texts import Wording

_NARROW = 60  # characters of description that fit beside the controls
_POOL = 0.02  # the closest (or farthest) two per cent of the rows are drawn from


def settle() -> None:
    """Replace a case the model does not have by its first one."""
    known = engine.describe()
    code = state.chosen_case()
    if code in known.cases or (code is not None and code.isdecimal() and int(code) < known.rows):
        return
    if code is not None:
        state.leave_note("unknown_case")
        state.choose_case(None)
    state.choose_first_case(known.cases[0] if known.cases else "0")


def show() -> None:
    """The ready-made cases side by side, and the popover with all others."""
    known = engine.describe()
    if known.cases:
        _ready_made(known.cases)
    with st.popover(words.say("frame.case.other"), type="tertiary"):
        _by_position(known.rows)
        _by_kind(known.target is not None, known.task == "regression")


def names() -> list[str]:
    """The names of the ready-made cases."""
    return [words.name_of(code) for code in engine.describe().cases]


def _ready_made(codes: tuple[str, ...]) -> None:
    # a row from the data is none of them: then no segment is selected
    st.session_state["ready_case"] = state.case() if state.case() in codes else None
    names = {code: words.name_of(code) for code in codes}
    st.segmented_control(
        words.say("frame.case.label"),
        codes,
        key="ready_case",
        format_func=names.__getitem__,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: state.choose_case(st.session_state["ready_case"]),
    )


def _by_position(rows: int) -> None:
    st.session_state["position"] = int(state.case()) if state.case().isdecimal() else None
    st.number_input(
        words.say("frame.case.position", last=words.wording().number(rows - 1, 0)),
        min_value=0,
        max_value=rows - 1,
        step=1,
        value=None,
        key="position",
        on_change=_take_position,
    )


def _take_position() -> None:
    if (position := st.session_state["position"]) is not None:
        state.choose_case(str(position))


def _by_kind(target: bool, regression: bool) -> None:
    """Buttons that draw a row of a kind; those that need the outcome are off where it is unknown."""
    kinds = ("random", "far") if regression else ("random", "wrong", "close")
    for kind in kinds:
        known = target or kind in ("random", "close")
        help_text = None if known else words.say("frame.case.needs_target")
        label = words.say(f"frame.case.{kind}")
        if st.button(label, key=f"case_{kind}", disabled=not known, help=help_text, width="stretch"):
            draw(kind)


def draw(kind: str) -> None:
    """Choose a row of this kind by chance, and start over with it."""
    if kind == "random":
        choices = np.arange(engine.describe().rows)
    else:
        with progress.line() as told:
            choices = rows_of(kind, engine.ask("predictions", progress=told))
    others = [int(row) for row in choices if str(row) != state.case()]
    if not others:
        state.leave_note(f"no_{kind}_case")
    else:
        state.choose_case(str(random.choice(others)))
    st.rerun()


def rows_of(kind: str, predictions: Predictions) -> np.ndarray:
    """Positions of rows predicted wrongly, with the largest errors, or closest to another answer."""
    if kind == "wrong":
        return np.flatnonzero(np.nan_to_num(predictions.error) > 0)
    size = predictions.closeness if kind == "close" else -np.abs(predictions.error)
    known = np.flatnonzero(~np.isnan(size))
    pool = max(5, round(_POOL * len(known)))
    return known[np.argsort(size[known], kind="stable")[:pool]]


def line() -> str:
    """Markdown: the description of the case, grey, and what the model says about it, bold."""
    wording = words.wording("markdown")
    return f":gray[{description(wording)}] · {prediction(engine.case(state.case()), wording)}"


def plain_line() -> str:
    """The same without marks, for a report."""
    wording = words.wording()
    shown = prediction(engine.case(state.case()), wording).replace("**", "")
    return f"{words.case_name()} · {description(wording, named=False)} · {shown}"


def description(wording: Wording, named: bool = True) -> str:
    """The case in a few words: written for ready-made ones, else (its name and) its first columns."""
    if written := words.case_description(wording):
        return written
    told = [wording.raw(words.case_name())] if named else []
    for name, value in engine.case(state.case()).values.items():
        told.append(f"{wording.column(name)} {wording.value(name, value)}")
        if len(", ".join(told)) > _NARROW:
            return ", ".join(told[:-1]) + " …"
    return ", ".join(told)


def prediction(case: Case, wording: Wording) -> str:
    """ "**63 %** Überlebenschance", "**98 %** Eselspinguin", "Verbrauch (l/100 km): **9,8**"."""
    amount = f"**{words.amount(case)}**"
    if case.unit == "target":
        target = engine.describe().target
        return amount if target is None else f"{wording.column(target)}: {amount}"
    return f"{amount} {words.quantity(wording, case.unit, case.target_class)}"

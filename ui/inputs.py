"""The controls of a case's columns: what each shows, where it starts, and which columns differ from the case.

A control keeps a code (the text of a value) where it is buttons or a list, else a number. Its kind depends on the
column and the case alone, never on what is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from ui import engine, state, words
from ui.choice import choice
from xai.data import Column
from xai.texts.wording import is_missing, text_of

VISIBLE = 6
_FEW = 4  # whole numbers that span no more than this are buttons
_MISSING = ""  # code of a missing value
_ROOM = 19  # characters that fit side by side in half of the left part

Kind = Literal["codes", "slider", "number"]


def draw(order: Sequence[str]) -> dict[str, Any]:
    """Controls in this order, six in sight; the columns that differ from the case, with their new values."""
    shown, more = (order, []) if len(order) <= VISIBLE + 1 else (order[:VISIBLE], order[VISIBLE:])
    values = _in_pairs(shown)
    if more:
        with st.expander(words.say("pages.whatif.more", n=len(more))):
            values |= _in_pairs(more)
    original = _original()
    return {name: value for name, value in values.items() if code_of(value) != code_of(original[name])}


def reset() -> None:
    """Back to the case: for a button's `on_click`."""
    prefill({})


def prefill(changes: Mapping[str, Any]) -> None:
    """Let the controls of the current case show these changes, the next time they are drawn."""
    original = _original()
    for column in engine.describe().columns:
        value = changes.get(column.name, original[column.name])
        kept = code_of(value) if _kind(column, original[column.name]) == "codes" else value
        st.session_state[_key(column.name)] = kept


def codes(changes: Mapping[str, Any]) -> dict[str, str]:
    """The changes as they stand in the address."""
    return {f"w_{name}": code_of(value) for name, value in changes.items()}


def code_of(value: Any) -> str:
    """The text of a value: equal for 3, 3.0 and "3"."""
    return _MISSING if is_missing(value) else text_of(value)


def _in_pairs(names: Sequence[str]) -> dict[str, Any]:
    """Two beside each other, so that most are seen without scrolling."""
    values, original = {}, _original()
    for start in range(0, len(names), 2):
        for place, name in zip(st.columns(2, gap="medium"), names[start : start + 2], strict=False):
            with place:
                values[name] = _control(engine.describe().column(name), original[name])
    return values


def _control(column: Column, original: Any) -> Any:
    """One control and its value; the label says what it was, once it differs."""
    key, kind, wording = _key(column.name), _kind(column, original), words.wording("markdown")
    if key not in st.session_state:
        st.session_state[key] = _start(column, original, kind)
    label = wording.column(column.name)
    if code_of(st.session_state[key]) != code_of(original):
        was = words.say("pages.whatif.was", value=wording.value(column.name, original))
        label = f"{label} :gray[{was}]"
    if kind == "codes":
        return _codes(column, original, label, key)
    if kind == "slider":
        return _slider(column, original, label, key)
    missing = words.say("words.missing")
    return st.number_input(label, key=key, value=None, placeholder=missing, persist_state="session")


def _codes(column: Column, original: Any, label: str, key: str) -> Any:
    """Every value of the data; the case's own and a linked one, too, where the data do not have them."""
    known = (*_values(column), *([None] if column.missing else []), original)
    options = {code_of(value): value for value in known}
    options.setdefault(st.session_state[key], st.session_state[key])
    plain = words.wording()
    names = {code: plain.value(column.name, value) for code, value in options.items()}
    return options[choice(label, list(options), key, names.__getitem__, room=_ROOM, hidden=False)]


def _slider(column: Column, original: Any, label: str, key: str) -> float | int:
    """From the smallest to the largest value of the data, farther where the case or a link lies outside."""
    whole = column.kind == "integer" and all(float(x).is_integer() for x in (original, st.session_state[key]))
    kind = int if whole else float
    now = st.session_state[key] = kind(st.session_state[key])
    low, high = kind(min(column.low, original, now)), kind(max(column.high, original, now))
    step = kind(column.step or 1)
    shown = "plain" if whole and abs(high) < 10_000 else "localized"  # years are not split into thousands
    high = high if high > low else low + step
    return st.slider(label, low, high, step=step, format=shown, key=key, persist_state="session")


def _start(column: Column, original: Any, kind: Kind) -> Any:
    """Where a control starts: what the address said, as far as it can be read, else the case's own value."""
    asked = state.asked(f"w_{column.name}")
    if kind == "codes":
        return code_of(original) if asked is None else asked
    try:
        return original if asked is None else float(asked)
    except ValueError:  # a link somebody mistyped
        return original


def _kind(column: Column, original: Any) -> Kind:
    if not column.numeric:
        return "codes"
    if is_missing(original):
        return "number"
    few = column.kind == "integer" and column.high - column.low <= _FEW and float(original).is_integer()
    return "codes" if few else "slider"


def _values(column: Column) -> Sequence[Any]:
    return range(int(column.low), int(column.high) + 1) if column.numeric else column.categories


def _original() -> Mapping[str, Any]:
    return engine.case(state.case()).values


def _key(name: str) -> str:
    return f"whatif|{state.model()}|{state.case()}|{name}"

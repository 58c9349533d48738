"""What may change in a counterfactual: per column fixed, free, only up, only down, or within limits of the reader's.

And for all of them: how many may change, which only change together, and whether combinations must be known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import streamlit as st

from ui import engine, state, words
from xai.data import Column
from xai.results import Blocked
from xai.sensitive import sensitive
from xai.texts.wording import is_missing, text_of

VISIBLE = 8
_NUMBERS = ("free", "keep", "up", "down", "range")  # dates as well
_CATEGORIES = ("free", "keep", "some")
_MOST = (0, 1, 2, 3, 4, 5)  # changes; 0: as many as it takes


@dataclass(frozen=True)
class Constraints:
    """As the engine takes them."""

    keep: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)  # kept by the engine, because nobody asked otherwise
    free: list[str] = field(default_factory=list)
    ranges: dict[str, list[Any]] = field(default_factory=dict)
    directions: dict[str, str] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)  # those that are about all columns

    def parameters(self) -> dict[str, Any]:
        """Only what was asked for: a question without constraints has none."""
        named = {"keep": self.keep, "free": self.free, "ranges": self.ranges, "directions": self.directions}
        return {name: value for name, value in (named | self.rest).items() if value}


def draw(order: Sequence[str]) -> Constraints:
    """A row per column in this order, eight in sight; what they ask for."""
    found = Constraints()
    shown, more = (order, []) if len(order) <= VISIBLE + 1 else (order[:VISIBLE], order[VISIBLE:])
    for name in shown:
        _row(engine.describe().column(name), found)
    if more:
        with st.expander(words.say("pages.counterfactuals.more", n=len(more))):
            for name in more:
                _row(engine.describe().column(name), found)
    with st.expander(words.say("pages.counterfactuals.altogether")):
        _altogether(order, found)
    found.free.extend(name for name in st.session_state.get(_key("apart"), []) if name not in found.free)
    return found


def given(name: str) -> bool:
    """Whether a column is fixed from the start: sex, age and the like."""
    return sensitive(name) is not None


def lift(blocked: Blocked) -> None:
    """Give up the constraint that is in the way: for a button's `on_click`."""
    if blocked.constraint == "at_most":
        st.session_state[_key("most")] = 0
    elif blocked.constraint == "only_seen":
        st.session_state[_key("seen")] = False
    elif blocked.constraint == "together" and set(blocked.columns) == set(st.session_state.get(_key("together"), [])):
        st.session_state[_key("together")] = []
    elif blocked.constraint == "together":
        move_apart(blocked.columns)
    else:
        for name in blocked.columns:
            st.session_state[_key("mode", name)] = "free"


def move_apart(columns: Sequence[str]) -> None:
    """Let columns that move together in the data change one by one: for a button's `on_click`."""
    st.session_state[_key("apart")] = [*st.session_state.get(_key("apart"), []), *columns]


def _row(column: Column, found: Constraints) -> None:
    """Name and value at the left, what may happen to it at the right; limits below, where they are asked for."""
    wording, value = words.wording("markdown"), engine.case(state.case()).values[column.name]
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small", wrap=False
    ):
        st.markdown(f"{wording.column(column.name)} **{wording.value(column.name, value)}**")
        mode = _mode(column, value)
    if mode == "keep":
        (found.held if given(column.name) else found.keep).append(column.name)
    elif mode in ("up", "down"):
        found.directions[column.name] = mode
    elif mode == "range":
        found.ranges[column.name] = _dates(column, value) if column.dated else _range(column, value)
    elif mode == "some":
        found.ranges[column.name] = _some(column)
    elif given(column.name):  # the engine keeps it unless it is told otherwise
        found.free.append(column.name)


def _mode(column: Column, value: Any) -> str:
    key = _key("mode", column.name)
    options = _NUMBERS if column.numeric or column.dated else _CATEGORIES
    if is_missing(value):  # nothing to go up from
        options = tuple(mode for mode in options if mode not in ("up", "down"))
    mode = st.session_state.get(key)
    # written in every run: in another language the browser would keep the old name
    st.session_state[key] = mode if mode in options else "keep" if given(column.name) else "free"
    names: Mapping[str, str] = {mode: words.say(f"pages.counterfactuals.mode.{mode}") for mode in options}
    return st.selectbox(
        words.wording().column(column.name),
        options,
        key=key,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
        width=135,
    )


def _range(column: Column, value: Any) -> list[float]:
    """Between which values the column may end; it starts with all of the data."""
    key, kind = _key("range", column.name), int if column.kind == "integer" else float
    outer = [column.low, column.high, *([] if is_missing(value) else [value])]
    low, high, step = kind(min(outer)), kind(max(outer)), kind(column.step or 1)
    st.session_state.setdefault(key, (low, high))
    st.session_state[key] = tuple(min(max(kind(end), low), high) for end in st.session_state[key])
    label = words.say("pages.counterfactuals.range", column=words.wording("markdown").column(column.name))
    ends = st.slider(
        label,
        low,
        high if high > low else low + step,
        step=step,
        format="localized",
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )
    return [float(end) for end in ends]


def _dates(column: Column, value: Any) -> list[str]:
    """The same for dates: whole days, both ends included."""
    key, known = _key("dates", column.name), [*column.categories, *([] if is_missing(value) else [value])]
    days = [date.fromisoformat(str(moment)[:10]) for moment in known]
    st.session_state.setdefault(key, (min(days), max(days)))
    chosen = st.date_input(
        words.say("pages.counterfactuals.range", column=words.wording("markdown").column(column.name)),
        min_value=min(days),
        max_value=max(days),
        format="YYYY-MM-DD",  # as the page writes the values
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )
    first, last = chosen if len(chosen) == 2 else (chosen[0], max(days))  # the second end is still being chosen
    return [str(first), f"{last} 23:59:59.999999"]


def _some(column: Column) -> list[Any]:
    """Which categories are allowed; none chosen means all of them."""
    known = {text_of(value): value for value in column.categories}
    plain, key = words.wording(), _key("some", column.name)
    st.session_state[key] = [code for code in st.session_state.get(key, []) if code in known]
    chosen = st.multiselect(
        words.say("pages.counterfactuals.some", column=words.wording("markdown").column(column.name)),
        list(known),
        key=key,
        format_func=lambda code: plain.value(column.name, known[code]),
        placeholder=words.say("pages.counterfactuals.choose"),
        label_visibility="collapsed",
        persist_state="session",
    )
    return [known[code] for code in chosen or known]


def _altogether(order: Sequence[str], found: Constraints) -> None:
    """The constraints that are about all columns."""
    plain = words.wording()
    key = _key("most")
    st.session_state[key] = st.session_state.get(key, 0)  # written in every run, for another language
    names = {most: words.say("pages.counterfactuals.most_any") if not most else str(most) for most in _MOST}
    label = words.say("pages.counterfactuals.most")
    most = st.selectbox(label, _MOST, key=key, format_func=names.__getitem__, persist_state="session")
    key = _key("together")
    st.session_state[key] = [name for name in st.session_state.get(key, []) if name in order]
    together = st.multiselect(
        words.say("pages.counterfactuals.together"),
        list(order),
        key=key,
        format_func=plain.column,
        placeholder=words.say("pages.counterfactuals.nothing_together"),
        help=words.say("pages.counterfactuals.together_help"),
        persist_state="session",
    )
    st.session_state.setdefault(_key("seen"), False)
    seen = st.toggle(words.say("pages.counterfactuals.only_seen"), key=_key("seen"), persist_state="session")
    asked = {"at_most": most or None, "together": [together] if len(together) > 1 else [], "only_seen": seen}
    found.rest.update(asked)


def _key(part: str, name: str = "") -> str:
    return f"{part}|{state.model()}|{name}"

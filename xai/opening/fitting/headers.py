"""Header lines: repeated among the rows, further down than the first line, or missing altogether."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from xai.adjustment import Adjustment
from xai.opening.cells import numbers_from_text
from xai.opening.fitting.draft import Draft, is_text
from xai.opening.fitting.spelling import alike
from xai.results import plain_scalar

_SEARCHED = 20  # rows in which a header may hide
_OUTCOME = "target"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)


def settle(draft: Draft) -> None:
    """First of all stages: what are the names, what are the rows?"""
    _leave_out_repeated(draft)
    if draft.wanted.names is not None and _known(draft, draft.names) < len(draft.wanted.needed):
        if (place := _lower(draft)) is not None:
            _raise(draft, place)
        elif not _known(draft, draft.names):
            _make_a_row(draft)
    elif draft.wanted.names is None:
        _make_a_row(draft)


def _known(draft: Draft, names: Sequence[str]) -> int:
    """How many of the model's columns are among some names."""
    return sum(any(alike(wanted, name) for name in names) for wanted in draft.wanted.needed)


def _leave_out_repeated(draft: Draft) -> None:
    """Tables put together from several files carry the header of each."""
    frame = draft.as_text
    if not all(is_text(frame[name]) for name in frame.columns):  # a header among numbers makes text of all of them
        return
    repeated = np.logical_and.reduce([frame[name].astype(str).str.strip() == str(name) for name in frame.columns])
    if not repeated.any() or repeated.all():
        return
    if draft.does(Adjustment("header-repeated", facts={"rows": int(repeated.sum())}), by_itself=True):
        _read_again(draft, frame[~repeated])


def _lower(draft: Draft) -> int | None:
    """The row that has all names the model needs."""
    for place in range(min(_SEARCHED, len(draft.frame) - 1)):
        cells = [str(cell).strip() for cell in draft.frame.iloc[place] if isinstance(cell, str)]
        all_there = len(cells) >= len(draft.wanted.needed) == _known(draft, cells)
        if all_there and len(set(cells)) == len(cells):
            return place
    return None


def _raise(draft: Draft, place: int) -> None:
    """The names stand further down, under a title or blank lines."""
    if draft.does(Adjustment("header-lower", facts={"line": place + 2, "rows": place + 1}), by_itself=True):
        frame = draft.as_text
        names = [f"Unnamed: {k}" if pd.isna(cell) else str(cell).strip() for k, cell in enumerate(frame.iloc[place])]
        _read_again(draft, frame.iloc[place + 1 :].set_axis(names, axis="columns"))


def _make_a_row(draft: Draft) -> None:
    """The first line holds values: then the columns are those of the model, in its order, which is a guess."""
    if not _like_values(draft.frame):
        return
    names = _positions(draft)
    if names is None:
        return
    row = [plain_scalar(_value(name)) for name in draft.names]
    facts = {"first": ", ".join(draft.names[:5]), "row": row, "names": names}
    if draft.does(Adjustment("header-missing", facts=facts, needed=draft.wanted.names is not None)):
        first = pd.DataFrame([{name: _value(name) for name in draft.names}])
        _read_again(draft, pd.concat([first, draft.as_text], ignore_index=True).set_axis(names, axis="columns"))
    else:
        draft.headless = True


def _positions(draft: Draft) -> list[str] | None:
    """Names for columns without any; where there is one more than the model needs, the last is the outcome."""
    count = draft.frame.shape[1]
    if draft.wanted.names is None:
        return [str(place) for place in range(count)]
    wanted = list(draft.wanted.names)
    return wanted if count == len(wanted) else [*wanted, _OUTCOME] if count == len(wanted) + 1 else None


def _like_values(frame: pd.DataFrame) -> bool:
    """Whether each name could be a value of its own column, and some of them are numbers."""
    names = [str(name) for name in frame.columns]
    numbers = [value for name in names if isinstance(value := _value(name), float)]
    steps = {round(after - before, 9) for before, after in pairwise(numbers)}
    if not numbers or (len(numbers) == len(names) > 2 and len(steps) == 1):  # 0, 1, 2, …: numbered columns
        return False
    return all(_fits(name, frame[name]) for name in frame.columns)


def _fits(name: str, column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column):
        return isinstance(_value(str(name)), float)
    return is_text(column) and str(name) in set(column.dropna().head(5000).astype(str))


def _value(name: str) -> Any:
    """The cell that was taken for a name: an empty one is called "Unnamed", the second 0.2 is called 0.2.1."""
    if name.startswith("Unnamed: "):
        return np.nan
    for cell in (name, name.rpartition(".")[0]):
        if _NUMBER.fullmatch(cell):
            return float(cell)
    return name


def _read_again(draft: Draft, frame: pd.DataFrame) -> None:
    """Other rows may have other types, now that no name is among the cells."""
    draft.frame, readings = numbers_from_text(frame.reset_index(drop=True).infer_objects())
    draft.readings = {reading.column: reading for reading in readings if not reading.plain}

"""The constraints as they were asked, checked for sense and brought into coded form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xai.codec import MISSING, Codec
from xai.counterfactuals.limits import Limits, same
from xai.counterfactuals.ranges import dates, numbers
from xai.counterfactuals.steps import rounded
from xai.counterfactuals.survey import Survey
from xai.counterfactuals.together import Bound
from xai.counterfactuals.wishes import Wishes
from xai.data import Column, Dataset
from xai.errors import QuestionError
from xai.results import plain_scalar

DIRECTIONS = ("up", "down")


def limits(data: Dataset, survey: Survey, row: np.ndarray, wishes: Wishes) -> Limits:
    """The constraints on rows coded by the survey's codec; row (C,) is the explained one.

    Raises MatchError "unknown-column" and QuestionError "range-reversed", "not-a-range", "unknown-category",
    "no-category", "direction-unknown", "direction-needs-number", "range-against-direction", "kept-outside-range",
    "all-columns-kept".
    """
    for name in wishes.columns():
        data.column(name)
    codec, count = survey.codec, len(data.columns)
    low, high = np.full(count, -np.inf), np.full(count, np.inf)
    allowed: list[np.ndarray | None] = []
    for place, column in enumerate(data.columns):
        asked, way = wishes.ranges.get(column.name), wishes.directions.get(column.name)
        if not codec.numeric[place] and way is not None:
            raise QuestionError("direction-needs-number", column=column.name)
        allowed.append(None if codec.numeric[place] else _codes(column, codec, place, row[place], asked))
        if codec.numeric[place]:
            read = dates if codec.dated[place] else numbers
            ends = (-np.inf, np.inf) if asked is None else read(asked)
            low[place], high[place] = _directed(column, way, row[place], ends)
    if set(wishes.keep) >= {column.name for column in data.columns}:
        raise QuestionError("all-columns-kept", count=count)
    free = np.array([column.name not in wishes.fixed for column in data.columns])
    places = {name: place for place, name in enumerate(codec.names)}
    bound = tuple(Bound.of([places[name] for name in group], survey.rows, row) for group in wishes.groups)
    seen = survey.seen if wishes.only_seen else None
    search_low = np.where(np.isinf(low), np.fmin(survey.low, high), low)
    search_high = np.where(np.isinf(high), np.fmax(survey.high, low), high)
    rest = (search_low, search_high, tuple(allowed), survey.exact, survey.blur, bound, seen, wishes.at_most)
    found = Limits(row, row, free, low, high, *rest)
    _check_kept(codec, found, wishes)
    return Limits(row, _start(found, survey), free, low, high, *rest)


def _directed(column: Column, way: str | None, value: float, ends: tuple[float, float]) -> tuple[float, float]:
    """The range cut at the row's own value."""
    low, high = ends
    if way is None:
        return low, high
    if way not in DIRECTIONS:
        raise QuestionError("direction-unknown", asked=str(way), known=", ".join(DIRECTIONS))
    if np.isnan(value):
        raise QuestionError("direction-needs-number", column=column.name)
    cut = (max(low, value), high) if way == "up" else (low, min(high, value))
    if cut[0] > cut[1]:
        raise QuestionError("range-against-direction", column=column.name, value=float(value))
    return cut


def _codes(column: Column, codec: Codec, place: int, own: float, asked: Any) -> np.ndarray:
    """Codes a category may have: those asked for, else every known one; missing only where the row has it so."""
    known = {str(plain_scalar(value)): float(code) for code, value in enumerate(codec.levels[place])}
    if asked is None:
        return np.array([*known.values(), own]) if own == MISSING else np.array(list(known.values()))
    single = isinstance(asked, str) or not isinstance(asked, Sequence | set | frozenset)
    wanted = [asked] if single else list(asked)
    if not wanted:
        raise QuestionError("no-category", column=column.name)
    for value in wanted:
        if str(plain_scalar(value)) not in known:
            near = ", ".join(map(str, column.categories))
            raise QuestionError("unknown-category", column=column.name, value=str(value), known=near)
    return np.array([known[str(plain_scalar(value))] for value in wanted])


def _check_kept(codec: Codec, found: Limits, wishes: Wishes) -> None:
    """A column that was asked to be kept outside its own range can never be both."""
    for name in wishes.keep:
        place = codec.names.index(name)
        if not found.fits(place, found.row[place : place + 1])[0]:
            value = codec.value(place, found.row[place])
            raise QuestionError("kept-outside-range", column=name, value="–" if value is None else value)


def _start(found: Limits, survey: Survey) -> np.ndarray:
    """The row, with what its own limits forbid moved to the nearest value that is allowed.

    Columns that move together take the nearest values that occur together and are allowed.
    """
    start = found.row.copy()
    for place in np.flatnonzero(found.free):
        if not found.fits(place, start[place : place + 1])[0]:
            start[place] = _nearest_allowed(found, survey, place)
    for bound in found.bound:
        if not same(start[bound.places], found.row[bound.places]).all():
            fitting = np.ones(len(bound.values), dtype=bool)
            for column, place in enumerate(bound.places):
                fitting &= found.fits(place, bound.values[:, column])
            if fitting.any():
                start[bound.places] = _nearest_together(bound.values[fitting], bound.places, found, survey)
    return start


def _nearest_allowed(found: Limits, survey: Survey, place: int) -> float:
    codes, present = found.allowed[place], survey.rows[:, place]
    if codes is not None:  # the most frequent one: no category is nearer than another
        return float(codes[np.argmax([(present == code).sum() for code in codes])])
    own = found.row[place]
    low, high, step = found.low[place], found.high[place], found.step[place]
    inside = present[found.fits(place, present) & ~np.isnan(present)]
    if np.isnan(own):
        return float(np.median(inside)) if len(inside) else float(found.search_low[place])
    edge = float(np.clip(own, low, high))
    grid = [edge, *(rounded(np.array([edge + off for off in (0.0, step, -step)]), step) if step else [])]
    fitting = [value for value in (*grid, *inside) if found.fits(place, np.array([value]))[0]]
    return float(min(fitting, key=lambda value: abs(value - own), default=edge))


def _nearest_together(values: np.ndarray, places: np.ndarray, found: Limits, survey: Survey) -> np.ndarray:
    rows = np.repeat(found.row[None, :], len(values), axis=0)
    rows[:, places] = values
    return values[np.argmin(survey.near.distance(rows, found.row[None, :])[:, 0])]

"""What may change: columns to keep, ranges, directions. A limit holds for the result, not only for what was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from xai.codec import MISSING, Codec
from xai.data import Column, Dataset
from xai.errors import QuestionError
from xai.results import plain_scalar

DIRECTIONS = ("up", "down")


@dataclass(frozen=True)
class Wishes:
    """The constraints as they were asked."""

    keep: tuple[str, ...] = ()
    ranges: Mapping[str, Any] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)

    def each(self) -> list[tuple[str, str]]:
        """Kind and column of every single constraint."""
        kinds = {"keep": self.keep, "range": self.ranges, "direction": self.directions}
        return [(kind, name) for kind, names in kinds.items() for name in names]

    def without(self, kind: str, name: str) -> Wishes:
        """The same constraints but one."""
        if kind == "keep":
            return replace(self, keep=tuple(other for other in self.keep if other != name))
        ranges = {other: ends for other, ends in self.ranges.items() if kind != "range" or other != name}
        directions = {other: way for other, way in self.directions.items() if kind != "direction" or other != name}
        return replace(self, ranges=ranges, directions=directions)


@dataclass(frozen=True)
class Limits:
    """The constraints on coded rows. Shapes: C columns."""

    row: np.ndarray  # (C,) the explained row
    free: np.ndarray  # (C,) bool: may change
    low: np.ndarray  # (C,) hard limits of numbers; -inf and inf where nothing was asked
    high: np.ndarray
    search_low: np.ndarray  # (C,) where to look: the hard limits, closed by the data's range
    search_high: np.ndarray
    allowed: tuple[np.ndarray | None, ...]  # codes a category may have; None for numbers

    def fits(self, place: int, values: np.ndarray) -> np.ndarray:
        """(R,) bool: values of one column that are allowed as such. Missing only fits where the row has it so."""
        codes = self.allowed[place]
        if codes is not None:
            return np.isin(values, codes)
        missing_too = np.isnan(self.row[place]) and np.isinf([self.low[place], self.high[place]]).all()
        return (values >= self.low[place]) & (values <= self.high[place]) | (np.isnan(values) & missing_too)

    def kept_by(self, matrix: np.ndarray) -> np.ndarray:
        """(R,) bool: rows that keep to every limit."""
        kept = same(matrix, self.row)[:, ~self.free].all(axis=1)
        for place in range(matrix.shape[1]):
            kept &= self.fits(place, matrix[:, place])
        return kept

    def pulled_back(self, matrix: np.ndarray) -> np.ndarray:
        """The rows with every value that is not allowed put back to the explained row's."""
        result = matrix.copy()
        for place in range(matrix.shape[1]):
            fine = self.fits(place, matrix[:, place]) & self.free[place]
            result[~fine, place] = self.row[place]
        return result


def same(matrix: np.ndarray, row: np.ndarray) -> np.ndarray:
    """(R, C) bool: equal values; missing equals missing."""
    return (matrix == row) | (np.isnan(matrix) & np.isnan(row))


def limits(data: Dataset, codec: Codec, row: np.ndarray, wishes: Wishes) -> Limits:
    """The constraints in coded form, checked for sense.

    Raises MatchError "unknown-column" and QuestionError "range-reversed", "not-a-range", "unknown-category",
    "direction-unknown", "direction-needs-number", "range-against-direction", "kept-outside-range", "all-columns-kept".
    """
    for _, name in wishes.each():
        data.column(name)
    count = len(data.columns)
    low, high = np.full(count, -np.inf), np.full(count, np.inf)
    allowed: list[np.ndarray | None] = []
    for place, column in enumerate(data.columns):
        asked = wishes.ranges.get(column.name)
        if column.numeric:
            low[place], high[place] = _ends(column, asked)
            way = wishes.directions.get(column.name)
            low[place], high[place] = _directed(column, way, row[place], low[place], high[place])
            allowed.append(None)
        else:
            if column.name in wishes.directions:
                raise QuestionError("direction-needs-number", column=column.name)
            allowed.append(_codes(column, codec, place, row[place], asked))
    free = np.array([column.name not in wishes.keep for column in data.columns])
    if not free.any():
        raise QuestionError("all-columns-kept", count=count)
    found = Limits(row, free, low, high, *_searched(data, low, high), tuple(allowed))
    _check_kept(data, codec, found)
    return found


def _ends(column: Column, asked: Any) -> tuple[float, float]:
    if asked is None:
        return -np.inf, np.inf
    ends = asked.split(":") if isinstance(asked, str) else asked
    try:
        low, high = (
            default if end is None or end == "" else float(end)
            for end, default in zip(ends, (-np.inf, np.inf), strict=True)
        )
    except (TypeError, ValueError) as error:
        raise QuestionError("not-a-range", text=str(asked)) from error
    if np.isnan([low, high]).any():
        raise QuestionError("not-a-range", text=str(asked))
    if low > high:
        raise QuestionError("range-reversed", low=f"{low:g}", high=f"{high:g}")
    return low, high


def _directed(column: Column, way: str | None, value: float, low: float, high: float) -> tuple[float, float]:
    """The range cut at the row's own value."""
    if way is None:
        return low, high
    if way not in DIRECTIONS:
        raise QuestionError("direction-unknown", asked=str(way), known=", ".join(DIRECTIONS))
    if np.isnan(value):
        raise QuestionError("direction-needs-number", column=column.name)
    cut = (max(low, value), high) if way == "up" else (low, min(high, value))
    if cut[0] > cut[1]:
        raise QuestionError("range-against-direction", column=column.name, value=f"{value:g}")
    return cut


def _codes(column: Column, codec: Codec, place: int, own: float, asked: Any) -> np.ndarray:
    """Codes a category may have: those asked for, else every known one; missing only where the row has it so."""
    known = {str(plain_scalar(value)): float(code) for code, value in enumerate(codec.levels[place])}
    if asked is None:
        return np.array([*known.values(), own]) if own == MISSING else np.array(list(known.values()))
    wanted = [asked] if isinstance(asked, str) or not isinstance(asked, Sequence | set | frozenset) else list(asked)
    for value in wanted:
        if str(plain_scalar(value)) not in known:
            raise QuestionError(
                "unknown-category", column=column.name, value=str(value), known=", ".join(map(str, column.categories))
            )
    return np.array([known[str(plain_scalar(value))] for value in wanted])


def _searched(data: Dataset, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Open ends are closed by the data's range; an asked end outside of it is searched as asked."""
    bottom = np.array([np.nan if column.low is None else column.low for column in data.columns])
    top = np.array([np.nan if column.high is None else column.high for column in data.columns])
    search_low = np.where(np.isinf(low), np.fmin(bottom, high), low)
    search_high = np.where(np.isinf(high), np.fmax(top, low), high)
    return search_low, search_high


def _check_kept(data: Dataset, codec: Codec, found: Limits) -> None:
    """A kept column outside its own range can never be satisfied."""
    for place, column in enumerate(data.columns):
        if not found.free[place] and not found.fits(place, found.row[place : place + 1])[0]:
            value = codec.value(place, found.row[place])
            raise QuestionError("kept-outside-range", column=column.name, value="–" if value is None else value)

"""What may change, on coded rows. A limit holds for the result as a whole, not only for what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xai.counterfactuals.seen import Seen
from xai.counterfactuals.steps import on_step
from xai.counterfactuals.together import Bound, merged


@dataclass(frozen=True)
class Limits:
    """The constraints on coded rows. Shapes: C columns, U units (columns that move together are one unit)."""

    row: np.ndarray  # (C,) the explained row
    start: np.ndarray  # (C,) the same, with what lies outside its own limits moved to the nearest value inside
    free: np.ndarray  # (C,) bool: may change
    low: np.ndarray  # (C,) limits of numbers; -inf and inf where nothing was asked
    high: np.ndarray
    search_low: np.ndarray  # (C,) where to look: the limits, closed by the data's range
    search_high: np.ndarray
    allowed: tuple[np.ndarray | None, ...]  # codes a category may have; None for numbers
    step: np.ndarray  # (C,) changed numbers are multiples of it; 0: any
    blur: np.ndarray  # (C,) how precisely the data writes its numbers; see `xai.counterfactuals.steps`
    bound: tuple[Bound, ...] = ()
    seen: Seen | None = None
    at_most: int | None = None

    def fits(self, place: int, values: np.ndarray) -> np.ndarray:
        """(R,) bool: values of one column that are allowed as such. Missing only fits where the row has it so."""
        codes = self.allowed[place]
        if codes is not None:
            return np.isin(values, codes)
        missing_too = np.isnan(self.row[place]) and np.isinf([self.low[place], self.high[place]]).all()
        inside = (values >= self.low[place]) & (values <= self.high[place]) | (np.isnan(values) & missing_too)
        if self.step[place]:
            inside &= on_step(values, self.step[place], self.blur[place]) | same(values, self.row[place])
        return inside

    def kept_by(self, matrix: np.ndarray) -> np.ndarray:
        """(R,) bool: rows that keep to every limit."""
        kept = self.possible(matrix)
        return kept if self.at_most is None else kept & ((~same(matrix, self.row)).sum(axis=1) <= self.at_most)

    def possible(self, matrix: np.ndarray) -> np.ndarray:
        """(R,) bool: rows that keep to every limit but perhaps the number of changes, which can still be undone."""
        equal = same(matrix, self.row)
        kept = equal[:, ~self.free].all(axis=1)
        for place in range(matrix.shape[1]):
            kept &= self.fits(place, matrix[:, place])
        for bound in self.bound:
            if kept.any():
                kept[kept] = bound.holds(matrix[kept])
        if self.seen is not None and kept.any():
            kept[kept] = self.seen.all_pairs(matrix[kept], ~equal[kept])
        return kept

    def pulled_back(self, matrix: np.ndarray) -> np.ndarray:
        """The rows with everything that is not allowed put back: single values, and groups that do not belong together.

        Put back to the explained row, or to where its own values are not allowed either: `start`.
        """
        result = matrix.copy()
        for place in range(matrix.shape[1]):
            fine = self.fits(place, matrix[:, place]) & self.free[place]
            result[~fine, place] = self.start[place]
        for bound in self.bound:
            wrong = ~bound.holds(result)
            result[np.ix_(wrong, bound.places)] = self.start[bound.places]
        return result

    @cached_property
    def units(self) -> np.ndarray:
        """(U, C) bool: which columns each unit has; only units that may change."""
        groups = merged([frozenset(map(int, bound.places)) for bound in self.bound])
        grouped = {place for group in groups for place in group}
        alone = [frozenset((place,)) for place in range(len(self.row)) if place not in grouped]
        members = sorted((group for group in (*groups, *alone) if self.free[list(group)].any()), key=min)
        table = np.zeros((len(members), len(self.row)), dtype=bool)
        for unit, group in enumerate(members):
            table[unit, list(group)] = True
        return table

    @cached_property
    def lone(self) -> np.ndarray:
        """(C,) bool: free numbers that are in no group: they can be moved by themselves."""
        grouped = {int(place) for bound in self.bound for place in bound.places}
        number = np.array([codes is None for codes in self.allowed])
        return self.free & number & ~np.isin(np.arange(len(self.row)), list(grouped))

    @cached_property
    def must(self) -> np.ndarray:
        """(C,) bool: columns whose own value is not allowed."""
        return ~same(self.start, self.row)


def same(matrix: np.ndarray, row: np.ndarray | float) -> np.ndarray:
    """Bool, like `matrix`: equal values; missing equals missing."""
    return (matrix == row) | (np.isnan(matrix) & np.isnan(row))

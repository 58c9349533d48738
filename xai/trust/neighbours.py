"""How near a row is to the data.

Distance of two rows: numbers in units of their median absolute deviation, summed (Wachter, Mittelstadt and Russell
2018, section IV), plus one for every category that differs and for every number that only one of them has.
"Near" is what is usual in the data: the median distance at which rows have five others around them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.distance import cdist

ENOUGH = 5
SAMPLED, FEWEST = 200, 50  # rows on which the usual distances are measured, fewer of them in a long table
PAIRS = 4_000_000  # of sampled and other rows, from which on there are fewer
BLOCK = 2_000_000  # pairs of rows compared at once
IN_A_HURRY = 12  # sampled rows, if there is no time for more


@dataclass(frozen=True)
class Around:
    """What is around R rows."""

    place: np.ndarray  # (R,) position of the nearest row of the data; -1 where there is none
    distance: np.ndarray  # (R,) to it
    similar: np.ndarray  # (R,) how many rows of the data are within the usual distance


@dataclass(frozen=True)
class Neighbours:
    """The data's rows as a measure of nearness. Shapes: N rows of data, C columns."""

    rows: np.ndarray  # (N, C) coded
    numeric: np.ndarray  # (C,) bool
    scale: np.ndarray  # (C,) what counts as one for a number; 1 for categories
    usual: np.ndarray  # (S,) sorted distances of sampled rows to their nearest other row
    radius: float
    left_out: int | None = None  # position of the row of the data that is not among `rows`

    def without(self, row: np.ndarray) -> Neighbours:
        """The same measure, but for one row that equals `row` (C,), if there is one: it is no evidence for itself."""
        equal = np.flatnonzero(((self.rows == row) | (np.isnan(self.rows) & np.isnan(row))).all(axis=1))
        if not len(equal):
            return self
        return replace(self, rows=np.delete(self.rows, equal[0], axis=0), left_out=int(equal[0]))

    def around(self, matrix: np.ndarray) -> Around:
        """The nearest row of the data and how many are similar, for each row (R, C)."""
        if not len(self.rows):
            nothing = np.zeros(len(matrix), dtype=int)
            return Around(nothing - 1, np.full(len(matrix), np.inf), nothing)
        limit = self.radius + 1e-9
        place, distance, similar = _blockwise(
            self,
            matrix,
            lambda block: np.stack([block.argmin(axis=1), block.min(axis=1), (block <= limit).sum(axis=1)]),
        )
        place = place.astype(int)
        if self.left_out is not None:
            place += place >= self.left_out
        return Around(place, distance, similar.astype(int))

    def distance(self, matrix: np.ndarray, others: np.ndarray) -> np.ndarray:
        """(R, M) distances between rows (R, C) and others (M, C)."""
        return distances(matrix, others, self.numeric, self.scale)

    def nearest(self, matrix: np.ndarray) -> np.ndarray:
        """(R,) distance to the nearest row of the data."""
        return self.around(matrix).distance

    def similar(self, matrix: np.ndarray) -> np.ndarray:
        """(R,) how many rows of the data are within the usual distance."""
        return self.around(matrix).similar

    def plausibility(self, distance: np.ndarray) -> np.ndarray:
        """(R,) share of the data's rows that lie at least as far from their nearest neighbour as `distance` (R,).

        nan where the data has too few rows to say.
        """
        if not len(self.usual):
            return np.full(len(distance), np.nan)
        return 1 - np.searchsorted(self.usual, distance - 1e-9, side="left") / len(self.usual)


def neighbours(
    rows: np.ndarray, numeric: np.ndarray, seed: int, hurry: Callable[[], bool] = lambda: False
) -> Neighbours:
    """Measure the usual distances on a seeded sample of `rows`; a smaller one as soon as there is a hurry."""
    scale = scales(rows, numeric)
    partial = Neighbours(rows, numeric, scale, np.zeros(0), 0.0)
    if len(rows) < 2:
        return partial
    chosen = np.random.default_rng(seed).choice(len(rows), sample_size(len(rows)), replace=False)
    place = min(ENOUGH, len(rows) - 1)
    # each sampled row is among the rows: its own zero comes first
    ordered = _blockwise(
        partial, rows[chosen], lambda block: np.partition(block, [1, place], axis=1)[:, [1, place]].T, hurry
    )
    return replace(partial, usual=np.sort(ordered[0]), radius=float(np.median(ordered[1])))


def sample_size(rows: int) -> int:
    """How many of so many rows the usual distances are measured on."""
    return min(rows, SAMPLED, max(FEWEST, PAIRS // rows)) if rows > 1 else 0


def scales(rows: np.ndarray, numeric: np.ndarray) -> np.ndarray:
    """(C,) median absolute deviation of numbers; standard deviation where that is zero; else 1."""
    scale = np.ones(rows.shape[1])
    for place in np.flatnonzero(numeric):
        values = rows[:, place][~np.isnan(rows[:, place])]
        if len(values):
            deviation = float(np.median(np.abs(values - np.median(values))))
            scale[place] = deviation or float(values.std()) or 1.0
    return scale


def distances(matrix: np.ndarray, others: np.ndarray, numeric: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """(R, M) distances of coded rows (R, C) to others (M, C)."""
    gaps = numeric & (np.isnan(matrix).any(axis=0) | np.isnan(others).any(axis=0))
    numbers = numeric & ~gaps
    total = np.zeros((len(matrix), len(others)))
    if numbers.any():
        total += cdist(matrix[:, numbers] / scale[numbers], others[:, numbers] / scale[numbers], "cityblock")
    if not numeric.all():
        total += (~numeric).sum() * cdist(matrix[:, ~numeric], others[:, ~numeric], "hamming")
    for place in np.flatnonzero(gaps):
        mine, theirs = matrix[:, place, None], others[None, :, place]
        apart = np.abs(mine - theirs) / scale[place]
        total += np.where(np.isnan(apart), np.isnan(mine) != np.isnan(theirs), apart)
    return total


def _blockwise(
    among: Neighbours,
    matrix: np.ndarray,
    what: Callable[[np.ndarray], np.ndarray],
    hurry: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """`what` (k, R) of the distances of rows (R, C) to all rows of the data, a few rows at a time."""
    size = max(1, BLOCK // max(len(among.rows), 1))
    found = []
    for start in range(0, max(len(matrix), 1), size):
        if start >= IN_A_HURRY and hurry():
            break
        found.append(what(among.distance(matrix[start : start + size], among.rows)))
    return np.concatenate(found, axis=1)

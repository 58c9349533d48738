"""How near a row is to the data.

Distance of two rows: numbers in units of their median absolute deviation, summed (Wachter, Mittelstadt and Russell
2018, section IV), plus one for every category that differs and for every number that only one of them has.
"Near" is what is usual in the data: the median distance at which rows have five others around them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

ENOUGH = 5
SAMPLED = 200  # rows on which the usual distances are measured
BLOCK = 2_000_000  # pairs of rows compared at once


@dataclass(frozen=True)
class Neighbours:
    """The data's rows as a measure of nearness. Shapes: N rows of data, C columns."""

    rows: np.ndarray  # (N, C) coded
    numeric: np.ndarray  # (C,) bool
    scale: np.ndarray  # (C,) what counts as one for a number; 1 for categories
    usual: np.ndarray  # (S,) sorted distances of sampled rows to their nearest other row
    radius: float

    def distance(self, matrix: np.ndarray, others: np.ndarray) -> np.ndarray:
        """(R, M) distances between rows (R, C) and others (M, C)."""
        return distances(matrix, others, self.numeric, self.scale)

    def nearest(self, matrix: np.ndarray) -> np.ndarray:
        """(R,) distance to the nearest row of the data."""
        return _blockwise(self, matrix, lambda block: block.min(axis=1))

    def similar(self, matrix: np.ndarray) -> np.ndarray:
        """(R,) how many rows of the data are within the usual distance."""
        return _blockwise(self, matrix, lambda block: (block <= self.radius + 1e-9).sum(axis=1))

    def plausibility(self, matrix: np.ndarray) -> np.ndarray:
        """(R,) share of the data's rows that lie at least as far from their nearest neighbour."""
        below = np.searchsorted(self.usual, self.nearest(matrix) - 1e-9, side="left")
        return 1 - below / max(len(self.usual), 1)


def neighbours(rows: np.ndarray, numeric: np.ndarray, seed: int, without: np.ndarray | None = None) -> Neighbours:
    """Measure the usual distances on a seeded sample of `rows`. One row equal to `without` is left out.

    The explained row is no evidence that its own counterfactuals exist, so it is passed as `without`.
    """
    scale = scales(rows, numeric)
    if without is not None:
        equal = np.flatnonzero(((rows == without) | (np.isnan(rows) & np.isnan(without))).all(axis=1))
        rows = np.delete(rows, equal[:1], axis=0)
    if len(rows) < 2:
        return Neighbours(rows, numeric, scale, np.zeros(0), 0.0)
    chosen = np.random.default_rng(seed).choice(len(rows), min(SAMPLED, len(rows)), replace=False)
    place = min(ENOUGH, len(rows) - 1)
    partial = Neighbours(rows, numeric, scale, np.zeros(0), 0.0)
    # each sampled row is among the rows: its own zero comes first
    ordered = _blockwise(partial, rows[chosen], lambda block: np.partition(block, [1, place], axis=1)[:, [1, place]])
    return Neighbours(rows, numeric, scale, np.sort(ordered[:, 0]), float(np.median(ordered[:, 1])))


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


def _blockwise(among: Neighbours, matrix: np.ndarray, what) -> np.ndarray:
    size = max(1, BLOCK // max(len(among.rows), 1))
    blocks = [matrix[start : start + size] for start in range(0, len(matrix), size)]
    return np.concatenate([what(among.distance(block, among.rows)) for block in blocks])

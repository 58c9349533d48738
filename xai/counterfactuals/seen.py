"""Combinations that occur: which pairs of values stand side by side in a row of the data."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from xai.codec import Codec

BINS = 10  # quantile bins of a number
FEW = 20  # a number with at most so many values is taken value by value


class Seen:
    """The pairs of cells that some row of the data has: a category, a number of few values, or a tenth of the rows.

    Missing is a cell of its own. So is everything the data does not have: it occurs with nothing.
    """

    def __init__(self, rows: np.ndarray, codec: Codec) -> None:
        present = [column[~np.isnan(column)] for column in rows.T]
        self._single = [
            not numeric or len(np.unique(values)) <= FEW for values, numeric in zip(present, codec.numeric, strict=True)
        ]
        self._edges = [
            np.unique(values if single else np.quantile(values, np.linspace(0, 1, BINS + 1)[:-1]))
            for values, single in zip(present, self._single, strict=True)
        ]
        self._last = [values.max(initial=-np.inf) for values in present]
        self._sizes = [len(edges) + 2 for edges in self._edges]
        self._rows = self._cells(rows)
        self._pairs: dict[tuple[int, int], np.ndarray] = {}  # looked up once somebody asks

    def all_pairs(self, matrix: np.ndarray, changed: np.ndarray) -> np.ndarray:
        """(R,) bool: rows (R, C) in which every pair that a change (R, C) is part of occurs."""
        cells = self._cells(matrix)
        fine = np.ones(len(matrix), dtype=bool)
        moved = changed.any(axis=0)
        for first, second in combinations(range(matrix.shape[1]), 2):
            if moved[first] or moved[second]:
                pair = cells[:, first] * self._sizes[second] + cells[:, second]
                fine &= np.isin(pair, self._known(first, second)) | ~(changed[:, first] | changed[:, second])
        return fine

    def _known(self, first: int, second: int) -> np.ndarray:
        if (first, second) not in self._pairs:
            pairs = self._rows[:, first] * self._sizes[second] + self._rows[:, second]
            self._pairs[first, second] = np.unique(pairs)
        return self._pairs[first, second]

    def _cells(self, matrix: np.ndarray) -> np.ndarray:
        """(R, C) numbers of the cells; 0 for values that the data does not have."""
        cells = np.empty(matrix.shape, dtype=np.int64)
        for place, edges in enumerate(self._edges):
            values = matrix[:, place]
            cell = np.searchsorted(edges, values, side="right")
            known = np.isin(values, edges) if self._single[place] else values <= self._last[place]
            cells[:, place] = np.where(np.isnan(values), len(edges) + 1, np.where(known, cell, 0))
        return cells

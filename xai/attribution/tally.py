"""The tally of contributions: their means over repetitions and background rows, and how far those are off."""

from __future__ import annotations

import numpy as np

from xai.attribution.coalitions import Pairs


class Tally:
    """Sums over repetitions for every pair of an explained row (R) and a background row (m).

    Shapes: B pairs, C columns, K outputs.
    """

    def __init__(self, rows: int, background_rows: int, columns: int, outputs: int) -> None:
        self.total = np.zeros((rows, background_rows, columns, outputs))
        self.squares = np.zeros_like(self.total)
        self.count = np.zeros((rows, background_rows))

    def add(self, pairs: Pairs, contributions: np.ndarray, exact: bool = False) -> None:
        """(B, d, K) contributions of the pairs' columns; `exact` ones are no sample and never come again."""
        pair = pairs.rows * self.count.shape[1] + pairs.others
        if exact:
            self.count.reshape(-1)[pair] = np.inf
        else:
            np.add.at(self.count.reshape(-1), pair, 1.0)
        # a single index into a single axis: numpy is several times as fast as with an index for each axis
        place = (pair[:, None] * self.total.shape[2] + pairs.columns).ravel()
        outputs = self.total.shape[3]
        total, squares = self.total.reshape(-1, outputs), self.squares.reshape(-1, outputs)
        for output in range(outputs):
            values = contributions[:, :, output].ravel()
            np.add.at(total[:, output], place, values)
            if not exact:
                np.add.at(squares[:, output], place, np.square(values))

    @property
    def each(self) -> np.ndarray:
        """(R, m, C, K) mean contributions against each background row."""
        return self.total / self._divisor()

    @property
    def values(self) -> np.ndarray:
        """(R, C, K) contributions: the mean over the background."""
        return self.each.mean(axis=1)

    @property
    def error(self) -> np.ndarray:
        """(R, C, K) standard error of `values` by the sampling of orders."""
        return np.sqrt(self._variance().sum(axis=1)) / self.total.shape[1]

    @property
    def background_error(self) -> np.ndarray:
        """(R, C, K) standard error of `values` over the background, without the sampling; nan for a single row."""
        m = self.total.shape[1]
        if m == 1:
            return np.full(self.values.shape, np.nan)
        spread = self.each.var(axis=1, ddof=1) - self._variance().mean(axis=1)
        return np.sqrt(np.maximum(spread, 0) / m)

    def _variance(self) -> np.ndarray:
        """(R, m, C, K) variance of each pair's mean over its repetitions; 0 where it is exact."""
        n = self._divisor()
        spread = np.maximum(self.squares - n * np.square(self.total / n), 0)
        sampled = np.isfinite(self.count) & (self.count > 1)
        return np.where(sampled[:, :, None, None], spread / np.maximum(n * (n - 1), 1), 0.0)

    def _divisor(self) -> np.ndarray:
        """(R, m, 1, 1) repetitions; 1 for exact pairs, and for those that do not differ at all."""
        return np.where(np.isfinite(self.count) & (self.count > 0), self.count, 1.0)[:, :, None, None]

"""Mean and spread of values that come in blocks, without keeping them."""

from __future__ import annotations

import numpy as np


class Moments:
    """Of any number of rows, each with values of the same shape.

    Every block is centred on its own mean before it is merged, so that many rows with a small spread around a large
    mean lose no digits (Chan, Golub & LeVeque 1983, equations 2.1).
    """

    def __init__(self) -> None:
        self.count = 0
        self.mean: np.ndarray = np.zeros(())
        self._squares: np.ndarray = np.zeros(())  # summed squared distances from the mean

    def add(self, values: np.ndarray) -> None:
        """Another block, (n, …)."""
        count = len(values)
        if not count:
            return
        mean = values.mean(axis=0, dtype=np.float64)
        squares = np.square(values - mean, dtype=np.float64).sum(axis=0)
        apart, total = mean - self.mean, self.count + count
        self.mean = self.mean + apart * (count / total)
        self._squares = self._squares + squares + np.square(apart) * (self.count * count / total)
        self.count = total

    @property
    def variance(self) -> np.ndarray:
        """Of one row, from the sample (divided by n - 1); nan for fewer than two rows."""
        return self._squares / (self.count - 1) if self.count > 1 else np.full(self.mean.shape, np.nan)

    @property
    def error(self) -> np.ndarray:
        """Standard error of the mean; nan for fewer than two rows."""
        return np.sqrt(self.variance / max(self.count, 1))

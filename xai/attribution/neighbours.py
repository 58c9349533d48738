"""Neighbours of a row, drawn as the `lime` package draws them.

The steps are those of `lime.lime_tabular.LimeTabularExplainer`, so that the same seed gives the same neighbours, and
with `lime.lime_base` the same weights, as the package itself; only how the model is asked about them is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.preprocessing import StandardScaler

from xai.attribution.neighbourhood import Neighbourhood


@dataclass(frozen=True)
class Neighbours:
    """Of one run. Shapes: n neighbours, the row itself first; V columns that vary."""

    coordinates: (
        np.ndarray
    )  # (n, V) what the local line sees: numbers standardised, categories 1 where they are the row's
    rows: np.ndarray  # (n, V) coded values

    @property
    def distances(self) -> np.ndarray:
        """(n,) from the row, in coordinates."""
        return np.sqrt(np.square(self.coordinates - self.coordinates[0]).sum(axis=1))


class Sampler:
    """Draws numbers from a normal distribution with the background's mean and spread, categories by their shares."""

    def __init__(self, around: Neighbourhood) -> None:
        scaler = StandardScaler(with_mean=False).fit(around.reference)
        self._around = around
        self.mean = np.where(around.numeric, scaler.mean_, 0.0)  # (V,)
        self.scale = np.where(around.numeric, scaler.scale_, 1.0)
        self._shares = {place: _shares(around.reference[:, place]) for place in np.flatnonzero(~around.numeric)}

    def draw(self, samples: int, seed: int) -> Neighbours:
        row, numeric = self._around.row, self._around.numeric
        random = np.random.RandomState(seed)
        rows = random.normal(0, 1, samples * len(row)).reshape(samples, len(row)) * self.scale + self.mean
        for place, (values, upto) in self._shares.items():  # what `random.choice` does, without its checks
            rows[:, place] = values[np.searchsorted(upto, random.random_sample(samples), side="right")]
        rows[0] = row
        seen = np.where(numeric, rows, rows == row)
        return Neighbours((seen - self.mean) / self.scale, rows)


def _shares(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct codes in ascending order, and the share of rows that have each or a smaller one."""
    values, counts = np.unique(codes, return_counts=True)
    upto = np.cumsum(counts / counts.sum())
    return values, upto / upto[-1]

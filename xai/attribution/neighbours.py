"""Neighbours of a row, drawn as the `lime` package draws them.

The steps are those of `lime.lime_tabular.LimeTabularExplainer`, so that the same seed gives the same neighbours, and
with `lime.lime_base` the same weights, as the package itself; only how the model is asked about them is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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


def draw(around: Neighbourhood, samples: int, seed: int) -> Neighbours:
    """Numbers from a normal distribution with the reference's mean and spread, categories by their shares."""
    row, numeric, reference = around.row, around.numeric, around.reference
    random = np.random.RandomState(seed)
    rows = random.normal(0, 1, samples * len(row)).reshape(samples, len(row)) * reference.scale + reference.mean
    for place, (values, upto) in reference.shares.items():  # what `random.choice` does, without its checks
        rows[:, place] = values[np.searchsorted(upto, random.random_sample(samples), side="right")]
    rows[0] = row
    seen = np.where(numeric, rows, rows == row)
    return Neighbours((seen - reference.mean) / reference.scale, rows)

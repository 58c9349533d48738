"""Neighbours of a row, drawn as the `lime` package draws them.

The steps are those of `lime.lime_tabular.LimeTabularExplainer`, so that the same seed gives the same neighbours, and
with `lime.lime_base` the same weights, as the package itself; only how the model is asked about them is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xai.attribution.neighbourhood import Neighbourhood

_FEW = 64  # categories that are compared one by one sooner than searched; a byte counts to 127


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
    row, reference = around.row, around.reference
    random = np.random.RandomState(seed)
    coordinates = np.ascontiguousarray(random.standard_normal((samples, len(row))).T)  # a column at a time
    rows = np.empty_like(coordinates)
    for place in np.flatnonzero(around.numeric):
        mean, scale = reference.mean[place], reference.scale[place]
        np.multiply(coordinates[place], scale, out=rows[place])
        rows[place] += mean
        rows[place, 0], coordinates[place, 0] = row[place], (row[place] - mean) / scale
    for place, (values, upto) in reference.shares.items():  # what `random.choice` does, without its checks
        rows[place] = values.take(_category(upto, random.random_sample(samples)))
        rows[place, 0] = row[place]
        coordinates[place] = rows[place] == row[place]
    return Neighbours(coordinates.T, rows.T)


def _category(upto: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """(n,) how many of the shares (k,), ascending, are not above each drawn number (n,)."""
    if len(upto) > _FEW:
        return np.searchsorted(upto, drawn, side="right")
    above = drawn >= upto[:-1, None]  # the last is one: no number reaches it
    return above.view(np.int8).sum(axis=0, dtype=np.int8)

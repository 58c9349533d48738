"""The rows the search knows: a seeded sample of the data, coded and judged once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xai.codec import Codec
from xai.counterfactuals.deadline import Deadline, TimeUp
from xai.counterfactuals.judge import Judge, Judged
from xai.data import Dataset
from xai.trust.neighbours import Neighbours

LARGEST = 4000
BLOCK = 1000
DIGITS = 3  # a number is proposed to a thousandth of the range in which most rows lie
MOST = 0.9  # and with no more decimals than this share of the data's numbers has: ages in years, not in days


@dataclass(frozen=True)
class Pool:
    """Rows of the data that the model was asked about. Shapes: P of N rows, C columns."""

    everything: np.ndarray  # (N, C) all rows of the data
    matrix: np.ndarray  # (P, C)
    judged: Judged

    def wanted(self, row: np.ndarray, neighbours: Neighbours) -> np.ndarray:
        """(M, C) rows with the wanted outcome, nearest to the row first."""
        rows = self.matrix[self.judged.reached]
        return rows[np.argsort(neighbours.distance(rows, row[None, :])[:, 0], kind="stable")]


def sample(coded: np.ndarray, seed: int) -> np.ndarray:
    """At most LARGEST rows (N, C) in a seeded order."""
    if len(coded) <= LARGEST:
        return coded
    return coded[np.random.default_rng(seed).choice(len(coded), LARGEST, replace=False)]


def pool(everything: np.ndarray, matrix: np.ndarray, judge: Judge, deadline: Deadline) -> Pool:
    """Judge the rows block by block; a slow model's deadline ends this after the first block, with a smaller pool."""
    parts = [judge(matrix[:BLOCK])]
    for start in range(BLOCK, len(matrix), BLOCK):
        try:
            deadline.check()
        except TimeUp:
            break
        parts.append(judge(matrix[start : start + BLOCK]))
    arrays = (np.concatenate([getattr(part, name) for part in parts]) for name in ("shown", "beyond", "reached"))
    judged = Judged(*arrays)
    return Pool(everything, matrix[: len(judged.shown)], judged)


def decimals(data: Dataset, codec: Codec, matrix: np.ndarray) -> np.ndarray:
    """(C,) to how many decimals numbers are proposed: as many as most of the data has, but no finer than DIGITS."""
    found = np.zeros(len(codec.names), dtype=int)
    for place, column in enumerate(data.columns):
        if not column.numeric or codec.whole[place] or column.low is None:
            continue
        span = (column.q99 - column.q01) or (column.high - column.low) or 1.0
        fine = int(np.clip(DIGITS - np.floor(np.log10(span)), 0, 12))
        values = matrix[:, place][~np.isnan(matrix[:, place])]
        exact = (places for places in range(fine) if (np.round(values, places) == values).mean() >= MOST)
        found[place] = next(exact, fine)
    return found

"""The neighbourhood LIME samples from: numbers only, nothing missing, every column able to vary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.codec import Codec
from xai.data import Dataset
from xai.errors import QuestionError
from xai.results import Notice

RAREST = 0.01
"""A category of the row that is rarer than this in the background would be hardly ever sampled."""


@dataclass(frozen=True)
class Neighbourhood:
    """What LIME is given. Shapes: C original columns, V of them vary, B reference rows."""

    codec: Codec
    reference: np.ndarray  # (B, V) background rows, coded, missing numbers filled
    row: np.ndarray  # (V,) the explained row, likewise
    known: np.ndarray  # (B + 1, C) background rows and the explained row, coded, as they are
    varying: np.ndarray  # (C,) bool
    notices: tuple[Notice, ...]

    @property
    def numeric(self) -> np.ndarray:
        """(V,) bool: the varying columns that hold numbers."""
        return self.codec.numeric[self.varying]

    def frame(self, matrix: np.ndarray, names: Sequence[str] | None = None) -> pd.DataFrame:
        """Perturbed rows (R, V) as the model knows them, all columns or some. What does not vary is the row's own."""
        rows = np.repeat(self.known[-1:], len(matrix), axis=0)
        rows[:, self.varying] = matrix
        return self.codec.decode(rows, names)


def neighbourhood(data: Dataset, background: Background, row: pd.DataFrame) -> Neighbourhood:
    """Code the background and the row; fill, hold and strengthen where LIME would fail silently, and say so.

    Missing numbers are filled with the background's median (LIME stops at them, or samples nan). Columns without any
    variation are held: LIME would give them a standard deviation of one. A rare category of the row is mixed into the
    reference until it has one per cent: otherwise its coefficient would rest on the explained row alone.

    Raises QuestionError("nothing-varies").
    """
    coder, codes = background.coded(data.codec)
    coder, own = coder.knowing(row)
    known = np.concatenate([codes, own])
    reference, held = known[:-1], known[-1]
    filled = np.isnan(reference).any(axis=0) | np.isnan(held)
    medians = np.array([_median(reference[:, place]) for place in range(reference.shape[1])])
    reference = np.where(np.isnan(reference), medians, reference)
    complete = np.where(np.isnan(held), medians, held)
    rare = ~coder.numeric & ((reference == complete).mean(axis=0) < RAREST)
    reference[: max(1, int(np.ceil(RAREST * len(reference)))), rare] = complete[rare]
    varying = np.ptp(reference, axis=0) > 0
    if not varying.any():
        raise QuestionError("nothing-varies", rows=len(background))
    names = np.array(coder.names)
    found = {"lime-filled": filled & varying, "lime-rare": rare & varying, "lime-held": ~varying}
    notices = tuple(Notice(code, {"columns": ", ".join(names[which])}) for code, which in found.items() if which.any())
    return Neighbourhood(coder, reference[:, varying], complete[varying], known, varying, notices)


def _median(values: np.ndarray) -> float:
    present = values[~np.isnan(values)]
    return float(np.median(present)) if len(present) else 0.0

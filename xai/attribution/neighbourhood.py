"""The neighbourhood LIME samples from: numbers only, nothing missing, every column able to vary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from xai.attribution.background import Background
from xai.codec import Codec
from xai.data import Dataset
from xai.errors import QuestionError
from xai.results import Notice

RAREST = 0.01
"""A category of the row that is rarer than this in the background would be hardly ever sampled."""


@dataclass(frozen=True)
class Reference:
    """What is drawn from: rows without gaps, and how their numbers and categories are distributed. V columns."""

    rows: np.ndarray  # (B, V) coded
    mean: np.ndarray  # (V,) of numbers; 0 for categories
    scale: np.ndarray  # (V,) their standard deviation; 1 for categories
    shares: dict[int, tuple[np.ndarray, np.ndarray]]  # column -> its categories, and the share up to each of them


@dataclass(frozen=True)
class Neighbourhood:
    """What LIME is given. Shapes: C original columns, V of them vary, B reference rows."""

    codec: Codec
    familiar: bool  # the codec is that of the background: the row has no category and no fraction that is new to it
    reference: Reference
    row: np.ndarray  # (V,) the explained row, coded, missing numbers filled
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
    known_coder, codes = background.coded(data.codec)
    filled = background.once("lime", lambda: Filled(codes, known_coder.numeric))
    coder, own = known_coder.knowing(row)
    held = own[0]
    gaps = np.isnan(held)
    complete = np.where(gaps, filled.medians, held)
    rare = ~coder.numeric & ((filled.rows == complete).mean(axis=0) < RAREST)
    varying, reference = (filled.varying, filled.reference) if not rare.any() else filled.with_rare(complete, rare)
    if not varying.any():
        raise QuestionError("nothing-varies", rows=len(background))
    names = np.array(coder.names)
    found = {"lime-filled": (filled.gaps | gaps) & varying, "lime-rare": rare & varying, "lime-held": ~varying}
    notices = tuple(Notice(code, {"columns": ", ".join(names[which])}) for code, which in found.items() if which.any())
    known = np.concatenate([codes, own])
    return Neighbourhood(coder, coder is known_coder, reference, complete[varying], known, varying, notices)


class Filled:
    """Coded background rows (B, C) whose gaps are filled, and the reference they make. numeric (C,)."""

    def __init__(self, codes: np.ndarray, numeric: np.ndarray) -> None:
        self._numeric = numeric
        self.gaps = np.isnan(codes).any(axis=0)  # (C,)
        self.medians = np.array([_median(column) for column in codes.T])  # (C,)
        self.rows = np.where(np.isnan(codes), self.medians, codes)
        self.varying, self.reference = self._made(self.rows)

    def with_rare(self, row: np.ndarray, rare: np.ndarray) -> tuple[np.ndarray, Reference]:
        """Which columns vary (C,), and the reference, when some categories of a row (C,) are mixed in."""
        rows = self.rows.copy()
        rows[: max(1, int(np.ceil(RAREST * len(rows)))), rare] = row[rare]
        return self._made(rows)

    def _made(self, rows: np.ndarray) -> tuple[np.ndarray, Reference]:
        varying = np.ptp(rows, axis=0) > 0
        return varying, reference_of(rows[:, varying], self._numeric[varying])


def reference_of(rows: np.ndarray, numeric: np.ndarray) -> Reference:
    """Rows (B, V) as the `lime` package describes them; numeric (V,)."""
    if not rows.shape[1]:
        return Reference(rows, np.empty(0), np.empty(0), {})
    scaler = StandardScaler(with_mean=False).fit(rows)
    return Reference(
        rows=rows,
        mean=np.where(numeric, scaler.mean_, 0.0),
        scale=np.where(numeric, scaler.scale_, 1.0),
        shares={place: _shares(rows[:, place]) for place in np.flatnonzero(~numeric)},
    )


def _shares(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct codes in ascending order, and the share of rows that have each or a smaller one."""
    values, counts = np.unique(codes, return_counts=True)
    upto = np.cumsum(counts / counts.sum())
    return values, upto / upto[-1]


def _median(values: np.ndarray) -> float:
    present = values[~np.isnan(values)]
    return float(np.median(present)) if len(present) else 0.0

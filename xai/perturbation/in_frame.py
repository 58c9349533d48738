"""Copies as the original frame: every copy runs through the whole pipeline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xai.model import Model
from xai.progress import Progress, report


class InFrame:
    """For models without an encoding."""

    space = "frame"

    def __init__(self, model: Model) -> None:
        self.model = model
        self.width = len(model.columns)  # values that a copy of a row takes

    def form(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows in this form."""
        return frame

    def predict(self, rows: pd.DataFrame, name: str, donors: pd.DataFrame, place: np.ndarray) -> np.ndarray:
        """(k * n, K) outputs for k copies of the rows (n), a column taken from the donors at `place` (k, n)."""
        return self.model.predict(copies(rows, name, donors, place))

    def answer_each(
        self, rows: pd.DataFrame, donors: pd.DataFrame, place: np.ndarray, progress: Progress | None
    ) -> np.ndarray:
        """(C, k, n) answers to such copies, each of the C columns replaced alone."""
        found = []
        for position, name in enumerate(self.model.columns):
            report(progress, position / len(self.model.columns), "perturbation")
            found.append(self.model.answer(copies(rows, name, donors, place)).reshape(place.shape))
        return np.array(found)


def copies(frame: pd.DataFrame, name: str, donors: pd.DataFrame, place: np.ndarray) -> pd.DataFrame:
    """(k * n, C) the copies below each other."""
    found = frame.iloc[np.tile(np.arange(len(frame)), len(place))].reset_index(drop=True)
    return found.assign(**{name: donors[name].array.take(place.ravel())})

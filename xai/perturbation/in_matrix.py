"""Copies as rows of the model's encoding: all encoded columns of the original one are replaced together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xai.model import BLOCK, Model
from xai.progress import Progress, report


class InMatrix:
    """For models with an encoding (see `xai.encoding`). The methods are those of `in_frame`."""

    space = "encoded"

    def __init__(self, model: Model) -> None:
        self.model = model
        self.width = max(len(model.encoding.players), 1)

    def form(self, frame: pd.DataFrame) -> np.ndarray:
        """(n, E), a block at a time: preprocessing needs a multiple of what it returns."""
        encoding = self.model.encoding
        if len(frame) <= BLOCK:
            return encoding.transform(frame)
        matrix = np.empty((len(frame), len(encoding.players)))
        for start in range(0, len(frame), BLOCK):
            matrix[start : start + BLOCK] = encoding.transform(frame.iloc[start : start + BLOCK])
        return matrix

    def predict(self, rows: np.ndarray, name: str, donors: np.ndarray, place: np.ndarray) -> np.ndarray:
        found = np.tile(rows, (len(place), 1))
        self._replace(found, self.model.columns.index(name), donors, place)
        return self.model.encoding.predict(found)

    def answer_each(
        self, rows: np.ndarray, donors: np.ndarray, place: np.ndarray, progress: Progress | None
    ) -> np.ndarray:
        found, answers, own = np.tile(rows, (len(place), 1)), [], np.tile(np.arange(len(rows)), (len(place), 1))
        for position in range(len(self.model.columns)):
            report(progress, position / len(self.model.columns), "perturbation")
            self._replace(found, position, donors, place)
            answers.append(self.model.answer_encoded(found).reshape(place.shape))
            self._replace(found, position, rows, own)
        return np.array(answers)

    def _replace(self, found: np.ndarray, position: int, donors: np.ndarray, place: np.ndarray) -> None:
        columns = np.flatnonzero(self.model.encoding.players == position)
        found[:, columns] = donors[:, columns][place.ravel()]

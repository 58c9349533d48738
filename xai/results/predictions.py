"""What the model says about every row of the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xai.results.result import Result
from xai.results.words import Label, Unit


@dataclass(frozen=True)
class Predictions(Result):
    """What the model says about every row of the data: for choosing a case. Arrays are (rows,)."""

    answers: np.ndarray  # the model's own answer: class labels (object) or numbers
    shown: np.ndarray  # probability (or score) of `target_class`; the predicted value for regression
    unit: Unit
    target_class: Label | None
    actual: np.ndarray | None  # the target column, comparable with `answers`
    error: np.ndarray | None  # classification: 1 where wrong; regression: predicted minus actual; nan where unknown
    closeness: np.ndarray | None  # lead of the best class over the next (0: undecided); None for regression

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame({"answer": self.answers, "shown": self.shown, "actual": self.actual, "error": self.error})

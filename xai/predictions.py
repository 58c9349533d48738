"""What the model says about every row, beside the truth: for choosing a case."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xai.data import Dataset
from xai.errors import QuestionError
from xai.model import Model
from xai.quality.scores import known_target
from xai.results import Predictions, freeze


def predictions(model: Model, data: Dataset, class_index: int) -> Predictions:
    """Answers, the shown number, and where it is wrong or undecided. Without a usable target: no truth, no error."""
    outputs, answers = model.predict(data.frame), model.answer(data.frame)
    actual = error = None
    try:
        target = known_target(model, data).reindex(data.frame.index)
    except QuestionError:  # no target, or one that does not fit: the model can still be asked
        target = None
    if target is not None:
        actual = target.to_numpy()
        error = _error(model, answers, target)
    closeness = None
    if model.task != "regression":
        ordered = np.sort(outputs, axis=1)
        closeness = freeze(ordered[:, -1] - ordered[:, -2])
    return Predictions(
        answers=freeze(answers),
        shown=freeze(outputs[:, class_index]),
        unit=model.unit,
        target_class=model.classes[class_index] if model.classes else None,
        actual=None if actual is None else freeze(actual),
        error=None if error is None else freeze(error),
        closeness=closeness,
    )


def _error(model: Model, answers: np.ndarray, target: pd.Series) -> np.ndarray:
    if model.task == "regression":
        return answers - target.to_numpy(float)
    wrong = (answers != target.to_numpy()).astype(float)
    return np.where(target.isna(), np.nan, wrong)

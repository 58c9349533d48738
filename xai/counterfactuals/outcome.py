"""The wanted outcome: a class, or a range of predictions, and how far a prediction lies beyond its limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from xai.errors import QuestionError
from xai.model import Model
from xai.results import Label

COMFORT = 2  # points beyond the limit from which on a result is not "near" any more


@dataclass(frozen=True)
class Outcome:
    """What is wanted of the model. `place`: position of the wanted class; None for a range."""

    desired: Label | tuple[float, float]
    place: int | None
    shown: int  # position of the class whose probability is shown; 0 for regression
    comfort: float  # in the unit of the prediction

    def beyond(self, outputs: np.ndarray) -> np.ndarray:
        """(n,) how far outputs (n, K) lie beyond the limit; negative: how far they fall short.

        Two classes: the distance of the wanted class's probability from 0.5 (of its score from 0). More classes: its
        lead over the best other class. Regression: the distance to the nearer end of the range.
        """
        if self.place is None:
            low, high = self.desired
            return np.minimum(outputs[:, 0] - low, high - outputs[:, 0])
        others = np.delete(outputs, self.place, axis=1).max(axis=1)
        lead = outputs[:, self.place] - others
        return lead / 2 if outputs.shape[1] == 2 else lead

    def agrees(self, answers: np.ndarray) -> np.ndarray:
        """(n,) bool: the model's own answers are the wanted outcome."""
        if self.place is None:
            low, high = self.desired
            return (answers >= low) & (answers <= high)
        return np.array([answer == self.desired for answer in answers], dtype=bool)


def outcome(
    model: Model, outputs: np.ndarray, answer: Any, desired: Any, target_class: Label | None, point: float
) -> Outcome:
    """The wanted outcome, `desired` or the natural one: the other class, or the runner-up among several.

    `outputs` (K,) and `answer` are the model's for the explained row; `point` the size of one point.
    Raises QuestionError: "desired-needed", "not-a-range", "range-reversed", "unknown-class".
    """
    if model.task == "regression":
        low, high = _range(desired)
        width = high - low
        comfort = 0.05 * width if np.isfinite(width) else COMFORT * point
        return Outcome((low, high), None, 0, comfort)
    if desired is None:
        ranked = [place for place in np.argsort(-outputs, kind="stable") if model.classes[place] != answer]
        place = int(ranked[0])
    else:
        place = model.class_index(desired)
    default = 1 if len(model.classes) == 2 else place
    shown = default if target_class is None else model.class_index(target_class)
    return Outcome(model.classes[place], place, shown, COMFORT * point)


def _range(desired: Any) -> tuple[float, float]:
    """Two numbers, also as text "2000:3000"; an end may be left out: None, "2000:"."""
    if desired is None:
        raise QuestionError("desired-needed")
    ends = desired.split(":") if isinstance(desired, str) else desired
    if not isinstance(ends, tuple | list | np.ndarray) or len(ends) != 2:
        raise QuestionError("not-a-range", text=str(desired))
    try:
        low, high = (
            default if end is None or end == "" else float(end)
            for end, default in zip(ends, (-np.inf, np.inf), strict=True)
        )
    except (TypeError, ValueError) as error:
        raise QuestionError("not-a-range", text=str(desired)) from error
    if np.isnan([low, high]).any() or np.isinf([low, high]).all():
        raise QuestionError("not-a-range", text=str(desired))
    if low > high:
        raise QuestionError("range-reversed", low=f"{low:g}", high=f"{high:g}")
    return low, high

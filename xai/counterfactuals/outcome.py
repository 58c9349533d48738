"""The wanted outcome: a class, a class with some certainty, or a range of predictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from xai.counterfactuals.ranges import numbers
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
    at_least: float | None = None  # the probability the wanted class must have; None: the model must answer it

    @property
    def by_answer(self) -> bool:
        """Whether the model's own answer decides."""
        return self.place is not None and self.at_least is None

    def beyond(self, outputs: np.ndarray) -> np.ndarray:
        """(n,) how far outputs (n, K) lie beyond the limit; negative: how far they fall short.

        Two classes: the distance of the wanted class's probability from 0.5 (of its score from 0). More classes: its
        lead over the best other class. With a wanted probability: the distance from it. Regression: the distance to
        the nearer end of the range.
        """
        if self.place is None:
            low, high = self.desired
            return np.minimum(outputs[:, 0] - low, high - outputs[:, 0])
        if self.at_least is not None:
            return outputs[:, self.place] - self.at_least
        if outputs.shape[1] == 2:
            return (outputs[:, self.place] - outputs[:, 1 - self.place]) / 2
        return outputs[:, self.place] - np.delete(outputs, self.place, axis=1).max(axis=1)

    def reached(self, outputs: np.ndarray) -> np.ndarray:
        """(n,) bool: outputs (n, K) are the wanted outcome; of equal classes the first wins, as in the model's own."""
        return outputs.argmax(axis=1) == self.place if self.by_answer else self.beyond(outputs) >= 0

    def agrees(self, answers: np.ndarray) -> np.ndarray:
        """(n,) bool: the model's own answers are the wanted class."""
        return np.array([answer == self.desired for answer in answers], dtype=bool)


def outcome(
    model: Model,
    outputs: np.ndarray,
    answer: Any,
    desired: Any,
    probability: float | None,
    target_class: Label | None,
    point: float,
) -> Outcome:
    """The wanted outcome, `desired` or the natural one: the other class, or the runner-up among several.

    `outputs` (K,) and `answer` are the model's for the explained row; `point` the size of one point.
    Raises QuestionError: "desired-needed", "not-a-range", "range-reversed", "unknown-class", "no-probability",
    "not-a-probability".
    """
    if model.task == "regression":
        if probability is not None:
            raise QuestionError("no-probability", model=model.steps[-1])
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
    return Outcome(model.classes[place], place, shown, COMFORT * point, _certainty(model, probability))


def _certainty(model: Model, probability: Any) -> float | None:
    if probability is None:
        return None
    if model.unit != "probability":
        raise QuestionError("no-probability", model=model.steps[-1])
    try:
        wanted = float(probability)
    except (TypeError, ValueError) as error:
        raise QuestionError("not-a-probability", asked=str(probability)) from error
    if not 0 < wanted <= 1:
        raise QuestionError("not-a-probability", asked=str(probability))
    return wanted


def _range(desired: Any) -> tuple[float, float]:
    """Two numbers, also as text "2000:3000"; one end may be left out: None, "2000:"."""
    if desired is None:
        raise QuestionError("desired-needed")
    low, high = numbers(desired)
    if np.isinf([low, high]).all():
        raise QuestionError("not-a-range", text=str(desired))
    return low, high

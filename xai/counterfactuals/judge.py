"""The judge: asks the real model about coded rows, on the original frame, and says whether they are what is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from xai.codec import Codec
from xai.counterfactuals.deadline import Deadline
from xai.counterfactuals.outcome import Outcome
from xai.model import Model

BLOCK = 4000  # rows per call: the deadline is looked at in between


@dataclass(frozen=True)
class Judged:
    """What the model says about R rows."""

    shown: np.ndarray  # (R,) the prediction that is shown
    beyond: np.ndarray  # (R,) see `Outcome.beyond`
    reached: np.ndarray  # (R,) bool: the model's own answer is the wanted one


@dataclass(frozen=True)
class Judge:
    """A model, an outcome and a deadline.

    `by_answer`: the model's answer is not simply its largest output (a tuned threshold, a calibrated SVC), so both
    are asked.
    """

    model: Model
    codec: Codec
    outcome: Outcome
    deadline: Deadline | None
    by_answer: bool = False

    def __call__(self, matrix: np.ndarray) -> Judged:
        """Judge rows (R, C). Raises TimeUp between blocks when the deadline has passed."""
        parts = [self._block(matrix[start : start + BLOCK]) for start in range(0, max(len(matrix), 1), BLOCK)]
        return Judged(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))

    def answers(self, matrix: np.ndarray) -> list[Any]:
        """The model's own labels of rows (R, C); None for regression."""
        if self.outcome.place is None:
            return [None] * len(matrix)
        return list(self.model.answer(self.codec.decode(matrix)))

    def _block(self, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if self.deadline is not None:
            self.deadline.check()
        if not len(matrix):
            return np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool)
        frame = self.codec.decode(matrix)
        outputs = self.model.predict(frame)
        beyond = self.outcome.beyond(outputs)
        if self.by_answer:
            reached = self.outcome.agrees(self.model.answer(frame))
        elif self.outcome.place is None:
            reached = beyond >= 0
        else:
            # the first of equal classes wins, as in the model's own argmax
            reached = outputs.argmax(axis=1) == self.outcome.place
        return outputs[:, self.outcome.shown], beyond, reached


def answers_by_largest(model: Model, outputs: np.ndarray, answers: np.ndarray) -> bool:
    """Whether, on these rows, the model's answer (n,) is always the class with the largest output (n, K)."""
    if model.task == "regression":
        return True
    return all(model.classes[place] == answer for place, answer in zip(outputs.argmax(axis=1), answers, strict=True))

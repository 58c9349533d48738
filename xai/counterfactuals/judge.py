"""The judge: asks the model about coded rows and says whether they are what is wanted.

While searching it asks the final estimator about rows put together from encoded columns, where that is possible. What
is shown is asked of the whole model again, on the original frame: `really`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xai.codec import Codec
from xai.counterfactuals.deadline import Deadline, TimeUp
from xai.counterfactuals.outcome import Outcome
from xai.counterfactuals.pace import Pace
from xai.counterfactuals.quick import Quick
from xai.model import Model


@dataclass(frozen=True)
class Judged:
    """What the model says about R rows."""

    shown: np.ndarray  # (R,) the prediction that is shown
    beyond: np.ndarray  # (R,) see `Outcome.beyond`
    reached: np.ndarray  # (R,) bool: the wanted outcome

    def __len__(self) -> int:
        return len(self.shown)


NOTHING = Judged(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))


@dataclass(frozen=True)
class Judge:
    """A model, an outcome and a deadline.

    `by_answer`: the model's answer is not simply its largest output (a tuned threshold, a calibrated SVC), so both
    are asked.
    """

    model: Model
    codec: Codec
    outcome: Outcome
    deadline: Deadline
    pace: Pace  # of this way of asking
    quick: Quick | None = None
    by_answer: bool = False
    whole: Pace = field(default_factory=Pace)  # of asking the whole model

    def __call__(self, matrix: np.ndarray) -> Judged:
        """Judge rows (R, C). Raises TimeUp between blocks when the deadline has passed."""
        judged = self.some(matrix)
        if len(judged) < len(matrix):
            raise TimeUp
        return judged

    def some(self, matrix: np.ndarray) -> Judged:
        """Judge rows (R, C), the first ones only where the deadline passes meanwhile."""
        parts, start = [NOTHING], 0
        while start < len(matrix):
            self.deadline.tell()
            if self.deadline.over:
                break
            block = matrix[start : start + self.pace.within(self.deadline.left)]
            parts.append(self.pace.timed(lambda block=block: self._block(block), len(block)))
            start += len(block)
        return Judged(*(np.concatenate([getattr(part, name) for part in parts]) for name in _FIELDS))

    def anyway(self, matrix: np.ndarray) -> Judged:
        """Judge a few rows (R, C), whatever the deadline says."""
        return self._block(matrix) if len(matrix) else NOTHING

    def really(self, matrix: np.ndarray) -> Judged:
        """Judge a few rows (R, C) by the whole model on the original frame, however long that takes."""
        if not len(matrix):
            return NOTHING
        return self.whole.timed(lambda: self._really(matrix), len(matrix))

    def _really(self, matrix: np.ndarray) -> Judged:
        frame = self.codec.decode(matrix)
        outputs = self.model.predict(frame)
        answers = self.model.answer(frame) if self.by_answer and self.outcome.by_answer else None
        return self._judged(outputs, answers)

    def answers(self, matrix: np.ndarray) -> list[Any]:
        """The model's own labels of rows (R, C); None for regression."""
        if self.outcome.place is None or not len(matrix):
            return [None] * len(matrix)
        return list(self.model.answer(self.codec.decode(matrix)))

    def _block(self, matrix: np.ndarray) -> Judged:
        asked = self.by_answer and self.outcome.by_answer
        if self.quick is None or asked:
            return self.really(matrix)
        return self._judged(self.quick.outputs(matrix), None)

    def _judged(self, outputs: np.ndarray, answers: np.ndarray | None) -> Judged:
        reached = self.outcome.reached(outputs) if answers is None else self.outcome.agrees(answers)
        return Judged(outputs[:, self.outcome.shown], self.outcome.beyond(outputs), reached)


_FIELDS = ("shown", "beyond", "reached")

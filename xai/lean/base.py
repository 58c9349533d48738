"""What lean predictions have in common, and the two structures that make mixtures of rows cheap.

Shapes: n rows, E encoded columns, K outputs, H states.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from xai.asking import ask
from xai.lean.scales import Scale

Wanted = Literal["probability", "margin", "value"]
"""What is asked for: probabilities of the classes, one score for each class, or the number of a regression."""

_METHODS = {"probability": "predict_proba", "margin": "decision_function", "value": "predict"}
EXPONENTIAL = 30  # multiplications that take as long as an exponential and what is around it
STATES_AT_ONCE = 1_000_000  # numbers kept at once while many rows are predicted: they stay in the processor's cache


class Lean(ABC):
    """Outputs of one fitted estimator. Rows are finite numbers; what is returned may not be, then the estimator is
    asked itself."""

    decides = False  # whether a classifier answers with the class whose output is the largest
    work = np.inf  # roughly, multiplications for one more row whose states are known; infinite where nothing is known

    @abstractmethod
    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """(n, K) outputs of rows (n, E)."""


class Additive(Lean):
    """An estimator that first adds up what each encoded column contributes to some states, and then finishes.

    Linear models and naive Bayes add up scores, a network the inputs of its first hidden layer, a support vector
    machine squared distances. So a row that mixes two others never has to be built: their contributions are mixed.
    """

    constant: np.ndarray  # (H,) where the states begin

    @abstractmethod
    def contributions(self, matrix: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """(n, H) what the encoded columns `which`, given as `matrix` (n, len(which)), add to the states."""

    @abstractmethod
    def finish(self, states: np.ndarray) -> np.ndarray:
        """(n, K) outputs from complete states (n, H), which may be overwritten."""

    def finish_last(self, states: np.ndarray) -> np.ndarray:
        """(n, 1) the last output alone: of two classes the other one is one minus it, or its negative."""
        return self.finish(states)[:, -1:]

    def single(self) -> Additive | None:
        """The same in single precision, from the states on; None where that is of no use.

        States are then given, and outputs returned, as float32.
        """
        return None

    exponential = False  # whether the outputs are made of the exponentials of the states

    def of_exponentials(self, exponentials: np.ndarray, last: bool) -> np.ndarray:
        """(n, K) outputs from the exponentials of complete states (n, H), which may be overwritten; `last`: (n, 1)."""
        raise NotImplementedError

    @property
    def states(self) -> int:
        return len(self.constant)

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        everything, step = slice(None), max(1, STATES_AT_ONCE // max(self.states, 1))
        blocks = [matrix[start : start + step] for start in range(0, len(matrix), step)]
        return np.concatenate(
            [self.finish(self.contributions(block, everything) + self.constant) for block in blocks]
            or [self.finish(np.empty((0, self.states)))]
        )

    def by_column(self, matrix: np.ndarray, players: np.ndarray, columns: int) -> np.ndarray:
        """(n, C, H) contributions of each original column; players (E,) say which encoded column belongs to which."""
        found = np.zeros((len(matrix), columns, self.states))
        for column in np.unique(players):
            which = np.flatnonzero(players == column)
            found[:, column] = self.contributions(matrix[:, which], which)
        return found


class Combined(Lean):
    """An estimator that predicts from the outputs of others."""

    parts: Sequence[Lean]
    passthrough: bool = False  # whether the rows themselves are needed beside the outputs

    @abstractmethod
    def combine(self, outputs: Sequence[np.ndarray], matrix: np.ndarray | None) -> np.ndarray:
        """(n, K) from the parts' outputs, each (n, K of the part); `matrix` (n, E) where it is passed through."""

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        return self.combine([part.predict(matrix) for part in self.parts], matrix)


class Through(Combined):
    """Outputs that go through one more function, such as the inverse of a transformed target."""

    def __init__(self, inner: Lean, function: Callable[[np.ndarray], np.ndarray]) -> None:
        self.parts, self.function = (inner,), function

    def combine(self, outputs: Sequence[np.ndarray], matrix: np.ndarray | None) -> np.ndarray:
        return self.function(outputs[0])


class Restricted(Lean):
    """A part that is given some of the columns only, or each of them rescaled."""

    def __init__(
        self, inner: Lean, columns: int, features: np.ndarray | None = None, scale: Scale | None = None
    ) -> None:
        self.inner, self.columns, self.features, self.scale = inner, columns, features, scale

    def seen(self, matrix: np.ndarray) -> np.ndarray:
        """What the part is given of some rows; column by column."""
        chosen = matrix if self.features is None else matrix[:, self.features]
        return chosen if self.scale is None else self.scale(chosen)

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        return self.inner.predict(self.seen(matrix))


class Own(Lean):
    """A part that is asked itself, among others that are not."""

    def __init__(self, estimator: Any, wanted: Wanted) -> None:
        self.estimator, self.wanted = estimator, wanted

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        names = getattr(self.estimator, "feature_names_in_", None)
        rows = matrix if names is None else pd.DataFrame(matrix, columns=names)
        method = getattr(self.estimator, _METHODS[self.wanted])
        found = np.asarray(ask(self.estimator, method, rows), dtype=np.float64)
        if found.ndim == 1:
            found = found[:, None] if self.wanted == "value" else np.stack([-found, found], axis=1)
        return found

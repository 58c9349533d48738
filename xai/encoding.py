"""Encoding: preprocessing apart from the final estimator, so that rows are transformed once and then only recombined.

It exists only where every encoded column depends on exactly one original column (see `lineage`), and only after it was
seen to predict the same numbers as the whole pipeline on recombined rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline

from xai.asking import ask
from xai.errors import QuestionError
from xai.lineage import Mixed, as_matrix, lineage
from xai.parts import Part, parts

Outputs = Callable[[Any, Any], np.ndarray]  # (estimator, rows) -> (n, K)


@dataclass(frozen=True)
class Encoding:
    """Rows as a numeric matrix: `transform` once, recombine, `predict` the matrix."""

    transformers: tuple[Any, ...]
    final: Any  # the estimator that takes the matrix
    outputs: Outputs  # how to get the model's outputs from an estimator and rows
    inverse: Callable[[np.ndarray], np.ndarray] | None  # back from a transformed target
    players: np.ndarray  # (E,) position of the original column of each encoded column; -1 for constants
    named: bool  # whether the model was fitted on a frame (else on a plain array)
    columns: tuple[str, ...] = ()  # the original ones
    parts: tuple[Part, ...] = ()  # of the preprocessing, where columns can be encoded alone

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """(n, E) float matrix of the rows, dense."""
        matrix = self.encoded(frame)
        if matrix is None:
            raise TypeError("the encoded columns are not numbers")  # ruled out when the encoding was made
        return matrix

    def encoded(self, frame: pd.DataFrame) -> np.ndarray | None:
        """The same, or None where the encoded columns are not numbers."""
        rows: Any = as_rows(frame, self.named)
        for transformer in self.transformers:
            rows = ask(transformer, transformer.transform, rows)
        return as_matrix(rows)

    def needed(self, names: Iterable[str]) -> list[str]:
        """The original columns that must be known to encode some of them."""
        wanted = {self.columns.index(name) for name in names}
        if not self.parts:
            return list(self.columns)
        return [self.columns[k] for part in self.parts if wanted & {*part.positions} for k in part.positions]

    def fill(self, matrix: np.ndarray, frame: pd.DataFrame) -> None:
        """Write into (n, E) what is encoded of rows of which only the columns that are `needed` together are known."""
        for part in self.parts:
            names = [self.columns[k] for k in part.positions]
            if all(name in frame for name in names):
                matrix[:, part.place] = part.transform(as_rows(frame[names], self.named))

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """(n, K) outputs of the final estimator, the same numbers as the model's own."""
        outputs = self.outputs(self.final, self._rows(matrix))
        return outputs if self.inverse is None else self.inverse(outputs)

    def answer(self, matrix: np.ndarray) -> np.ndarray:
        """(n,) what the final estimator's `predict` returns, the same as the model's own."""
        if self.inverse is not None:  # the target was transformed: these are numbers
            return self.predict(matrix)[:, 0]
        return np.asarray(ask(self.final, self.final.predict, self._rows(matrix)))

    def _rows(self, matrix: np.ndarray) -> Any:
        names = getattr(self.final, "feature_names_in_", None)
        return matrix if names is None else pd.DataFrame(matrix, columns=names)


def split(estimator: Any) -> tuple[tuple[Any, ...], Any, Callable[[np.ndarray], np.ndarray] | None]:
    """Transformers, final estimator and inverse target transformation of a fitted model, all wrappers taken off."""
    if hasattr(estimator, "best_estimator_"):
        return split(estimator.best_estimator_)
    if isinstance(estimator, Pipeline):
        steps = [step for _, step in estimator.steps if step is not None and not isinstance(step, str)]
        before, final, inverse = split(steps[-1])
        return (*steps[:-1], *before), final, inverse
    if isinstance(estimator, TransformedTargetRegressor):
        before, final, inner = split(estimator.regressor_)
        back = estimator.transformer_.inverse_transform

        def inverse(outputs: np.ndarray) -> np.ndarray:
            return np.asarray(back(outputs if inner is None else inner(outputs))).reshape(-1, 1)

        return before, final, inverse
    return (), estimator, None


def as_rows(frame: pd.DataFrame, named: bool) -> Any:
    """What a model is given: the frame, or its values where the model was fitted on a plain array."""
    if named:
        return frame
    numeric = all(pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes)
    return frame.to_numpy(dtype=np.float64 if numeric else object)


def encoding(
    estimator: Any, columns: Sequence[str], sample: pd.DataFrame, outputs: Outputs, named: bool
) -> Encoding | str:
    """The encoding of a model, or the reason why there is none: the step that mixes columns, "text", "differs".

    `sample` are rows of the data on which the claim is tried: rows recombined from them column by column must get the
    same predictions in both spaces.
    """
    transformers, final, inverse = split(estimator)
    try:
        origin = lineage(transformers, columns)
    except Mixed as mixed:
        return mixed.step
    if not origin.separable:
        return "several-columns"
    found = Encoding(transformers, final, outputs, inverse, origin.players, named, tuple(columns))
    matrix = found.encoded(sample)
    if matrix is None:
        return "text"
    if matrix.shape[1] != len(found.players):
        return "differs"
    if not _same_predictions(found, estimator, sample, matrix):
        return "differs"
    return replace(found, parts=parts(transformers, sample, matrix, lambda frame: as_rows(frame, named)))


def _same_predictions(
    found: Encoding, estimator: Any, sample: pd.DataFrame, matrix: np.ndarray, rows: int = 128
) -> bool:
    """Whether rows recombined from the sample are predicted alike through the pipeline and through the encoding."""
    random = np.random.default_rng(0)
    place = random.integers(len(sample), size=(rows, sample.shape[1]))
    mixed = pd.DataFrame({name: sample[name].take(place[:, j]).array for j, name in enumerate(sample.columns)})
    recombined = recombine(matrix, place, found.players)
    expected = found.outputs(estimator, as_rows(mixed, found.named))
    try:
        predicted = found.predict(recombined)
    except QuestionError:  # an estimator that wants integers or names takes the frame, but not a matrix of floats
        return False
    return bool(np.allclose(predicted, expected, rtol=1e-9, atol=1e-10, equal_nan=True))


def recombine(matrix: np.ndarray, place: np.ndarray, players: np.ndarray) -> np.ndarray:
    """Rows whose original column j comes from row `place[:, j]` of `matrix`. place (n, C) -> (n, E)."""
    columns = np.arange(matrix.shape[1])
    return matrix[place[:, np.maximum(players, 0)], columns]

"""Encoding: preprocessing apart from the final estimator, so that rows are transformed once and then only recombined.

It exists where encoded columns depend on exactly one original column (see `lineage`), and only after it was seen to
predict the same numbers as the whole pipeline on recombined rows. Where a step mixes some of the columns, those are
transformed again in every mixture and the others are not (`partly`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from xai.asking import ask
from xai.errors import QuestionError
from xai.lean import Lean, Through, Wanted, lean, verified
from xai.lean.rows import FEW, Formulas, Rows, rows_of
from xai.lineage import Lineage, RowsTogether, as_matrix, lineage
from xai.lineage.steps import idle
from xai.parts import Part, parts

Outputs = Callable[[Any, Any], np.ndarray]  # (estimator, rows) -> (n, K)
_AFFINE = ("StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler")
MOST_MIXED = 2 / 3  # of the columns; with more, transforming the rest once saves nothing
TRIED = 128  # recombined rows on which the two ways to a prediction are compared


@dataclass(frozen=True)
class Inverse:
    """The way back from a transformed target."""

    transformer: Any  # fitted on the target
    inner: Inverse | None  # where a target was transformed twice

    def __call__(self, outputs: np.ndarray) -> np.ndarray:
        outputs = outputs if self.inner is None else self.inner(outputs)
        return np.asarray(self.transformer.inverse_transform(outputs)).reshape(-1, 1)

    @property
    def slope(self) -> float | None:
        """What it multiplies by, where it only rescales; None otherwise."""
        if type(self.transformer).__name__ not in _AFFINE or (self.inner is not None and self.inner.slope is None):
            return None
        ends = self(np.array([[0.0], [1.0]])).ravel()
        return float(ends[1] - ends[0])


@dataclass(frozen=True)
class Encoding:
    """Rows as a numeric matrix: `transform` once, recombine, `predict` the matrix.

    Shapes: C original columns, E encoded columns, K outputs.
    """

    transformers: tuple[Any, ...]
    final: Any  # the estimator that takes the matrix
    outputs: Outputs  # how to get the model's outputs from an estimator and rows
    margins: Outputs  # and its decision function
    inverse: Inverse | None  # back from a transformed target
    players: np.ndarray  # (E,) position of the original column of each encoded column; -1 for constants and joint ones
    joint: np.ndarray  # (E,) bool: encoded columns that depend on several original columns
    mixed: tuple[int, ...]  # positions of those original columns
    named: bool  # whether the model was fitted on a frame (else on a plain array)
    columns: tuple[str, ...]  # the original ones
    parts: tuple[Part, ...] = ()  # of the preprocessing, where columns can be encoded alone
    rows: Rows | None = None  # a way to encode a few rows faster
    lean: Lean | None = None  # the same outputs without the estimator's checks, where they are equal
    lean_margin: Lean | None = None

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """(n, E) float matrix of the rows, dense."""
        few = self.rows is not None and len(frame) <= FEW
        known = self.rows.encode(frame) if few else None
        if known is not None:
            return known
        matrix = self.encoded(frame)
        if matrix is None:
            raise TypeError("the encoded columns are not numbers")  # ruled out when the encoding was made
        if few:
            self.rows.remember(frame, matrix)
        return matrix

    def encoded(self, frame: pd.DataFrame) -> np.ndarray | None:
        """The same, or None where the encoded columns are not numbers."""
        rows: Any = as_rows(frame, self.named)
        for transformer in self.transformers:
            rows = ask(transformer, transformer.transform, rows)
        return as_matrix(rows)

    @property
    def formulas(self) -> tuple[Formulas, ...]:
        """Parts of the preprocessing that only compute with numbers, to the bit."""
        return () if self.rows is None else self.rows.formulas

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
        return self._lean(self.lean, matrix, self.own)

    def margin(self, matrix: np.ndarray) -> np.ndarray:
        """(n, K) decision function of the final estimator. QuestionError("no-margin")."""
        return self._lean(self.lean_margin, matrix, self.own_margin)

    def answer(self, matrix: np.ndarray) -> np.ndarray:
        """(n,) what the final estimator's `predict` returns, the same as the model's own."""
        if self.inverse is not None:  # the target was transformed: these are numbers
            return self.predict(matrix)[:, 0]
        return np.asarray(ask(self.final, self.final.predict, self._rows(matrix)))

    def own(self, matrix: np.ndarray) -> np.ndarray:
        """The outputs by the estimator's own method."""
        outputs = self.outputs(self.final, self._rows(matrix))
        return outputs if self.inverse is None else self.inverse(outputs)

    def own_margin(self, matrix: np.ndarray) -> np.ndarray:
        """The decision function by the estimator's own method."""
        return self.margins(self.final, self._rows(matrix))

    def recombined(self, frame: pd.DataFrame, matrix: np.ndarray, place: np.ndarray) -> np.ndarray:
        """(n, E) encoded rows whose original column j comes from row `place[:, j]` of `frame`, encoded as `matrix`.

        What depends on one column is taken over; what depends on several is transformed, once for each combination.
        """
        found = recombine(matrix, place, self.players)
        if self.mixed:
            chosen, back = np.unique(place[:, self.mixed], axis=0, return_inverse=True)
            rows = np.repeat(chosen[:, :1], place.shape[1], axis=1)
            rows[:, self.mixed] = chosen
            found[:, self.joint] = self._joint(mixture(frame, rows))[np.ravel(back)]
        return found

    def _joint(self, frame: pd.DataFrame) -> np.ndarray:
        """What is encoded of rows from several columns at once."""
        if not self.parts:
            return self.transform(frame)[:, self.joint]
        matrix = np.zeros((len(frame), len(self.joint)))
        self.fill(matrix, frame[list(dict.fromkeys(self.needed(self.columns[k] for k in self.mixed)))])
        return matrix[:, self.joint]

    def _rows(self, matrix: np.ndarray) -> Any:
        names = getattr(self.final, "feature_names_in_", None)
        return matrix if names is None else pd.DataFrame(matrix, columns=names)

    def _lean(self, found: Lean | None, matrix: np.ndarray, own: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        # what is not a number is the estimator's business: it may refuse such rows, or know what to do with them
        if found is None or not np.isfinite(matrix).all():
            return own(matrix)
        outputs = ask(self.final, found.predict, matrix)
        return outputs if np.isfinite(outputs).all() else own(matrix)


@dataclass(frozen=True)
class Separation:
    """How far preprocessing and final estimator can be taken apart."""

    encoding: Encoding | None  # where every encoded column depends on one original column
    partly: Encoding | None  # where some depend on several
    lineage: Lineage | None  # None where the encoded columns are no numbers, or rows are encoded together
    reason: str | None  # why there is no `encoding`: the step that mixes columns, "text", "several-rows", …


def split(estimator: Any) -> tuple[tuple[Any, ...], Any, Inverse | None]:
    """Transformers, final estimator and inverse target transformation of a fitted model, all wrappers taken off."""
    if hasattr(estimator, "best_estimator_"):
        return split(estimator.best_estimator_)
    if isinstance(estimator, FrozenEstimator):
        return split(estimator.estimator)
    if isinstance(estimator, Pipeline):
        steps = [step for _, step in estimator.steps if not idle(step)]
        before, final, inverse = split(steps[-1])
        return (*steps[:-1], *before), final, inverse
    if isinstance(estimator, TransformedTargetRegressor):
        before, final, inner = split(estimator.regressor_)
        return before, final, Inverse(estimator.transformer_, inner)
    return (), estimator, None


def as_rows(frame: pd.DataFrame, named: bool) -> Any:
    """What a model is given: the frame, or its values where the model was fitted on a plain array."""
    if named:
        return frame
    numeric = all(pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes)
    return frame.to_numpy(dtype=np.float64 if numeric else object)


def separation(
    estimator: Any, columns: Sequence[str], sample: pd.DataFrame, outputs: Outputs, margins: Outputs, named: bool
) -> Separation:
    """Take a fitted model apart, and try on `sample` (rows of the data) that both parts together are the whole.

    Reasons: the class of the step that mixes columns; "several-columns" for products of columns; "text" where the
    estimator takes no numbers; "several-rows" where a row is encoded differently beside others; "differs" where
    recombined rows are predicted differently.
    """
    transformers, final, inverse = split(estimator)
    try:
        origin = lineage(transformers, columns, as_rows(sample, named))
    except RowsTogether:
        return Separation(None, None, None, "several-rows")
    mixed = tuple(sorted(origin.mixed))
    found = Encoding(
        transformers, final, outputs, margins, inverse, origin.players, origin.joint, mixed, named, tuple(columns)
    )
    matrix = found.encoded(sample)
    if matrix is None:
        return Separation(None, None, origin, "text")
    if len(mixed) > MOST_MIXED * len(columns):
        return Separation(None, None, origin, origin.reason)
    tried = _tried(found, estimator, sample, matrix)
    if tried is None:
        return Separation(None, None, origin, "differs")
    return Separation(None, tried, origin, origin.reason) if mixed else Separation(tried, None, origin, None)


def _tried(found: Encoding, estimator: Any, sample: pd.DataFrame, matrix: np.ndarray) -> Encoding | None:
    """The encoding with its lean predictions; None where it does not predict like the whole model.

    Compared are rows that are recombined from the sample, column by column.
    """
    if matrix.shape[1] != len(found.players):
        return None
    place = np.random.default_rng(0).integers(len(sample), size=(TRIED, sample.shape[1]))
    expected = found.outputs(estimator, as_rows(mixture(sample, place), found.named))
    recombined = found.recombined(sample, matrix, place)
    try:
        predicted = found.own(recombined)
    except QuestionError:  # an estimator that wants integers or names takes the frame, but not a matrix of floats
        return None
    if not np.allclose(predicted, expected, rtol=1e-9, atol=1e-10, equal_nan=True):
        return None
    apart = parts(found.transformers, sample, matrix, lambda frame: as_rows(frame, found.named))
    return replace(
        found,
        parts=apart,
        rows=None if found.mixed else rows_of(apart, found.players, found.columns, sample, matrix),
        lean=verified(_lean_outputs(found), recombined, predicted),
        lean_margin=_lean_margin(found, recombined),
    )


def _lean_outputs(found: Encoding) -> Lean | None:
    classes = getattr(found.final, "classes_", None)
    wanted: Wanted = "value" if classes is None else "margin"
    inner = lean(found.final, "probability" if hasattr(found.final, "predict_proba") else wanted)
    return inner if inner is None or found.inverse is None else Through(inner, found.inverse)


def _lean_margin(found: Encoding, recombined: np.ndarray) -> Lean | None:
    inner = lean(found.final, "margin") if hasattr(found.final, "decision_function") else None
    if inner is None:
        return None
    try:
        return verified(inner, recombined, found.own_margin(recombined))
    except QuestionError:  # one score for each pair of classes
        return None


def mixture(frame: pd.DataFrame, place: np.ndarray) -> pd.DataFrame:
    """Rows whose column j comes from row `place[:, j]` of `frame`."""
    return pd.DataFrame({name: frame[name].array.take(place[:, j]) for j, name in enumerate(frame.columns)})


def recombine(matrix: np.ndarray, place: np.ndarray, players: np.ndarray) -> np.ndarray:
    """Rows whose original column j comes from row `place[:, j]` of `matrix`. place (n, C) -> (n, E)."""
    columns = np.arange(matrix.shape[1])
    return matrix[place[:, np.maximum(players, 0)], columns]

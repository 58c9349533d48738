"""A model in another process as an estimator like any other: what it says is what its own versions say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.metaestimators import available_if

from xai.environments.conversation import Conversation
from xai.environments.inside.described import Described
from xai.errors import OpeningError, WorkerError
from xai.worker.wire import Encoder

_MOST_CELLS = 4_000_000  # sent at once


def estimator_for(conversation: Conversation, described: Described) -> OwnVersion:
    """The estimator that asks this program. OpeningError("not-supervised") for what predicts no target."""
    if described.kind not in ("classifier", "regressor"):
        raise OpeningError("not-supervised", model=described.steps[-1] if described.steps else described.kind)
    if described.kind == "classifier" and not described.classes:
        raise OpeningError("no-fitted-model", model=described.steps[-1] if described.steps else described.kind)
    kind = OwnVersionClassifier if described.kind == "classifier" else OwnVersionRegressor
    return kind(conversation, described)


def _offers(method: str) -> Any:
    return available_if(lambda estimator: method in estimator.described.methods)


class OwnVersion(BaseEstimator):
    """Hands rows over and takes predictions back, in portions.

    Raises what `Conversation.ask` raises, and WorkerError("own-version-unreadable") for numbers of a wrong shape.
    """

    def __init__(self, conversation: Conversation, described: Described) -> None:
        self.conversation = conversation
        self.described = described
        if described.columns:
            self.feature_names_in_ = np.array(described.columns, dtype=object)
        if described.count is not None:
            self.n_features_in_ = described.count

    def fit(self, rows: Any, target: Any = None) -> OwnVersion:
        """It is fitted, and stays as it is."""
        return self

    def predict(self, rows: Any) -> np.ndarray:
        """(n,) labels or numbers."""
        return self._ask("predict", rows, (1,))

    @property
    def step_names(self) -> tuple[str, ...]:
        """Class names of the model's steps, the final estimator last."""
        return self.described.steps

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __deepcopy__(self, memory: dict[int, Any]) -> OwnVersion:
        return self  # a process has no copy

    def _ask(self, method: str, rows: Any, widths: tuple[int, ...]) -> np.ndarray:
        count, width = len(rows), max(1, rows.shape[1])
        portion = max(1, min(_MOST_CELLS // width, self.conversation.most_numbers // max(widths)))
        starts = range(0, count, portion) if count else (0,)
        found = [self._portion(method, rows[start : start + portion], widths) for start in starts]
        return np.concatenate(found) if len(found) > 1 else found[0]

    def _portion(self, method: str, rows: Any, widths: tuple[int, ...]) -> np.ndarray:
        encoder = Encoder()
        named = isinstance(rows, pd.DataFrame)
        if named:
            rows = _plain(rows)
        elif rows.dtype == object:
            rows = pd.DataFrame(rows, columns=[str(place) for place in range(rows.shape[1])])
        node = encoder.node(rows)
        found = self.conversation.ask(method, np.ndarray, encoder.arrays, rows=node, named=named)
        self._check(method, found, len(rows), widths)
        return found

    def _check(self, method: str, found: np.ndarray, count: int, widths: tuple[int, ...]) -> None:
        """One line of the right width for each row; numbers wherever there are no labels."""
        labels = method == "predict" and self.described.kind == "classifier"
        if labels:
            fits = found.shape == (count,)
        else:
            fits = found.dtype.kind in "biuf" and found.shape in {(count,), *((count, width) for width in widths)}
        if not fits:
            self.conversation.close()
            raise WorkerError("own-version-unreadable")


class OwnVersionClassifier(ClassifierMixin, OwnVersion):
    """A classifier."""

    def __init__(self, conversation: Conversation, described: Described) -> None:
        super().__init__(conversation, described)
        self.classes_ = np.array([*described.classes, None], dtype=object)[:-1]

    @_offers("predict_proba")
    def predict_proba(self, rows: Any) -> np.ndarray:
        """(n, K) probabilities."""
        return self._ask("predict_proba", rows, (len(self.classes_),))

    @_offers("decision_function")
    def decision_function(self, rows: Any) -> np.ndarray:
        """(n,) for two classes, else (n, K)."""
        return self._ask("decision_function", rows, (len(self.classes_),))


class OwnVersionRegressor(RegressorMixin, OwnVersion):
    """A regressor."""


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of the types that old versions of pandas read from a file: those with gaps of their own have others."""
    changed = {
        name: frame[name].astype(np.float64)
        for name, kind in frame.dtypes.items()
        if pd.api.types.is_extension_array_dtype(kind)
        and pd.api.types.is_numeric_dtype(kind)
        and not pd.api.types.is_bool_dtype(kind)
    }
    return frame.assign(**changed) if changed else frame

"""Linear models: a score for each class or a number, and the function that makes the output of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xai.lean.base import EXPONENTIAL, Additive, Wanted
from xai.lean.links import clipped, logistic, same, sigmoid, softmax, two_sided

Link = Callable[[np.ndarray], np.ndarray]
_SCORES = ("RidgeClassifier", "RidgeClassifierCV", "Perceptron", "PassiveAggressiveClassifier", "LinearSVC")
_LOGISTIC = ("LogisticRegression", "LogisticRegressionCV")
_EXPONENTIAL = ("PoissonRegressor", "GammaRegressor")
_CENTERED = ("PLSRegression", "PLSCanonical", "CCA")


class Linear(Additive):
    """link(matrix @ weights + constant)."""

    decides = True

    def __init__(self, weights: np.ndarray, constant: np.ndarray, link: Link) -> None:
        self.weights = np.ascontiguousarray(weights)  # (E, H)
        self.constant = constant
        self.link = link

    @property
    def work(self) -> float:
        return EXPONENTIAL * self.states

    @property
    def slopes(self) -> np.ndarray | None:
        """(K, E) weights of the outputs, where they are linear."""
        if self.link is same or (self.link is two_sided and self.states > 1):
            return self.weights.T
        return np.concatenate([-self.weights.T, self.weights.T]) if self.link is two_sided else None

    def contributions(self, matrix: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        return matrix @ self.weights[which]

    def finish(self, states: np.ndarray) -> np.ndarray:
        return self.link(states)

    def finish_last(self, states: np.ndarray) -> np.ndarray:
        if states.shape[1] > 1:
            return self.finish(states)[:, -1:]
        return (
            sigmoid(states)
            if self.link is logistic
            else states
            if self.link is two_sided
            else self.link(states)[:, -1:]
        )

    @property
    def exponential(self) -> bool:
        single = self.states == 1
        return (self.link in (logistic, np.exp) and single) or (self.link is softmax and not single)

    def of_exponentials(self, exponentials: np.ndarray, last: bool) -> np.ndarray:
        if self.link is np.exp:
            return exponentials
        if self.link is softmax:
            return (exponentials[:, -1:] if last else exponentials) / exponentials.sum(axis=1, keepdims=True)
        found = np.divide(exponentials, exponentials + 1, out=exponentials)
        return found if last else np.concatenate([1 - found, found], axis=1)


def read(estimator: Any, kind: str, wanted: Wanted) -> Linear | None:
    """A fitted linear estimator of class `kind`; None for others."""
    link = _regression(estimator, kind) if wanted == "value" else _classification(estimator, kind, wanted)
    weights = getattr(estimator, "coef_", None)
    if link is None or weights is None:
        return None
    weights = np.atleast_2d(weights.toarray() if hasattr(weights, "toarray") else np.asarray(weights, dtype=float))
    constant = np.ravel(np.asarray(estimator.intercept_, dtype=float))
    if kind in _CENTERED:
        constant = constant - weights @ np.asarray(estimator._x_mean)
    return Linear(weights.T, np.broadcast_to(constant, len(weights)).copy(), link)


def _classification(estimator: Any, kind: str, wanted: Wanted) -> Link | None:
    if wanted == "margin":
        return two_sided if kind in (*_SCORES, *_LOGISTIC, "SGDClassifier", "LinearDiscriminantAnalysis") else None
    binary = len(estimator.classes_) == 2
    if kind == "LinearDiscriminantAnalysis":
        return logistic if binary else softmax
    if kind == "SGDClassifier":
        return {"log_loss": logistic, "log": logistic, "modified_huber": clipped}.get(estimator.loss)
    if kind not in _LOGISTIC:
        return None
    # before scikit-learn 1.8 the kind of regression was a setting of its own
    setting = getattr(estimator, "multi_class", "auto")
    if setting == "ovr" or estimator.solver == "liblinear" or (binary and setting != "multinomial"):
        return logistic
    return softmax if len(estimator.coef_) > 1 else _softmax_of_both


def _softmax_of_both(scores: np.ndarray) -> np.ndarray:
    return softmax(two_sided(scores))


def _regression(estimator: Any, kind: str) -> Link | None:
    if kind in _EXPONENTIAL:
        return np.exp
    if kind == "TweedieRegressor":
        link = estimator.link if estimator.link != "auto" else ("log" if estimator.power > 0 else "identity")
        return np.exp if link == "log" else same
    linear = type(estimator).__module__.startswith(("sklearn.linear_model.", "sklearn.cross_decomposition."))
    return same if linear or kind == "LinearSVR" else None

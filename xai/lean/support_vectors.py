"""Support vector machines: kernels with the support vectors, scores of pairs of classes, Platt's probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.multiclass import _ovr_decision_function

from xai.lean.base import EXPONENTIAL, Additive, Wanted
from xai.lean.coupling import coupled, pairwise
from xai.lean.links import same


class SupportVectors(Additive):
    """Squared distances to the support vectors (rbf), or products with them (poly, sigmoid, linear), add up."""

    def __init__(self, vectors: np.ndarray, weights: np.ndarray, intercept: np.ndarray, kernel: Any, ending: Any):
        self.vectors, self.weights, self.intercept = vectors, weights, intercept  # (S, E), (S, P), (P,)
        self.constant = np.zeros(len(vectors))
        self.kernel, self.ending = kernel, ending

    @property
    def work(self) -> float:
        return self.weights.size + EXPONENTIAL * self.states

    @property
    def slopes(self) -> np.ndarray | None:
        """(K, E) weights of the outputs, where they are linear."""
        if self.kernel[0] != "linear" or self.ending not in (same, _both_ways):
            return None
        return self.ending(self.vectors.T @ self.weights).T

    def contributions(self, matrix: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        vectors = self.vectors[:, which]
        found = matrix @ vectors.T
        if self.kernel[0] == "rbf":
            found *= -2
            found += np.square(matrix).sum(axis=1)[:, None]
            found += np.square(vectors).sum(axis=1)
        return found

    def finish(self, states: np.ndarray) -> np.ndarray:
        kind, gamma, degree, zero = self.kernel
        if kind == "rbf":
            states *= -gamma
            np.exp(states, out=states)
        elif kind != "linear":
            states *= gamma
            states += zero
            states = np.tanh(states, out=states) if kind == "sigmoid" else states**degree
        return self.ending(states @ self.weights + self.intercept)


def read(estimator: Any, kind: str, wanted: Wanted) -> SupportVectors | None:
    """A fitted support vector machine of libsvm; None for others, and for kernels of somebody's own."""
    if kind not in ("SVC", "NuSVC", "SVR", "NuSVR") or estimator.kernel not in ("rbf", "poly", "sigmoid", "linear"):
        return None
    vectors, dual = _dense(estimator.support_vectors_), _dense(estimator._dual_coef_)
    kernel = (estimator.kernel, estimator._gamma, estimator.degree, estimator.coef0)
    intercept = np.ravel(estimator._intercept_)
    if kind in ("SVR", "NuSVR"):
        return SupportVectors(vectors, dual.T, intercept, kernel, same) if wanted == "value" else None
    classes = len(estimator.classes_)
    weights = _by_pairs(dual, np.asarray(estimator._n_support), classes)
    if wanted == "margin":
        ending = _both_ways if classes == 2 else lambda scores: _ovr_decision_function(scores < 0, -scores, classes)
        return SupportVectors(vectors, weights, intercept, kernel, ending)
    if wanted != "probability" or not len(np.ravel(estimator._probA)):
        return None
    slope, offset = np.ravel(estimator._probA), np.ravel(estimator._probB)
    return SupportVectors(
        vectors, weights, intercept, kernel, lambda scores: coupled(pairwise(scores, slope, offset), classes)
    )


def _by_pairs(dual: np.ndarray, counts: np.ndarray, classes: int) -> np.ndarray:
    """(S, P) weight of each support vector in the score of each pair of classes."""
    ends = np.concatenate([[0], np.cumsum(counts)])
    first, second = np.triu_indices(classes, 1)
    found = np.zeros((dual.shape[1], len(first)))
    for pair, (i, j) in enumerate(zip(first, second, strict=True)):
        found[ends[i] : ends[i + 1], pair] = dual[j - 1, ends[i] : ends[i + 1]]
        found[ends[j] : ends[j + 1], pair] = dual[i, ends[j] : ends[j + 1]]
    return found


def _both_ways(scores: np.ndarray) -> np.ndarray:
    """libsvm's score of a pair speaks for the first class."""
    return np.concatenate([scores, -scores], axis=1)


def _dense(values: Any) -> np.ndarray:
    return np.asarray(values.toarray() if hasattr(values, "toarray") else values, dtype=float)

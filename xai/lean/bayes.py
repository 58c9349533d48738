"""Naive Bayes: what the columns say about each class adds up."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import logsumexp

from xai.lean.base import EXPONENTIAL, Additive, Wanted


class Bayes(Additive):
    """States are the joint log-likelihoods of the classes."""

    @property
    def work(self) -> float:
        return EXPONENTIAL * self.states

    def finish(self, states: np.ndarray) -> np.ndarray:
        return np.exp(states - logsumexp(states, axis=1, keepdims=True))


class Gaussian(Bayes):
    """Squared distances from each class's mean, in its variances."""

    def __init__(self, prior: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> None:
        self.mean, self.precision = mean, 0.5 / variance
        self.constant = np.log(prior) - 0.5 * np.log(2.0 * np.pi * variance).sum(axis=1)

    def contributions(self, matrix: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        pairs = zip(self.mean[:, which], self.precision[:, which], strict=True)
        return -np.stack([np.square(matrix - mean) @ precision for mean, precision in pairs], axis=1)


class Counts(Bayes):
    """Log-probabilities times counts (multinomial, complement), or times yes and no (Bernoulli)."""

    def __init__(self, weights: np.ndarray, constant: np.ndarray, threshold: float | None) -> None:
        self.weights, self.constant, self.threshold = weights, constant, threshold

    def contributions(self, matrix: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        counts = matrix if self.threshold is None else (matrix > self.threshold).astype(float)
        return counts @ self.weights[which]


def read(estimator: Any, kind: str, wanted: Wanted) -> Bayes | None:
    """A fitted naive Bayes classifier; None for other estimators."""
    if wanted != "probability":
        return None
    if kind == "GaussianNB":
        return Gaussian(estimator.class_prior_, estimator.theta_, estimator.var_)
    if kind in ("MultinomialNB", "ComplementNB"):
        prior = kind == "MultinomialNB" or len(estimator.classes_) == 1
        constant = estimator.class_log_prior_ if prior else np.zeros(len(estimator.classes_))
        return Counts(estimator.feature_log_prob_.T, constant, None)
    if kind == "BernoulliNB":
        against = np.log(1 - np.exp(estimator.feature_log_prob_))
        constant = estimator.class_log_prior_ + against.sum(axis=1)
        return Counts((estimator.feature_log_prob_ - against).T, constant, estimator.binarize)
    return None

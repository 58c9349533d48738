"""AdaBoost, as its votes were counted (Zhu, Zou, Rosset and Hastie, Multi-class AdaBoost, 2009)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from xai.opening.repairs.formulas.former import become


def by_probability(model: Any) -> list[str]:
    """Up to 1.5: SAMME.R, the default, adds what the estimators say of probabilities. Today there are only votes."""
    return become(model, ByProbability) if vars(model).get("algorithm") == "SAMME.R" else []


def by_votes(model: Any) -> list[str]:
    """Up to 1.2: SAMME counted votes for a class only; since then a vote for one counts against the others."""
    return become(model, ByVotes) if vars(model).get("algorithm") == "SAMME" else []


class _Sum:
    """A sum over the estimators, divided by the sum of their weights."""

    def _said(self, estimator: Any, weight: float, X: Any) -> np.ndarray:
        raise NotImplementedError

    def decision_function(self, X: Any) -> np.ndarray:
        """(n,) for two classes, else (n, K)."""
        X = self._check_X(X)
        weighted = zip(self.estimators_, self.estimator_weights_, strict=False)
        votes = sum(self._said(estimator, weight, X) for estimator, weight in weighted)
        votes /= self.estimator_weights_.sum()
        return _signed(votes)

    def staged_decision_function(self, X: Any) -> Iterator[np.ndarray]:
        """The same after each estimator."""
        X = self._check_X(X)
        votes, norm = 0.0, 0.0
        for weight, estimator in zip(self.estimator_weights_, self.estimators_, strict=False):
            norm += weight
            votes = votes + self._said(estimator, weight, X)
            yield _signed(votes / norm)


class ByProbability(_Sum):
    """SAMME.R: (K - 1) times the logarithms of the probabilities less their mean over the classes."""

    def _said(self, estimator: Any, weight: float, X: Any) -> np.ndarray:
        shares = estimator.predict_proba(X)
        logs = np.log(np.clip(shares, np.finfo(shares.dtype).eps, None))
        count = self.n_classes_
        return (count - 1) * (logs - (1.0 / count) * logs.sum(axis=1)[:, np.newaxis])


class ByVotes(_Sum):
    """SAMME, up to 1.2."""

    def _said(self, estimator: Any, weight: float, X: Any) -> np.ndarray:
        return (estimator.predict(X) == self.classes_[:, np.newaxis]).T * weight


def _signed(votes: np.ndarray) -> np.ndarray:
    """Of two classes the second against the first; the votes themselves of more."""
    if votes.shape[1] != 2:
        return votes
    votes[:, 0] *= -1
    return votes.sum(axis=1)

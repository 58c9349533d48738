"""One against the rest: what is answered where classes are tied, and where none is probable."""

from __future__ import annotations

from typing import Any

import numpy as np

from xai.opening.repairs.formulas.former import become


def ties(model: Any) -> list[str]:
    """1.7: of tied classes the last was answered, today it is the first."""
    state = vars(model)
    if "estimators_" not in state or state["label_binarizer_"].y_type_.startswith("multilabel"):
        return []
    return become(model, LastOfTied)


def ties_before_1_7(model: Any) -> list[str]:
    """Up to 1.6: the same, and where no class had any probability, 0 was divided by 0."""
    done = ties(model)
    if done:
        model.__class__ = type(model).__bases__[-1]
        become(model, NothingProbable)
    return done


class LastOfTied:
    """One against the rest, as it answered up to 1.7."""

    def predict(self, X: Any) -> np.ndarray:
        """(n,)"""
        if len(self.estimators_) == 1:
            return super().predict(X)
        scores = np.column_stack([_scores(estimator, X) for estimator in self.estimators_])
        last = scores.shape[1] - 1 - np.argmax(scores[:, ::-1], axis=1)
        return self.classes_[last]


class NothingProbable(LastOfTied):
    """One against the rest, as it was up to 1.6."""

    def predict_proba(self, X: Any) -> np.ndarray:
        """(n, K); missing where no class has any probability: 0 divided by 0."""
        shares = np.array(super().predict_proba(X))
        shares[shares.sum(axis=1) == 0] = np.nan
        return shares


def _scores(estimator: Any, X: Any) -> np.ndarray:
    if hasattr(estimator, "decision_function"):
        return np.ravel(estimator.decision_function(X))
    return estimator.predict_proba(X)[:, 1]

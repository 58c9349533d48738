"""Boosting of classes: where it starts, and which class is answered at exactly one half."""

from __future__ import annotations

from typing import Any

import numpy as np

from xai.opening.repairs.formulas.former import become

_SMALLEST = np.finfo(np.float32).eps


def start(model: Any) -> list[str]:
    """Up to 1.3: gradient boosting started from log-odds that were cut off earlier, and not centred."""
    return become(model, FromShares) if {"estimators_", "classes_"} <= {*vars(model)} else []


def answers(model: Any) -> list[str]:
    """Up to 1.4: histogram boosting answered the class of the highest probability, today that of the sign."""
    return become(model, ByHighest) if {"_predictors", "classes_"} <= {*vars(model)} else []


class ByHighest:
    """A classifier that answers the class of the highest probability, the first of equals."""

    def predict(self, X: Any) -> np.ndarray:
        """(n,)"""
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]


class FromShares(ByHighest):
    """Gradient boosting of classes, as it started up to 1.3."""

    def _raw_predict_init(self, X: Any) -> np.ndarray:
        self._check_initialized()
        X = self.estimators_[0, 0]._validate_X_predict(X, check_input=True)
        if isinstance(self.init_, str):  # "zero"
            return np.zeros((X.shape[0], self.n_trees_per_iteration_))
        shares = np.clip(self.init_.predict_proba(X), _SMALLEST, 1 - _SMALLEST)
        if self.n_trees_per_iteration_ > 1:
            return np.log(shares).astype(np.float64)
        half = 0.5 if self.loss == "exponential" else 1.0
        return (half * np.log(shares[:, 1] / (1 - shares[:, 1]))).reshape(-1, 1).astype(np.float64)

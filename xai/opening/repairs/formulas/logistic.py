"""Logistic regression: classes told apart one by one, or all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.extmath import softmax

from xai.opening.repairs.formulas.former import become


def probabilities(model: Any) -> list[str]:
    """1.6 and 1.7: `multi_class` said how; liblinear went one by one. Today only the number of classes says it."""
    return _probabilities(model, one_by_one=("liblinear",))


def probabilities_before_1_6(model: Any) -> list[str]:
    """Up to 1.5: the same, and newton-cholesky went one by one as well."""
    return _probabilities(model, one_by_one=("liblinear", "newton-cholesky"))


def _probabilities(model: Any, one_by_one: tuple[str, ...]) -> list[str]:
    state = vars(model)
    if "classes_" not in state or isinstance(model, OneByOne | AllAtOnce):
        return []
    asked, several = state.get("multi_class", "auto"), len(state["classes_"]) > 2
    by_solver = asked in ("auto", "deprecated") and (not several or state.get("solver") in one_by_one)
    each = asked in ("ovr", "warn") or by_solver
    if each != several:  # what is computed today
        return []
    return become(model, OneByOne if each else AllAtOnce)


class OneByOne:
    """Three or more classes, each against the rest."""

    def predict_proba(self, X: Any) -> np.ndarray:
        """(n, K): the probability of each class against the rest, divided by their sum."""
        return self._predict_proba_lr(X)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        return np.log(self.predict_proba(X))


class AllAtOnce:
    """Two classes, trained as if there were more."""

    def predict_proba(self, X: Any) -> np.ndarray:
        """(n, 2): softmax of the decision and its opposite."""
        margin = self.decision_function(X)
        return softmax(np.column_stack([-margin, margin]), copy=False)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        return np.log(self.predict_proba(X))

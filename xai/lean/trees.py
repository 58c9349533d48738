"""Forests and single trees: each tree asked directly, without a parallel job for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from xai.lean.base import Lean, Wanted

_FORESTS = ("RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier", "ExtraTreesRegressor")
_TREES = ("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor")


class Forest(Lean):
    """The mean over the trees."""

    def __init__(self, trees: list[Any], normed: bool) -> None:
        self.trees, self.normed = trees, normed

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            rows = np.ascontiguousarray(matrix, dtype=np.float32)
        if not np.isfinite(rows).all():  # too large for single precision: the estimator refuses such rows
            return np.full((len(rows), 1), np.nan)
        total = sum(self._one(tree, rows) for tree in self.trees)
        return total / len(self.trees)

    def _one(self, tree: Any, rows: np.ndarray) -> np.ndarray:
        values = tree.predict(rows)
        values = values.reshape(len(values), -1)
        if self.normed:  # counts, before scikit-learn 1.3
            values = values / values.sum(axis=1, keepdims=True)
        return values


def read(estimator: Any, kind: str, wanted: Wanted) -> Forest | None:
    """A fitted forest or tree; None for other estimators."""
    if kind not in (*_FORESTS, *_TREES) or getattr(estimator, "n_outputs_", 1) != 1:
        return None
    classifier = kind.endswith("Classifier")
    if wanted != ("probability" if classifier else "value"):
        return None
    trees = [each.tree_ for each in estimator.estimators_] if kind in _FORESTS else [estimator.tree_]
    shares = trees[0].value[0].sum() if classifier else 1.0
    return Forest(trees, abs(shares - 1.0) > 1e-9)

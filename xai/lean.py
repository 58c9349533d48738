"""Lean prediction: the same numbers as an estimator's own, without what surrounds them.

A forest checks its input and starts its parallel machinery for every single tree: for a handful of rows that takes ten
times as long as walking the trees.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor

Predict = Callable[[np.ndarray], np.ndarray]  # (n, E) -> (n, K)
_FORESTS = (ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor)


def lean(estimator: Any, predict: Predict, sample: np.ndarray) -> Predict:
    """A faster way to `predict`, or `predict` itself: where there is none, or where it is not equal on the sample.

    predict : (n, E) -> (n, K), the estimator's probabilities or numbers. sample : (n, E) rows to compare on.
    """
    if type(estimator) not in _FORESTS or not len(sample):
        return predict
    trees = [tree.tree_ for tree in estimator.estimators_]
    if trees[0].n_outputs != 1:
        return predict

    def walk(matrix: np.ndarray) -> np.ndarray:
        rows = np.ascontiguousarray(matrix, dtype=np.float32)  # what the trees themselves compare with
        total = np.zeros((len(rows), trees[0].value.shape[2]))
        for tree in trees:
            total += tree.predict(rows).reshape(total.shape)
        return total / len(trees)

    return walk if np.array_equal(walk(sample), predict(sample)) else predict

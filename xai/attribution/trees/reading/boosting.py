"""scikit-learn's gradient boosting and AdaBoost: sums of trees that start from a constant."""

from __future__ import annotations

from typing import Any

import numpy as np

from xai.attribution.trees.reading.forests import nodes
from xai.attribution.trees.tree import Trees


def read(estimator: Any, outputs: int) -> Trees:
    """Gradient boosting: the learning rate times the leaves, above what the first estimator says."""
    stages, width = estimator.estimators_.shape
    trees = tuple(
        nodes(estimator.estimators_[stage, k].tree_, _leaves(estimator, stage, k), output=k)
        for stage in range(stages)
        for k in range(width)
    )
    # where the first estimator is no constant this is wrong, and is found to be wrong
    offset = estimator._raw_predict_init(np.zeros((1, estimator.n_features_in_)))[0]
    exponential = getattr(estimator, "loss", None) == "exponential"  # whose scores are half the log-odds
    return Trees(trees, np.asarray(offset, dtype=float), answers=outputs == 1, scale=2.0 if exponential else 1.0)


def _leaves(estimator: Any, stage: int, k: int) -> np.ndarray:
    return estimator.learning_rate * estimator.estimators_[stage, k].tree_.value[:, 0, :1]


def read_adaboost(estimator: Any, outputs: int) -> Trees | None:
    """AdaBoost over trees: each tree gives its weight to the class it answers and takes it from the others."""
    if not all(hasattr(each, "tree_") for each in estimator.estimators_):
        return None
    weights = estimator.estimator_weights_[: len(estimator.estimators_)] / estimator.estimator_weights_.sum()
    trees = []
    for each, weight in zip(estimator.estimators_, weights, strict=True):
        answered = each.classes_[each.tree_.value[:, 0, :].argmax(axis=1)][:, None] == estimator.classes_
        votes = np.where(answered, 1.0, -1 / (outputs - 1))
        if outputs == 2:  # one score: what the second class gets, less what the first one gets
            votes = votes[:, 1:] - votes[:, :1]
        trees.append(nodes(each.tree_, votes * weight))
    scale = 1.0 if outputs == 2 else 1 / (outputs - 1)
    return Trees(tuple(trees), np.zeros(trees[0].value.shape[1]), answers=False, scale=scale)

"""Fitted tree ensembles as plain arrays, in the space in which their outputs add up over the trees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

_FORESTS = (RandomForestClassifier, RandomForestRegressor, ExtraTreesClassifier, ExtraTreesRegressor)
_TREES = (DecisionTreeClassifier, DecisionTreeRegressor)
_BOOSTING = (GradientBoostingClassifier, GradientBoostingRegressor)
_HISTOGRAM = (HistGradientBoostingClassifier, HistGradientBoostingRegressor)


@dataclass(frozen=True)
class Tree:
    """One tree: a row goes left where its feature is at most the threshold. Leaves have `left` -1."""

    feature: np.ndarray  # (nodes,) encoded column
    threshold: np.ndarray  # (nodes,)
    missing_left: np.ndarray  # (nodes,) bool: where missing values go
    left: np.ndarray  # (nodes,)
    right: np.ndarray
    value: np.ndarray  # (nodes, K) what a leaf adds to the outputs


@dataclass(frozen=True)
class Trees:
    """An ensemble whose outputs are the sum of its trees and a constant."""

    trees: tuple[Tree, ...]
    single_precision: bool  # rows are rounded to float32 before they are compared (scikit-learn's trees)

    @property
    def leaves(self) -> int:
        return sum(int((tree.left < 0).sum()) for tree in self.trees)


def read_trees(final: Any, margin: bool, outputs: int) -> Trees | None:
    """The trees of an estimator in the wanted space; None where they do not add up there or are not known.

    Forests and single trees add up in probability or the target's unit; boosted classifiers only in margin.
    """
    if isinstance(final, _FORESTS) and not margin:
        count = len(final.estimators_)
        return Trees(tuple(_from_sklearn(each.tree_, 1 / count, outputs) for each in final.estimators_), True)
    if isinstance(final, _TREES) and not margin:
        return Trees((_from_sklearn(final.tree_, 1.0, outputs),), True)
    if isinstance(final, _BOOSTING) and margin == isinstance(final, GradientBoostingClassifier):
        return _from_boosting(final, outputs)
    if isinstance(final, _HISTOGRAM) and margin == isinstance(final, HistGradientBoostingClassifier):
        return _from_histogram(final, outputs)
    return None


def _from_sklearn(tree: Any, weight: float, outputs: int) -> Tree:
    value = tree.value[:, 0, :]
    if outputs > 1:
        value = value / value.sum(axis=1, keepdims=True)
    return _tree(tree, value * weight)


def _from_boosting(final: Any, outputs: int) -> Trees:
    stages, per_stage = final.estimators_.shape
    trees = []
    for stage in range(stages):
        for k in range(per_stage):
            tree = final.estimators_[stage, k].tree_
            value = final.learning_rate * tree.value[:, 0, 0]
            trees.append(_tree(tree, _spread(value, k, per_stage, outputs)))
    return Trees(tuple(trees), True)


def _from_histogram(final: Any, outputs: int) -> Trees | None:
    trees = []
    for stage in final._predictors:
        for k, predictor in enumerate(stage):
            nodes = predictor.nodes
            if nodes["is_categorical"].any():
                return None
            leaf = nodes["is_leaf"].astype(bool)
            trees.append(
                Tree(
                    np.where(leaf, 0, nodes["feature_idx"]).astype(np.int64),
                    nodes["num_threshold"].astype(np.float64),
                    nodes["missing_go_to_left"].astype(bool),
                    np.where(leaf, -1, nodes["left"].astype(np.int64)),
                    np.where(leaf, -1, nodes["right"].astype(np.int64)),
                    _spread(nodes["value"].astype(np.float64), k, len(stage), outputs),
                )
            )
    return Trees(tuple(trees), False)


def _tree(tree: Any, value: np.ndarray) -> Tree:
    missing_left = getattr(tree, "missing_go_to_left", np.zeros(tree.node_count))
    return Tree(
        np.maximum(tree.feature, 0),
        tree.threshold,
        np.asarray(missing_left, dtype=bool),
        tree.children_left,
        tree.children_right,
        value,
    )


def _spread(value: np.ndarray, k: int, per_stage: int, outputs: int) -> np.ndarray:
    """(nodes, K): the tree of class k adds to that class; a binary margin is (-m, m)."""
    found = np.zeros((len(value), outputs))
    if per_stage == 1 and outputs == 2:
        found[:, 0], found[:, 1] = -value, value
    else:
        found[:, k] = value
    return found

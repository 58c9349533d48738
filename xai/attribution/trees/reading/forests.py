"""scikit-learn's trees and forests: they compare in single precision and answer with the mean of their leaves."""

from __future__ import annotations

from typing import Any

import numpy as np

from xai.attribution.trees.tree import Tree, Trees


def read_tree(estimator: Any, outputs: int) -> Trees:
    """A single tree."""
    return _mean([estimator], outputs)


def read_forest(estimator: Any, outputs: int) -> Trees:
    """A random forest, or extremely randomized trees."""
    return _mean(estimator.estimators_, outputs)


def _mean(estimators: list[Any], outputs: int) -> Trees:
    trees = tuple(nodes(each.tree_, answers(each.tree_, outputs) / len(estimators)) for each in estimators)
    return Trees(trees, np.zeros(trees[0].value.shape[1]), answers=True)


def answers(tree: Any, outputs: int) -> np.ndarray:
    """(nodes, R) numbers, or probabilities: of the second class where there are two."""
    if outputs == 1:
        return tree.value[:, 0, :]
    return shares(tree)[:, 1:] if outputs == 2 else shares(tree)


def shares(tree: Any) -> np.ndarray:
    """(nodes, classes) probabilities; old files have counts instead."""
    value = tree.value[:, 0, :]
    return value / value.sum(axis=1, keepdims=True)


def nodes(tree: Any, value: np.ndarray, output: int = 0) -> Tree:
    """A tree of scikit-learn's with other values (nodes, width)."""
    missing = getattr(tree, "missing_go_to_left", np.zeros(tree.node_count))  # old files do not have it
    return Tree(
        feature=np.maximum(tree.feature, 0),
        threshold=tree.threshold,
        missing=np.asarray(missing).astype(np.int8),
        left=tree.children_left,
        right=tree.children_right,
        value=np.ascontiguousarray(value, dtype=np.float64),
        output=output,
        single=True,
    )

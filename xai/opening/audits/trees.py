"""Trees of scikit-learn: compiled code follows their indices without looking."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.tree import BaseDecisionTree
from sklearn.tree._tree import Tree

from xai.errors import OpeningError

_LEAF = -1


def corrupt(part: str, found: str) -> OpeningError:
    """The error for a tree that no training makes."""
    return OpeningError("corrupt-tree", part=part, found=found)


def check_tree(tree: Tree) -> None:
    """Children come after their parent and exist, features exist. Raises OpeningError "corrupt-tree"."""
    if not 1 <= tree.node_count <= tree.capacity:  # before anything that reads as many nodes as it is told
        raise corrupt("Tree", "node_count")
    left, right = tree.children_left, tree.children_right
    leaves = left == _LEAF
    if not np.array_equal(leaves, right == _LEAF):
        raise corrupt("Tree", "children")
    inner = ~leaves
    place, count = np.flatnonzero(inner), tree.node_count
    for child in (left[inner], right[inner]):
        if (child <= place).any() or (child >= count).any():
            raise corrupt("Tree", "children")
    feature = tree.feature[inner]
    if (feature < 0).any() or (feature >= tree.n_features).any():
        raise corrupt("Tree", "feature")


def check_owner(owner: BaseDecisionTree) -> None:
    """An estimator checks its input against its own number of features, the tree reads by its own."""
    state = vars(owner)
    tree = state.get("tree_")
    if tree is None:
        return
    if not isinstance(tree, Tree) or state.get("n_features_in_") != tree.n_features:
        raise corrupt(type(owner).__name__, "n_features_in_")


def check_forest(forest: Any) -> None:
    """A forest checks the input once for all its trees."""
    state = vars(forest)
    for tree in state.get("estimators_") or ():
        if not isinstance(tree, BaseDecisionTree):
            raise corrupt(type(forest).__name__, "estimators_")
        if vars(tree)["tree_"].n_features != state.get("n_features_in_"):
            raise corrupt(type(forest).__name__, "n_features_in_")

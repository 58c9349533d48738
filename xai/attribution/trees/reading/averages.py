"""Means of estimators that are made of trees themselves: bagging and voting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xai.attribution.trees.reading import forests
from xai.attribution.trees.tree import Tree, Trees


@dataclass(frozen=True)
class Member:
    """One of the estimators that are averaged."""

    estimator: Any
    weight: float  # of all weights, which add up to 1
    features: np.ndarray | None = None  # the columns it is given; None: all


def bagged(estimator: Any) -> list[Member]:
    """Bagging: every member counts the same and may see a choice of the columns."""
    members, features = estimator.estimators_, estimator.estimators_features_
    return [Member(each, 1 / len(members), np.asarray(seen)) for each, seen in zip(members, features, strict=True)]


def voting(estimator: Any) -> list[Member]:
    """A vote by probabilities, or a mean of numbers; () for a vote by answers, which does not add up."""
    if getattr(estimator, "voting", "soft") != "soft":
        return []
    weights = estimator._weights_not_none
    weights = np.ones(len(estimator.estimators_)) if weights is None else np.asarray(weights, dtype=float)
    return [Member(each, weight) for each, weight in zip(estimator.estimators_, weights / weights.sum(), strict=True)]


def read(members: Sequence[Member], outputs: int, read_trees: Callable[[Any, int], Trees | None]) -> Trees | None:
    """All trees of all members; None where a member is not made of trees, or its answers are no sum over them."""
    trees: list[Tree] = []
    offset = np.zeros(1 if outputs < 3 else outputs)
    for member in members:
        classes = getattr(member.estimator, "classes_", None)
        if classes is not None and len(classes) != outputs:
            part = _some_classes(member.estimator, outputs)
        else:
            part = read_trees(member.estimator, outputs)
        if part is None or not part.answers or part.seen is not None:
            return None
        trees += [_weighted(tree, member) for tree in part.trees]
        offset += member.weight * part.offset
    return Trees(tuple(trees), offset, answers=True) if trees else None


def _some_classes(estimator: Any, outputs: int) -> Trees | None:
    """A tree that has not seen all classes; which ones, it says by their positions."""
    if not hasattr(estimator, "tree_"):
        return None
    value = np.zeros((estimator.tree_.node_count, outputs))
    known = np.asarray(estimator.classes_, dtype=np.int64)
    value[:, known] = forests.shares(estimator.tree_)
    value = value[:, 1:] if outputs == 2 else value
    return Trees((forests.nodes(estimator.tree_, value),), np.zeros(value.shape[1]), answers=True)


def _weighted(tree: Tree, member: Member) -> Tree:
    feature = tree.feature if member.features is None else member.features[tree.feature]
    return replace(tree, feature=feature, value=tree.value * member.weight)

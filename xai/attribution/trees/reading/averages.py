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


def read(
    estimator: Any, members: Sequence[Member], outputs: int, read_trees: Callable[[Any, int], Trees | None]
) -> Trees | None:
    """All trees of all members; None where a member is not made of trees, or its answers are no sum over them.

    Members that make something of their rows first have a block of columns of their own, beside the rows as they are.
    """
    every = np.arange(estimator.n_features_in_)
    trees: list[Tree] = []
    offset = np.zeros(1 if outputs < 3 else outputs)
    views, places, single = [], [every], False
    for member in members:
        part = _part(member.estimator, outputs, read_trees)
        if part is None or not part.answers:
            return None
        features = every if member.features is None else member.features
        if part.seen is not None:
            views.append((features, part.seen))
            features = features if part.places is None else features[part.places]
            places.append(features)
            features = sum(map(len, places[:-1])) + np.arange(len(features))
        for tree in part.trees:
            trees.append(replace(tree, feature=features[tree.feature], value=tree.value * member.weight))
        offset += member.weight * part.offset
        single |= part.single
    if not trees:
        return None
    seen = _side_by_side(views) if views else None
    return Trees(tuple(trees), offset, answers=True, single=single, seen=seen, places=np.concatenate(places))


def _side_by_side(views: list[tuple[np.ndarray, Callable[[Any], np.ndarray]]]) -> Callable[[Any], np.ndarray]:
    def seen(rows: Any) -> np.ndarray:
        matrix = np.asarray(rows, dtype=np.float64)
        return np.hstack([matrix, *(view(matrix[:, features]) for features, view in views)])

    return seen


def _part(estimator: Any, outputs: int, read_trees: Callable[[Any, int], Trees | None]) -> Trees | None:
    classes = getattr(estimator, "classes_", None) if outputs > 1 else None
    some = classes is not None and len(classes) != outputs
    return _some_classes(estimator, outputs) if some else read_trees(estimator, outputs)


def _some_classes(estimator: Any, outputs: int) -> Trees | None:
    """A tree that has not seen all classes; which ones, it says by their positions."""
    if not hasattr(estimator, "tree_"):
        return None
    value = np.zeros((estimator.tree_.node_count, outputs))
    known = np.asarray(estimator.classes_, dtype=np.int64)
    value[:, known] = forests.shares(estimator.tree_)
    value = value[:, 1:] if outputs == 2 else value
    return Trees((forests.nodes(estimator.tree_, value),), np.zeros(value.shape[1]), answers=True)

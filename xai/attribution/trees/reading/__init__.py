"""The trees of a fitted estimator in one form, whatever library made them; one file for each way of storing them."""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from xai.attribution.trees.reading import averages, boosting, catboost, forests, histogram, lightgbm, xgboost
from xai.attribution.trees.tree import Trees

_KINDS = (
    ((DecisionTreeClassifier, DecisionTreeRegressor), forests.read_tree),
    ((RandomForestClassifier, RandomForestRegressor, ExtraTreesClassifier, ExtraTreesRegressor), forests.read_forest),
    ((GradientBoostingClassifier, GradientBoostingRegressor), boosting.read),
    ((AdaBoostClassifier,), boosting.read_adaboost),
    ((HistGradientBoostingClassifier, HistGradientBoostingRegressor), histogram.read),
)
_AVERAGES = (
    ((BaggingClassifier, BaggingRegressor), averages.bagged),
    ((VotingClassifier, VotingRegressor), averages.voting),
)
# the other libraries by an attribute of theirs: they need not be installed
_ATTRIBUTES = (("get_booster", xgboost.read), ("booster_", lightgbm.read), ("tree_count_", catboost.read))


def read_trees(estimator: Any, outputs: int) -> Trees | None:
    """The trees of an estimator with so many outputs (classes, or 1 number); None where it is not made of trees.

    Raises Unreadable for trees of a kind that cannot be read. Nothing here is taken on trust: see `verified`.
    """
    for kinds, read in _KINDS:
        if isinstance(estimator, kinds):
            return read(estimator, outputs)
    for kinds, members in _AVERAGES:
        if isinstance(estimator, kinds):
            return averages.read(estimator, members(estimator), outputs, read_trees)
    for attribute, read in _ATTRIBUTES:
        if hasattr(type(estimator), attribute):
            return read(estimator, outputs)
    return None

"""XGBoost's trees, from the JSON it writes of itself: single precision throughout, left is below the threshold.

https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from xai.attribution.trees.tree import Categories, Tree, Trees, Unreadable

_LOG_ODDS = ("binary:", "reg:logistic")
_LOGARITHM = ("count:", "reg:gamma", "reg:tweedie")


def read(estimator: Any, outputs: int) -> Trees | None:
    """The trees that predict: up to the best iteration, where training stopped early. Also of DART."""
    booster = estimator.get_booster()
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    kind = learner["gradient_booster"]
    if kind["name"] not in ("gbtree", "dart"):
        return None
    model = kind["gbtree"]["model"] if kind["name"] == "dart" else kind["model"]
    dropped = kind.get("weight_drop") or model.get("weight_drop")  # how much trees count that had been left out
    weights = np.array(dropped or np.ones(len(model["trees"])), dtype=np.float32)
    trees = [
        _tree(tree, group, weight)
        for tree, group, weight in zip(model["trees"], model["tree_info"], weights, strict=True)
    ][: _used(booster, model)]
    width = max(1, int(learner["learner_model_param"]["num_class"]))
    return Trees(
        trees=tuple(trees),
        offset=_offset(learner, width),
        answers=outputs == 1,
        single=True,
        seen=_seen(estimator),
    )


def _tree(tree: dict[str, Any], group: int, weight: np.float32) -> Tree:
    if int(tree["tree_param"]["size_leaf_vector"]) > 1:
        raise Unreadable("vector-leaves")
    left, right = np.array(tree["left_children"]), np.array(tree["right_children"])
    conditions = np.array(tree["split_conditions"], dtype=np.float32)
    default = np.array(tree["default_left"], dtype=np.int8)
    return Tree(
        feature=np.array(tree["split_indices"]),
        threshold=conditions.astype(np.float64),
        missing=default,
        left=left,
        right=right,
        value=(conditions * weight).astype(np.float64)[:, None],
        output=group,
        single=True,
        strict=True,
        categories=_categories(tree, default),
    )


def _categories(tree: dict[str, Any], default: np.ndarray) -> dict[int, Categories]:
    """The categories of a split go right; others, also unknown ones, go left."""
    found = {}
    for node, start, size in zip(
        tree.get("categories_nodes", ()),
        tree.get("categories_segments", ()),
        tree.get("categories_sizes", ()),
        strict=True,
    ):
        right = tuple(sorted(int(category) for category in tree["categories"][start : start + size]))
        found[int(node)] = Categories((), right, others_left=True, missing_left=bool(default[node]))
    return found


def _used(booster: Any, model: dict[str, Any]) -> int:
    """How many of the trees predict."""
    best = booster.attr("best_iteration")
    if best is None:
        return len(model["trees"])
    return int(model["iteration_indptr"][int(best) + 1])


def _offset(learner: dict[str, Any], width: int) -> np.ndarray:
    """(R,) the base score, which is written as a prediction, as a raw output."""
    written = str(learner["learner_model_param"]["base_score"]).strip("[]").split(",")
    base = np.broadcast_to(np.array(written, dtype=np.float32), (width,))
    objective = learner["objective"]["name"]
    if objective.startswith(_LOG_ODDS):
        base = -np.log(np.float32(1) / base - np.float32(1))
    elif objective.startswith(_LOGARITHM):
        base = np.log(base)
    return base.astype(np.float64)


def _seen(estimator: Any) -> Callable[[Any], np.ndarray]:
    """What XGBoost makes of rows: categories by their codes, and its own mark for missing values."""
    missing = estimator.missing

    def seen(rows: Any) -> np.ndarray:
        if issparse(rows):  # what is not stored is missing
            matrix = np.full(rows.shape, np.nan)
            stored = rows.tocoo()
            matrix[stored.row, stored.col] = stored.data
        else:
            matrix = codes_of(rows) if isinstance(rows, pd.DataFrame) else np.asarray(rows, dtype=np.float64)
        if missing is None or np.isnan(missing):
            return matrix
        return np.where(matrix == missing, np.nan, matrix)

    return seen


def codes_of(frame: pd.DataFrame) -> np.ndarray:
    """(n, columns) numbers; of categories the position of their value, nan where it is missing."""
    found = np.empty(frame.shape)
    for place, name in enumerate(frame):
        values = frame[name]
        if isinstance(values.dtype, pd.CategoricalDtype):
            codes = values.cat.codes.to_numpy(dtype=np.float64)
            found[:, place] = np.where(codes < 0, np.nan, codes)
        else:
            found[:, place] = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return found

"""Gradient boosting, both kinds: one array of trees whose shape compiled code relies on."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.tree import DecisionTreeRegressor

from xai.opening.audits.trees import corrupt

_WORDS_PER_BITSET = 8


def check_gradient_boosting(model: Any) -> None:
    """One column of trees per output, each with one value per leaf. Raises OpeningError "corrupt-tree"."""
    state, name = vars(model), type(model).__name__
    if "estimators_" not in state:
        return
    grid = state["estimators_"]
    if not (isinstance(grid, np.ndarray) and grid.ndim == 2 and grid.dtype == object and grid.size):
        raise corrupt(name, "estimators_")
    for tree in grid.ravel():
        inner = vars(tree).get("tree_") if type(tree) is DecisionTreeRegressor else None
        if inner is None or (inner.n_outputs, inner.max_n_classes) != (1, 1):
            raise corrupt(name, "estimators_")
        if inner.n_features != state["n_features_in_"]:
            raise corrupt(name, "n_features_in_")
    start = model._raw_predict_init(np.zeros((1, state["n_features_in_"]), dtype=np.float32))
    if start.shape != (1, grid.shape[1]):  # sums are written there, column by column
        raise corrupt(name, "init_")


def check_histogram_boosting(model: Any) -> None:
    """Every tree of every iteration. Raises OpeningError "corrupt-tree"."""
    state, name = vars(model), type(model).__name__
    if "_predictors" not in state:
        return
    features = state["n_features_in_"]
    columns = state["_preprocessor"].n_features_in_ if state.get("_preprocessor") is not None else features
    mapper = state["_bin_mapper"]
    categorical = np.asarray(mapper.is_categorical_, dtype=bool)
    if categorical.shape != (columns,) or columns != features or state.get("_n_features", features) != features:
        raise corrupt(name, "n_features_in_")
    width = state.get("n_trees_per_iteration_")
    for iteration in state["_predictors"]:
        if len(iteration) != width:
            raise corrupt(name, "_predictors")
        for tree in iteration:
            if type(tree) is not TreePredictor:
                raise corrupt(name, "_predictors")
            _check_predictor(tree, features, categorical)


def _check_predictor(tree: TreePredictor, features: int, categorical: np.ndarray) -> None:
    nodes = tree.nodes
    if not (isinstance(nodes, np.ndarray) and nodes.ndim == 1 and len(nodes) and nodes.dtype == PREDICTOR_RECORD_DTYPE):
        raise corrupt("TreePredictor", "nodes")
    inner = nodes["is_leaf"] == 0
    place = np.flatnonzero(inner)
    for side in ("left", "right"):
        child = nodes[side][inner]
        if (child <= place).any() or (child >= len(nodes)).any():
            raise corrupt("TreePredictor", side)
    feature = nodes["feature_idx"][inner]
    if (feature < 0).any() or (feature >= features).any():
        raise corrupt("TreePredictor", "feature_idx")
    _check_bitsets(tree, inner, categorical)


def _check_bitsets(tree: TreePredictor, inner: np.ndarray, categorical: np.ndarray) -> None:
    split = tree.nodes[inner & (tree.nodes["is_categorical"] != 0)]
    bitsets = (tree.raw_left_cat_bitsets, tree.binned_left_cat_bitsets)
    for bitset in bitsets:
        known = isinstance(bitset, np.ndarray) and bitset.ndim == 2 and bitset.shape[1] == _WORDS_PER_BITSET
        if not (known and bitset.dtype == np.uint32):
            raise corrupt("TreePredictor", "bitsets")
    if len(split) and (split["bitset_idx"] >= min(map(len, bitsets))).any():
        raise corrupt("TreePredictor", "bitset_idx")
    if len(split) and not categorical[split["feature_idx"]].all():
        raise corrupt("TreePredictor", "is_categorical")

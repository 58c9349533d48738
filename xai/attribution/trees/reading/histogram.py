"""scikit-learn's histogram boosting: double precision, a direction for missing values, categories as sets of bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from xai.attribution.trees.tree import Categories, Tree, Trees


def read(estimator: Any, outputs: int) -> Trees:
    """The trees of all iterations; with several classes one for each of them."""
    known = _known_categories(estimator)
    trees = tuple(
        _tree(predictor, k, known) for iteration in estimator._predictors for k, predictor in enumerate(iteration)
    )
    offset = np.ravel(np.asarray(estimator._baseline_prediction, dtype=float))
    seen, places = _preprocessing(estimator)
    return Trees(trees, offset, answers=outputs == 1, seen=seen, places=places)


def _tree(predictor: Any, output: int, known: dict[int, frozenset[int]]) -> Tree:
    nodes = predictor.nodes
    leaf = nodes["is_leaf"].astype(bool)
    missing = nodes["missing_go_to_left"].astype(np.int8)
    categories = {}
    for node in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~leaf).tolist():
        left = set_of_bits(predictor.raw_left_cat_bitsets[nodes["bitset_idx"][node]])
        right = known[int(nodes["feature_idx"][node])] - left
        lost = bool(missing[node])  # categories that were not there in training go where missing values go
        listed = ((), right) if lost else (left, ())
        categories[node] = Categories(*(tuple(sorted(each)) for each in listed), others_left=lost, missing_left=lost)
    return Tree(
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int64),
        threshold=nodes["num_threshold"].astype(np.float64),
        missing=missing,
        left=np.where(leaf, -1, nodes["left"].astype(np.int64)),
        right=np.where(leaf, -1, nodes["right"].astype(np.int64)),
        value=nodes["value"].astype(np.float64)[:, None],
        output=output,
        categories=categories,
    )


def _known_categories(estimator: Any) -> dict[int, frozenset[int]]:
    """Column the trees see -> the categories that were there in training."""
    bitsets, row_of = estimator._bin_mapper.make_known_categories_bitsets()
    categorical = np.flatnonzero(estimator._bin_mapper.is_categorical_)
    return {int(column): frozenset(set_of_bits(bitsets[row_of[column]])) for column in categorical}


def _preprocessing(estimator: Any) -> tuple[Callable[[Any], np.ndarray] | None, np.ndarray | None]:
    """Its own encoder of categories, which also puts their columns first."""
    encoder = getattr(estimator, "_preprocessor", None)
    if encoder is None:
        return None, None
    names = getattr(estimator, "feature_names_in_", None)

    def seen(rows: Any) -> np.ndarray:
        named = rows if names is None or isinstance(rows, pd.DataFrame) else pd.DataFrame(rows, columns=names)
        return np.asarray(encoder.transform(named), dtype=np.float64)

    categorical = np.asarray(estimator.is_categorical_, dtype=bool)
    return seen, np.concatenate([np.flatnonzero(categorical), np.flatnonzero(~categorical)])


def set_of_bits(words: np.ndarray) -> set[int]:
    """The positions of the bits that are set in an array of 32-bit words."""
    bits = np.unpackbits(np.ascontiguousarray(words, dtype="<u4").view(np.uint8), bitorder="little")
    return set(np.flatnonzero(bits).tolist())

"""LightGBM's trees, from the text it writes of itself: double precision, and three ways to see a missing value.

https://github.com/microsoft/LightGBM/blob/master/include/LightGBM/tree.h (the decisions while predicting)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from xai.attribution.trees.reading.histogram import set_of_bits
from xai.attribution.trees.tree import AS_ZERO, LEFT, RIGHT, ZERO_LEFT, ZERO_RIGHT, Categories, Tree, Trees, Unreadable

_ZERO = np.float64(np.float32(1e-35))  # values that are no larger count as zero
_CATEGORICAL, _DEFAULT_LEFT, _MISSING = 1, 2, 2  # bits of the type of a decision; the kind of missing values above
# by the kind (there is none; zeros; nan) and the direction
_WAYS = np.array([[AS_ZERO, AS_ZERO], [ZERO_RIGHT, ZERO_LEFT], [RIGHT, LEFT]], dtype=np.int8)


def read(estimator: Any, outputs: int) -> Trees:
    """The trees that predict: up to the best iteration, where training stopped early."""
    booster = estimator.booster_
    head, *blocks = re.split(r"^Tree=\d+\n", booster.model_to_string(), flags=re.MULTILINE)
    header = _fields(head)
    width = int(header["num_tree_per_iteration"])
    # a random forest of LightGBM answers with the mean
    share = len(blocks) // width if "average_output" in header else 1
    trees = tuple(_tree(_fields(block), number % width, share) for number, block in enumerate(blocks))
    sigmoid = re.search(r"sigmoid:(\S+)", header.get("objective", ""))
    return Trees(
        trees=trees,
        offset=np.zeros(width),
        answers=outputs == 1,
        scale=float(sigmoid.group(1)) if sigmoid and outputs == 2 else 1.0,
        seen=_seen(booster),
    )


def _fields(text: str) -> dict[str, str]:
    """The lines `name=value` of a part of the text; a line without a value counts as a name."""
    lines = text.split("\n\n\n")[0].splitlines()
    return {name: value for name, _, value in (line.partition("=") for line in lines) if name}


def _tree(fields: dict[str, str], output: int, share: int) -> Tree:
    if int(fields.get("is_linear", 0)):
        raise Unreadable("lines-in-leaves")
    values = _numbers(fields["leaf_value"]) / share
    inner = int(fields["num_leaves"]) - 1
    if inner == 0:
        none = np.zeros(1, dtype=np.int64)
        return Tree(none, np.zeros(1), none, none - 1, none - 1, values[:1, None], output)
    # inner nodes come first, then the leaves; a child below zero is a leaf
    left, right = (_children(fields[name], inner) for name in ("left_child", "right_child"))
    kind = _numbers(fields["decision_type"]).astype(np.int64)
    leaves = np.zeros(inner + 1)
    missing = _WAYS[kind >> _MISSING & 3, (kind & _DEFAULT_LEFT) // _DEFAULT_LEFT]
    return Tree(
        feature=np.append(_numbers(fields["split_feature"]), leaves).astype(np.int64),
        threshold=np.append(_numbers(fields["threshold"]), leaves),
        missing=np.append(missing, leaves).astype(np.int8),
        left=np.append(left, leaves - 1).astype(np.int64),
        right=np.append(right, leaves - 1).astype(np.int64),
        value=np.append(np.zeros(inner), values)[:, None],
        output=output,
        categories=_categories(fields, kind),
    )


def _categories(fields: dict[str, str], kind: np.ndarray) -> dict[int, Categories]:
    """The categories of a split go left; everything else goes right."""
    found = {}
    if int(fields["num_cat"]):
        words, bounds = _numbers(fields["cat_threshold"]).astype(np.uint32), _numbers(fields["cat_boundaries"])
        for node in np.flatnonzero(kind & _CATEGORICAL).tolist():
            place = int(_numbers(fields["threshold"])[node])
            bits = words[int(bounds[place]) : int(bounds[place + 1])]
            found[node] = Categories(tuple(sorted(set_of_bits(bits))), (), others_left=False, missing_left=False)
    return found


def _children(written: str, inner: int) -> np.ndarray:
    child = _numbers(written).astype(np.int64)
    return np.where(child >= 0, child, inner + ~child)


def _numbers(written: str) -> np.ndarray:
    return np.array(written.split(), dtype=np.float64)


def _seen(booster: Any) -> Callable[[Any], np.ndarray]:
    """What LightGBM makes of rows: no tiny numbers, categories by their position among those of the training data."""
    trained = booster.pandas_categorical or []

    def seen(rows: Any) -> np.ndarray:
        matrix = _codes(rows, trained) if isinstance(rows, pd.DataFrame) else np.asarray(rows, dtype=np.float64)
        return np.where(np.abs(matrix) <= _ZERO, 0.0, matrix)

    return seen


def _codes(frame: pd.DataFrame, trained: Sequence[Sequence[Any]]) -> np.ndarray:
    """(n, columns) numbers; nan for categories that are missing or new."""
    found, known = np.empty(frame.shape), iter(trained)
    for place, name in enumerate(frame):
        values = frame[name]
        if isinstance(values.dtype, pd.CategoricalDtype):
            codes = pd.Index(next(known)).get_indexer(values.astype(object)).astype(np.float64)
            found[:, place] = np.where(codes < 0, np.nan, codes)
        else:
            found[:, place] = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return found

"""CatBoost's trees, from its binary form in memory: thresholds in single precision, mostly the same one at every node
of a level.

https://github.com/catboost/catboost/tree/master/catboost/libs/model/flatbuffers (the schema)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xai.attribution.trees.reading.flatbuffer import Table, root
from xai.attribution.trees.tree import LEFT, RIGHT, Tree, Trees, Unreadable

_HEADER = 8  # bytes: a mark, and the size of what follows
_TREES = 1  # fields of the model
_WIDTH, _SPLITS, _SIZES, _FLOATS, _VALUES, _STEPS, _LEAVES = 0, 1, 2, 5, 8, 10, 11  # fields of its trees
_FLAT_INDEX, _BORDERS, _TREATMENT = 2, 3, 5  # fields of a feature
_AS_TRUE = 2  # missing values count as larger than all thresholds; else as smaller
_DEEPEST = 12  # an oblivious tree has 2 ** depth leaves, all of which are written out


def read(estimator: Any, outputs: int) -> Trees:
    """All trees. Raises Unreadable where splits ask for statistics of categories instead of numbers."""
    trees = root(bytes(estimator._serialize_model())[_HEADER:]).table(_TREES)
    width = int(trees.number(_WIDTH, "<i"))
    splits = _splits(trees)
    scale, bias = estimator.get_scale_and_bias()
    steps = trees.array(_STEPS, "<u4").view("<u2").reshape(-1, 2)
    build = _oblivious if not len(steps) else _free
    return Trees(
        trees=tuple(build(trees, splits, width, scale)),
        offset=np.broadcast_to(np.asarray(bias, dtype=float), (width,)).copy(),
        answers=outputs == 1,
    )


def _splits(trees: Table) -> np.ndarray:
    """(splits, 3) feature, border, and where missing values go: every threshold of every number, in order.

    Trees name their splits by the position in this list. Splits by categories would follow.
    """
    parts = []
    for feature in trees.tables(_FLOATS):
        borders = feature.array(_BORDERS, "<f4").astype(np.float64)
        way = RIGHT if feature.number(_TREATMENT, "<b") == _AS_TRUE else LEFT
        place = feature.number(_FLAT_INDEX, "<i", -1)
        parts.append(np.column_stack([np.full(len(borders), place), borders, np.full(len(borders), way)]))
    return np.concatenate([np.empty((0, 3)), *parts])


def _oblivious(trees: Table, splits: np.ndarray, width: int, scale: float) -> list[Tree]:
    """All nodes of a level ask the same; the leaf's number has a bit for each level, the first level's lowest."""
    asked, values = trees.array(_SPLITS, "<i4"), trees.array(_VALUES, "<f8")
    found, start, leaf = [], 0, 0
    for depth in trees.array(_SIZES, "<i4").tolist():
        if depth > _DEEPEST:
            raise Unreadable("too-deep")
        own = _known(splits, asked[start : start + depth])
        inner, leaves = 2**depth - 1, 2**depth
        level = np.concatenate([np.full(2**k, k) for k in range(depth)]) if depth else np.empty(0, dtype=int)
        place = np.arange(inner)
        number = np.arange(leaves)
        # in a complete tree the path is read from the first level's bit down to the last one's
        reached = sum((number >> (depth - 1 - k) & 1) << k for k in range(depth)) if depth else number
        of_leaves = values[leaf : leaf + leaves * width].reshape(leaves, width)[reached] * scale
        found.append(
            _tree(
                own[np.append(level, np.zeros(leaves, dtype=int))] if depth else np.zeros((1, 3)),
                np.append(2 * place + 1, np.full(leaves, -1)),
                np.append(2 * place + 2, np.full(leaves, -1)),
                np.concatenate([np.zeros((inner, width)), of_leaves]),
            )
        )
        start, leaf = start + depth, leaf + leaves * width
    return found


def _free(trees: Table, splits: np.ndarray, width: int, scale: float) -> list[Tree]:
    """Every node asks for itself and says how far its children are; a distance of 0 ends in the node's own leaf."""
    asked, values = trees.array(_SPLITS, "<i4"), trees.array(_VALUES, "<f8")
    steps = trees.array(_STEPS, "<u4").view("<u2").reshape(-1, 2).astype(np.int64)  # pairs of 16 bits
    leaves = trees.array(_LEAVES, "<u4")
    found, start = [], 0
    for size in trees.array(_SIZES, "<i4").tolist():
        whole = slice(start, start + size)
        own, number = steps[whole], leaves[whole].astype(np.int64)
        inner = own.any(axis=1)
        # a node with only one child has its leaf where the other one would be: these leaves come after all nodes
        single = np.flatnonzero(inner & (own == 0).any(axis=1))
        children = np.where(inner[:, None], np.arange(size)[:, None] + own, -1)
        children[single] = np.where(own[single] == 0, size + np.arange(len(single))[:, None], children[single])
        children = np.concatenate([children, np.full((len(single), 2), -1)])
        end = np.concatenate([~inner, np.ones(len(single), dtype=bool)])
        value = np.zeros((len(children), width))
        ids = np.concatenate([number, number[single]])[end]
        value[end] = values[ids[:, None] + np.arange(width)] * scale
        questions = np.zeros((len(children), 3))
        questions[:size][inner] = _known(splits, asked[whole][inner])
        found.append(_tree(questions, children[:, 0], children[:, 1], value))
        start += size
    return found


def _known(splits: np.ndarray, asked: np.ndarray) -> np.ndarray:
    if len(asked) and asked.max() >= len(splits):
        raise Unreadable("category-statistics")
    return splits[asked]


def _tree(questions: np.ndarray, left: np.ndarray, right: np.ndarray, value: np.ndarray) -> Tree:
    return Tree(
        feature=questions[:, 0].astype(np.int64),
        threshold=questions[:, 1],
        missing=questions[:, 2].astype(np.int8),
        left=left.astype(np.int64),
        right=right.astype(np.int64),
        value=value,
        single=True,
    )

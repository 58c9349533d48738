"""KD trees and ball trees: ranges of rows that compiled code walks through."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.neighbors import KDTree

from xai.opening.audits.trees import corrupt


def check_index(tree: Any) -> None:
    """Rows, ranges, bounds and levels fit each other. Raises OpeningError "corrupt-tree"."""
    name = type(tree).__name__
    data, order, nodes, bounds, leaf_size, levels, count, *_ = tree.__getstate__()
    rows, columns = np.shape(data)
    if np.shape(order) != (rows,) or not np.array_equal(np.sort(order), np.arange(rows)):
        raise corrupt(name, "idx_array")
    if not (1 <= levels < 48 and count == 2**levels - 1 and len(nodes) == count and leaf_size >= 1):
        raise corrupt(name, "node_data")
    sides = 2 if isinstance(tree, KDTree) else 1
    if np.shape(bounds) != (sides, count, columns):
        raise corrupt(name, "node_bounds")
    start, end = nodes["idx_start"], nodes["idx_end"]
    if (start < 0).any() or (end < start).any() or (end > rows).any():
        raise corrupt(name, "node_data")
    inner = np.arange(count) < count // 2  # a complete binary tree: the second half are leaves
    if not np.array_equal(nodes["is_leaf"] == 0, inner):
        raise corrupt(name, "is_leaf")
    _check_distance(tree, columns, name)


def _check_distance(tree: Any, columns: int, name: str) -> None:
    """Weights of a distance are read as far as there are columns."""
    _, vector, matrix = tree.__getstate__()[11].__getstate__()
    if np.size(vector) not in (0, 1, columns) or np.size(matrix) > columns * columns + 1:
        raise corrupt(name, "dist_metric")

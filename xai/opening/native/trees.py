"""Numbers and trees of a library's own format: what its compiled code will follow without looking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xai.errors import OpeningError

MOST_TREES = 200_000
MOST_NODES = 1 << 22  # of one tree
DEEPEST = 5_000  # libraries follow some of their trees by calling themselves


def corrupt(part: str, found: str) -> OpeningError:
    """The error for a tree that no training makes."""
    return OpeningError("corrupt-tree", part=part, found=found)


def whole(values: Any, name: str, count: int | None = None, low: int = 0, high: int = (1 << 31) - 1) -> np.ndarray:
    """(count,) whole numbers between `low` and `high`. OpeningError "corrupt-tree"."""
    found = _array(values, name, count)
    if found.dtype.kind == "b":
        found = found.astype(np.int64)
    if found.dtype.kind == "f" and len(found) == 0:
        found = found.astype(np.int64)
    if found.dtype.kind not in "iu":
        raise corrupt(name, "whole numbers")
    if len(found) and (int(found.min()) < low or int(found.max()) > high):
        raise corrupt(name, f"{found.min()} … {found.max()}")
    return found.astype(np.int64)


def real(values: Any, name: str, count: int | None = None, infinite: bool = False, missing: bool = False) -> np.ndarray:
    """(count,) numbers, finite where nothing else is allowed. OpeningError "corrupt-tree"."""
    found = _array(values, name, count)
    if found.dtype.kind not in "iufb":
        raise corrupt(name, "numbers")
    found = found.astype(np.float64)
    if not missing and (np.isnan(found).any() or (not infinite and np.isinf(found).any())):
        raise corrupt(name, "NaN")
    return found


def _array(values: Any, name: str, count: int | None) -> np.ndarray:
    if not isinstance(values, list | np.ndarray):
        raise corrupt(name, type(values).__name__)
    try:
        found = np.asarray(values)
    except (ValueError, TypeError, OverflowError) as error:
        raise corrupt(name, "list") from error
    if found.ndim != 1 or (count is not None and len(found) != count):
        raise corrupt(name, f"{len(values)} ≠ {count}")
    return found


def check_tree(left: np.ndarray, right: np.ndarray, name: str) -> None:
    """(nodes,) children, -1 for leaves: they exist, each has one parent, and all hang on the first node.

    Raises OpeningError "corrupt-tree".
    """
    inner = left >= 0
    if not np.array_equal(inner, right >= 0):
        raise corrupt(name, "children")
    children = np.concatenate([left[inner], right[inner]])
    if len(children) and (children.max() >= len(left) or len(np.unique(children)) != len(children)):
        raise corrupt(name, "children")
    reached, level, deep = 1, np.array([0]), 0
    while len(level := level[inner[level]]):
        level = np.concatenate([left[level], right[level]])
        reached, deep = reached + len(level), deep + 1
        # more than there are: a node is its own descendant
        if deep > DEEPEST or reached > len(left):
            raise corrupt(name, "children")
    if reached != 2 * int(inner.sum()) + 1:
        raise corrupt(name, "children")


def check_count(count: int, most: int, name: str, least: int = 0) -> int:
    """The same number. OpeningError "corrupt-tree" where it lies outside."""
    if not least <= count <= most:
        raise corrupt(name, str(count))
    return count


def number(text: Any, name: str) -> int:
    """A whole number as these formats write it: text, often. OpeningError "corrupt-tree"."""
    try:
        return int(str(text)[:20])
    except ValueError as error:
        raise corrupt(name, str(text)[:40]) from error


def same_length(parts: Sequence[Sequence[Any] | np.ndarray], name: str) -> int:
    """The one length they all have. OpeningError "corrupt-tree"."""
    lengths = {len(part) for part in parts}
    if len(lengths) != 1:
        raise corrupt(name, " ≠ ".join(map(str, sorted(lengths))))
    return lengths.pop()

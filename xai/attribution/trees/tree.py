"""Trees as the libraries store them, in one form: each node asks one column one question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

RIGHT, LEFT, ZERO_RIGHT, ZERO_LEFT, AS_ZERO = range(5)
"""Where a missing value goes at a node: right; left; zeros count as missing and go right, or left; it counts as 0."""


class Unreadable(Exception):
    """These are trees, but something about them cannot be read; `reason` is a catalogue key."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Categories:
    """A split by category: either the whole numbers that go left are listed, or those that go right."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    others_left: bool  # all others go left: then those that go right are listed
    missing_left: bool


@dataclass(frozen=True)
class Tree:
    """One tree; node 0 is the root. A row goes left where its value is at most (`strict`: below) the threshold."""

    feature: np.ndarray  # (nodes,) column of the matrix the library sees
    threshold: np.ndarray  # (nodes,)
    missing: np.ndarray  # (nodes,) where missing values go
    left: np.ndarray  # (nodes,) -1 for leaves
    right: np.ndarray
    value: np.ndarray  # (nodes, width) what a leaf adds to the raw outputs `output`, `output` + 1, …
    output: int = 0
    single: bool = False  # values are rounded to single precision before they are compared
    strict: bool = False
    categories: Mapping[int, Categories] = field(default_factory=dict)  # node -> its split, where it is by category


@dataclass(frozen=True)
class Trees:
    """An ensemble: `offset` plus the values of the leaves a row ends in are its R raw outputs.

    With two classes there is one raw output, for the second class.
    """

    trees: tuple[Tree, ...]
    offset: np.ndarray  # (R,)
    answers: bool  # the raw outputs are probabilities or numbers of the target, not scores
    scale: float = 1.0  # of scores, before they become probabilities
    single: bool = False  # the library adds up in single precision: its own outputs are rounded
    seen: Callable[[Any], np.ndarray] | None = None  # the rows the estimator is given -> the matrix its trees see
    places: np.ndarray | None = None  # (E',) which column of these rows each column of that matrix is

"""What the nodes ask, as integers: `code <= cut` is the question of every node, whatever its library compares.

Each column of codes answers one kind of question about one feature. For numbers the code is how many thresholds of the
ensemble lie below the value, so that it is compared exactly as the library does: rounded to single precision first or
not, at most or below, and missing values before the first or after the last threshold. A split by category has a
column of its own, with 0 for left and 1 for right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from xai.attribution.trees.tree import AS_ZERO, LEFT, ZERO_LEFT, ZERO_RIGHT, Categories, Tree

_FEW = 8  # so many rows are compared with all thresholds at once


@dataclass(frozen=True)
class Table:
    """All splits of one feature by category, as a table of splits and categories."""

    feature: int
    columns: np.ndarray  # (splits,) the columns of codes they fill
    known: np.ndarray  # (categories,) ascending
    right: np.ndarray  # (splits, categories + 1) bool; the last category stands for all others
    missing_right: np.ndarray  # (splits,) bool

    def codes(self, values: np.ndarray) -> np.ndarray:
        """(splits, n) 1 where a value goes right; fractions are cut off, as the libraries do."""
        missing = np.isnan(values)
        whole = np.trunc(np.where(missing, -1, values))
        place = np.minimum(np.searchsorted(self.known, whole), len(self.known) - 1)
        place = np.where(self.known[place] == whole, place, len(self.known))
        return np.where(missing, self.missing_right[:, None], self.right[:, place])


@dataclass(frozen=True)
class Conditions:
    """V columns of codes: first those of numbers, then those of categories."""

    feature: np.ndarray  # (V,) column of the matrix
    missing: np.ndarray  # (numbers,) where missing values go
    single: np.ndarray  # (numbers,) bool
    strict: np.ndarray  # (numbers,) bool
    starts: np.ndarray  # (numbers + 1,) where the thresholds of each column of numbers begin
    thresholds: np.ndarray  # ascending within a column
    tables: tuple[Table, ...]  # of the last columns

    @property
    def numbers(self) -> int:
        return len(self.starts) - 1

    def codes(self, matrix: np.ndarray) -> np.ndarray:
        """(V, n) int32 codes of the rows of a matrix (n, E)."""
        found = np.empty((len(self.feature), len(matrix)), dtype=np.int32)
        numbers = self.compared(matrix)
        (self._count if len(matrix) <= _FEW else self._search)(numbers, found)
        for table in self.tables:
            found[table.columns] = table.codes(matrix[:, table.feature])
        return found

    def only(self, columns: np.ndarray) -> Conditions:
        """The conditions of some columns of the matrix (bool over them) alone, in the same order."""
        kept = columns[self.feature]
        of_numbers = np.flatnonzero(kept[: self.numbers])
        pieces = [self.thresholds[self.starts[k] : self.starts[k + 1]] for k in of_numbers]
        count, tables = len(of_numbers), []
        for table in self.tables:
            if columns[table.feature]:
                tables.append(replace(table, columns=count + np.arange(len(table.columns))))
                count += len(table.columns)
        return Conditions(
            feature=self.feature[kept],
            missing=self.missing[of_numbers],
            single=self.single[of_numbers],
            strict=self.strict[of_numbers],
            starts=np.cumsum([0, *map(len, pieces)]),
            thresholds=np.concatenate([np.empty(0), *pieces]),
            tables=tuple(tables),
        )

    @cached_property
    def replacing(self) -> tuple[np.ndarray, np.ndarray]:
        """(numbers,) where zeros count as missing, and where missing values count as zero."""
        return (self.missing == ZERO_LEFT) | (self.missing == ZERO_RIGHT), self.missing == AS_ZERO

    @cached_property
    def codes_of_missing(self) -> np.ndarray:
        """(numbers,)"""
        sizes = np.diff(self.starts)
        return np.where((self.missing == LEFT) | (self.missing == ZERO_LEFT), -1, sizes)

    def compared(self, matrix: np.ndarray) -> np.ndarray:
        """(numbers, n) the values that are compared; nan where they count as missing."""
        found, (zeros, filled) = matrix.T[self.feature[: self.numbers]], self.replacing
        if self.single.any():
            with np.errstate(over="ignore"):
                found[self.single] = found[self.single].astype(np.float32)
        if zeros.any():
            found[zeros] = np.where(found[zeros] == 0, np.nan, found[zeros])
        if filled.any():
            found[filled] = np.nan_to_num(found[filled], nan=0.0, posinf=np.inf, neginf=-np.inf)
        return found

    @cached_property
    def _owners(self) -> tuple[np.ndarray, np.ndarray]:
        """(thresholds,) the column each belongs to, and whether it is compared strictly: for single rows, kept."""
        owner = np.repeat(np.arange(self.numbers), np.diff(self.starts))
        return owner, self.strict[owner]

    def _count(self, numbers: np.ndarray, found: np.ndarray) -> None:
        """All thresholds at once: faster than a search in each column where there are few rows."""
        owner, strict = self._owners
        for row, values in enumerate(numbers.T):
            value = values[owner]
            below = np.where(strict, self.thresholds <= value, self.thresholds < value)
            count = np.concatenate([[0], np.cumsum(below)])
            codes = np.diff(count[self.starts])
            found[: self.numbers, row] = np.where(np.isnan(values), self.codes_of_missing, codes)

    def _search(self, numbers: np.ndarray, found: np.ndarray) -> None:
        sizes = np.diff(self.starts)
        of_missing, missing = self.codes_of_missing, np.isnan(numbers)
        single = np.flatnonzero(sizes == 1)  # most columns of a one-hot encoding: a comparison will do
        threshold, strict = self.thresholds[self.starts[single]][:, None], self.strict[single][:, None]
        found[single] = (numbers[single] > threshold) | (strict & (numbers[single] == threshold))
        for place in np.flatnonzero(sizes != 1):
            thresholds = self.thresholds[self.starts[place] : self.starts[place + 1]]
            found[place] = np.searchsorted(thresholds, numbers[place], side="right" if self.strict[place] else "left")
        for place in np.flatnonzero(missing.any(axis=1)):
            found[place, missing[place]] = of_missing[place]


def _table(feature: int, splits: Sequence[Categories], first: int) -> Table:
    known = sorted({category for split in splits for category in (*split.left, *split.right)}) or [0]
    right = np.empty((len(splits), len(known) + 1), dtype=bool)
    for place, split in enumerate(splits):
        listed = split.right if split.others_left else split.left
        right[place, :-1] = np.isin(known, listed) == split.others_left
        right[place, -1] = not split.others_left
    missing = np.array([not split.missing_left for split in splits])
    return Table(feature, first + np.arange(len(splits)), np.array(known, dtype=np.float64), right, missing)


def conditions(trees: Sequence[Tree]) -> tuple[Conditions, np.ndarray, np.ndarray]:
    """The conditions of an ensemble, and for the nodes of all trees, one after the other, their column and cut.

    Leaves have column -1.
    """
    inner = np.concatenate([tree.left >= 0 for tree in trees])
    column, cut = np.full(len(inner), -1, dtype=np.int32), np.zeros(len(inner), dtype=np.int32)
    splits = _splits(trees)
    by_category = [node for of_feature in splits.values() for nodes in of_feature.values() for node in nodes]
    inner[by_category] = False
    kinds, thresholds = _of_numbers(trees, np.flatnonzero(inner), column, cut)
    tables, features = [], [kind[0] for kind in kinds]
    for feature, of_feature in splits.items():
        tables.append(_table(feature, list(of_feature), len(features)))
        for place, nodes in enumerate(of_feature.values(), len(features)):
            column[nodes] = place
        features += [feature] * len(of_feature)
    found = Conditions(
        feature=np.array(features, dtype=np.int64),
        missing=np.array([kind[1] for kind in kinds], dtype=np.int8),
        single=np.array([kind[2] for kind in kinds], dtype=bool),
        strict=np.array([kind[3] for kind in kinds], dtype=bool),
        starts=np.cumsum([0, *map(len, thresholds)]),
        thresholds=np.concatenate([np.empty(0), *thresholds]),
        tables=tuple(tables),
    )
    return found, column, cut


def _splits(trees: Sequence[Tree]) -> dict[int, dict[Categories, list[int]]]:
    """feature -> split -> the nodes that ask it, counted over all trees."""
    found: dict[int, dict[Categories, list[int]]] = {}
    start = 0
    for tree in trees:
        for node, split in tree.categories.items():
            found.setdefault(int(tree.feature[node]), {}).setdefault(split, []).append(start + node)
        start += len(tree.left)
    return found


def _of_numbers(
    trees: Sequence[Tree], nodes: np.ndarray, column: np.ndarray, cut: np.ndarray
) -> tuple[list[tuple[int, ...]], list[np.ndarray]]:
    """Fill in column and cut of the given nodes. Returns (feature, missing, single, strict) and thresholds of each."""
    sizes = [len(tree.left) for tree in trees]
    kind = np.stack(
        [
            np.concatenate([tree.feature for tree in trees]).astype(np.int64),
            np.concatenate([tree.missing for tree in trees]).astype(np.int64),
            np.repeat([tree.single for tree in trees], sizes).astype(np.int64),
            np.repeat([tree.strict for tree in trees], sizes).astype(np.int64),
        ]
    )[:, nodes]
    threshold = np.concatenate([tree.threshold for tree in trees]).astype(np.float64)[nodes]
    key = ((kind[0] * 5 + kind[1]) * 2 + kind[2]) * 2 + kind[3]
    order = np.argsort(key, kind="stable")
    ends = np.flatnonzero(np.diff(key[order])) + 1
    kinds, thresholds = [], []
    for members in np.split(order, ends) if len(order) else []:
        distinct, place = np.unique(threshold[members], return_inverse=True)
        column[nodes[members]], cut[nodes[members]] = len(kinds), place
        kinds.append(tuple(int(part) for part in kind[:, members[0]]))
        thresholds.append(distinct)
    return kinds, thresholds

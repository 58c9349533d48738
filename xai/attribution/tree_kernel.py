"""Exact interventional Shapley values of tree ensembles with the original columns as players.

A leaf is a conjunction of conditions, and every condition belongs to one column. For an explained row x and a
background row z a coalition reaches the leaf if each column on its path is fulfilled by whichever row it is taken from.
So only two sets count: S, the columns that only x fulfils, and N, those that only z fulfils; the leaf's Shapley values
are closed forms of |S| and |N| (Lundberg et al. 2020, Algorithm 3; by patterns of rows as in Nadel & Wexler 2025).
Every pattern "which columns of the path does this row fulfil" is evaluated once, however many rows share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial

import numpy as np

from xai.attribution.tree_arrays import Tree, Trees
from xai.progress import Progress, report

_LARGEST = 64  # columns on one path: patterns are 64-bit sets

Leaf = tuple[list[int], np.ndarray, np.ndarray, np.ndarray]


def _weight_tables() -> tuple[np.ndarray, np.ndarray]:
    """Weights of one player of S and of N by (|S|, |N|)."""
    gain, loss = np.zeros((_LARGEST, _LARGEST)), np.zeros((_LARGEST, _LARGEST))
    for s in range(_LARGEST):
        for n in range(_LARGEST):
            if s:
                gain[s, n] = factorial(s - 1) * factorial(n) / factorial(s + n)
            if n:
                loss[s, n] = factorial(s) * factorial(n - 1) / factorial(s + n)
    return gain, loss


_GAIN, _LOSS = _weight_tables()


def explain_rows(
    ensemble: Trees,
    rows: np.ndarray,
    background: np.ndarray,
    players: np.ndarray,
    columns: int,
    progress: Progress | None = None,
) -> np.ndarray:
    """(R, C, K) mean contributions over the background. rows (R, E), background (m, E), players (E,)."""
    rows, background = _rounded(ensemble, rows), _rounded(ensemble, background)
    found = np.zeros((len(rows), columns, ensemble.trees[0].value.shape[1]))
    for k, tree in enumerate(ensemble.trees):
        if k % 8 == 0:
            report(progress, k / len(ensemble.trees), "shap")
        for path, value, x, z in _leaves(tree, rows, background, players):
            patterns, inverse = np.unique(x, return_inverse=True)
            others, counts = np.unique(z, return_counts=True)
            table = np.einsum("abp,b->ap", _pattern_values(patterns, others, len(path)), counts / len(background))
            if table.any():
                found[:, path] += table[inverse][:, :, None] * value
    return found


def explain_row(
    ensemble: Trees, row: np.ndarray, background: np.ndarray, players: np.ndarray, columns: int
) -> np.ndarray:
    """(m, C, K) contributions of one row (1, E) against each single background row."""
    row, background = _rounded(ensemble, row), _rounded(ensemble, background)
    found = np.zeros((len(background), columns, ensemble.trees[0].value.shape[1]))
    for tree in ensemble.trees:
        for path, value, x, z in _leaves(tree, row, background, players):
            others, inverse = np.unique(z, return_inverse=True)
            table = _pattern_values(x, others, len(path))[0]
            found[:, path] += table[inverse][:, :, None] * value
    return found


def _rounded(ensemble: Trees, matrix: np.ndarray) -> np.ndarray:
    return matrix.astype(np.float32).astype(np.float64) if ensemble.single_precision else matrix


def _leaves(tree: Tree, rows: np.ndarray, background: np.ndarray, players: np.ndarray) -> Iterator[Leaf]:
    """Each reachable leaf: columns on its path, value (K,), and which of them each row fulfils, as bits (R,), (m,)."""
    start = np.zeros(len(rows), dtype=np.uint64), np.zeros(len(background), dtype=np.uint64)
    stack = [(0, [], *start)]
    while stack:
        node, path, x, z = stack.pop()
        if tree.left[node] < 0:
            if path:
                yield path, tree.value[node], x, z
            continue
        feature, player = tree.feature[node], int(players[tree.feature[node]])
        left_x, left_z = _goes_left(tree, node, rows[:, feature]), _goes_left(tree, node, background[:, feature])
        known = player in path
        below = path if known else [*path, player]
        bit = np.uint64(1) << np.uint64(below.index(player))
        for child, is_left in ((tree.left[node], True), (tree.right[node], False)):
            child_x, child_z = (
                _fulfilled(x, left_x == is_left, bit, known),
                _fulfilled(z, left_z == is_left, bit, known),
            )
            if _reachable(child_x, child_z, bit, len(below)):
                stack.append((child, below, child_x, child_z))


def _goes_left(tree: Tree, node: int, values: np.ndarray) -> np.ndarray:
    left = values <= tree.threshold[node]
    return left | np.isnan(values) if tree.missing_left[node] else left


def _reachable(x: np.ndarray, z: np.ndarray, bit: np.uint64, size: int) -> bool:
    """Whether any mixture of an explained and a background row can still arrive here."""
    if len(x) == 1:
        everything = (np.uint64(1) << np.uint64(size)) - np.uint64(1)
        return bool(((x | z) == everything).any())
    return bool((np.bitwise_or.reduce(x) | np.bitwise_or.reduce(z)) & bit)


def _fulfilled(pattern: np.ndarray, holds: np.ndarray, bit: np.uint64, known: bool) -> np.ndarray:
    return np.where(holds, pattern, pattern & ~bit) if known else np.where(holds, pattern | bit, pattern)


def _pattern_values(x: np.ndarray, z: np.ndarray, size: int) -> np.ndarray:
    """(a, b, size) Shapley values of a leaf of value 1 for each pair of patterns of explained and background rows."""
    bits = np.uint64(1) << np.arange(size, dtype=np.uint64)
    in_x, in_z = (x[:, None] & bits) > 0, (z[:, None] & bits) > 0
    only_x, only_z = in_x[:, None] & ~in_z[None], in_z[None] & ~in_x[:, None]
    reached = (in_x[:, None] | in_z[None]).all(axis=2)
    gains, losses = only_x.sum(axis=2), only_z.sum(axis=2)
    table = only_x * _GAIN[gains, losses][:, :, None] - only_z * _LOSS[gains, losses][:, :, None]
    return table * reached[:, :, None]

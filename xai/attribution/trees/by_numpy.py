"""The same contributions with NumPy alone, for as long as there are no compiled kernels: slower, the same numbers.

Leaf by leaf, as in `kernels.rows`, with the rows' patterns found by sorting. Patterns are rows of bits, so that there
is no limit to the number of players.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xai.attribution.trees.ensemble import Ensemble
from xai.attribution.trees.weights import weights
from xai.progress import Progress, report

Leaf = tuple[int, list[int], np.ndarray, np.ndarray, np.ndarray]


def explain_rows(
    ensemble: Ensemble, rows: np.ndarray, others: np.ndarray, progress: Progress | None = None
) -> np.ndarray:
    """(n, P, R) mean contributions over the background. rows (V, n) and others (V, m) are codes."""
    found = np.zeros((rows.shape[1], ensemble.players, len(ensemble.offset)))
    tables = weights(int(ensemble.widths.max(initial=0)))
    reported = -1
    for tree, players, value, x, z in _leaves(ensemble, rows, others):
        if tree // 8 > reported:
            reported = tree // 8
            report(progress, tree / len(ensemble.roots), "shap")
        patterns, inverse, _ = _distinct(x)
        background, _, counts = _distinct(z)
        table = np.einsum("abp,b->ap", _pattern_values(patterns, background, tables), counts / len(z))
        if table.any():
            first = ensemble.outputs[tree]
            found[:, players, first : first + len(value)] += table[inverse][:, :, None] * value
    return found


def explain_row(ensemble: Ensemble, row: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(m, P, R) contributions of one row (V,) against each single background row (V, m)."""
    found = np.zeros((others.shape[1], ensemble.players, len(ensemble.offset)))
    tables = weights(int(ensemble.widths.max(initial=0)))
    for tree, players, value, x, z in _leaves(ensemble, row[:, None], others):
        background, inverse, _ = _distinct(z)
        table = _pattern_values(x, background, tables)[0]
        first = ensemble.outputs[tree]
        found[:, players, first : first + len(value)] += table[inverse][:, :, None] * value
    return found


def _leaves(ensemble: Ensemble, rows: np.ndarray, others: np.ndarray) -> Iterator[Leaf]:
    """Each reachable leaf: tree, players on its path, value, and which of them each row fails (n, S), (m, S)."""
    nobody = np.zeros((rows.shape[1], 0), dtype=bool), np.zeros((others.shape[1], 0), dtype=bool)
    for tree, root in enumerate(ensemble.roots):
        stack = [(int(root), [], *nobody)]
        while stack:
            node, players, x, z = stack.pop()
            column, cut, left, right, player, _ = ensemble.nodes[node].tolist()
            if column < 0:
                if players:
                    yield tree, players, ensemble.values[cut], x, z
                continue
            left_x, left_z = rows[column] <= cut, others[column] <= cut
            below = players if player in players else [*players, player]
            for child, fails_x, fails_z in ((left, ~left_x, ~left_z), (right, left_x, left_z)):
                child_x, child_z = (
                    _failing(x, fails_x, below.index(player)),
                    _failing(z, fails_z, below.index(player)),
                )
                if _reachable(child_x, child_z, below.index(player)):
                    stack.append((child, below, child_x, child_z))


def _failing(pattern: np.ndarray, fails: np.ndarray, place: int) -> np.ndarray:
    if place == pattern.shape[1]:
        return np.column_stack([pattern, fails])
    pattern = pattern.copy()
    pattern[:, place] |= fails
    return pattern


def _reachable(x: np.ndarray, z: np.ndarray, place: int) -> bool:
    """Whether any mixture of an explained and a background row can still arrive here."""
    if len(x) == 1:
        return not (x & z).any(axis=1).all()
    return not (x[:, place].all() and z[:, place].all())


def _distinct(patterns: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct rows of bits, which of them each row is, and how many there are of each."""
    size = patterns.shape[1]
    if size > 62:
        return np.unique(patterns, axis=0, return_inverse=True, return_counts=True)
    numbers = patterns @ (1 << np.arange(size))
    _, first, inverse, counts = np.unique(numbers, return_index=True, return_inverse=True, return_counts=True)
    return patterns[first], inverse, counts


def _pattern_values(x: np.ndarray, z: np.ndarray, tables: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """(a, b, S) Shapley values of a leaf of value 1 for each pair of patterns of explained and background rows."""
    reached = ~(x[:, None] & z[None]).any(axis=2)
    gaining, losing = z.sum(axis=1)[None, :], x.sum(axis=1)[:, None]
    gain, loss = (np.where(reached, table[gaining, losing], 0.0)[:, :, None] for table in tables)
    return z[None] * gain - x[:, None] * loss

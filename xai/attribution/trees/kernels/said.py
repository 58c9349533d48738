"""The predicting kernel: what the trees say about rows.

Several rows walk through a tree side by side, because a processor that waits for the next node of one of them can go on
with the others. A node is a single word, the children of a node stand side by side, and a leaf is its own child: so
every step is the same few instructions, without any branch to be guessed. Places are unsigned because numba, as Python
does, would look whether signed ones are negative.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xai.attribution.trees.kernels.bits import ONE, ZERO

TOGETHER = 8
CUT, LEFT = np.uint64(16), np.uint64(40)
"""Where the cut and the place of the left child begin in the word of a node; the column comes first."""
MOST_COLUMNS, MOST_CUT = (ONE << CUT) - ONE, (ONE << (LEFT - CUT)) - ONE


class Walk(NamedTuple):
    """The trees, node by node."""

    nodes: np.ndarray  # (N,) words
    value: np.ndarray  # (N,) the place of a leaf's values
    roots: np.ndarray  # (T,)
    outputs: np.ndarray  # (T,)
    values: np.ndarray  # (L, width)


def say(walk, rows, at, total, found):
    """Add to `found` (n * total) what the leaves add up to, without the offset.

    rows (V, n) are codes, so that those of neighbouring rows stand together; `at` (TOGETHER,) is space.
    """
    for tree in range(walk.roots.shape[0]):
        for start in range(0, rows.shape[1], TOGETHER):
            last = rows.shape[1] - 1 - start
            for k in range(TOGETHER):
                at[k] = np.uint64(walk.roots[tree])
            moved = ONE
            while moved != ZERO:
                moved = ZERO
                for k in range(TOGETHER):
                    child = _child(walk, rows, np.uint64(start + min(k, last)), at[k])
                    moved |= child ^ at[k]
                    at[k] = child
            for k in range(min(TOGETHER, last + 1)):
                cell, leaf = (start + k) * total + walk.outputs[tree], walk.value[at[k]]
                for output in range(walk.values.shape[1]):
                    found[cell + output] += walk.values[leaf, output]


def _child(walk, rows, row, node):
    """The next node of a row; the same one where it is a leaf, whose cut no code exceeds."""
    word = walk.nodes[node]
    cut = np.int64((word >> CUT) & MOST_CUT)
    return (word >> LEFT) + np.uint64(rows[word & MOST_COLUMNS, row] > cut)

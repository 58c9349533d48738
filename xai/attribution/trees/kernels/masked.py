"""The mask kernels: what small trees say about rows that are described by a few states.

A state is one of the combinations of answers that some columns of codes can give. For every tree and state a word keeps
the leaves that it leaves possible; what all states of a row leave possible is the one leaf it ends in. No path is
walked (QuickScorer: Lucchese et al., SIGIR 2015, section 3). Trees have at most 64 leaves, and parents come before
their children.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xai.attribution.trees.ensemble import COLUMN, CUT, LEFT, RIGHT
from xai.attribution.trees.kernels.bits import bit, lowest


class States(NamedTuple):
    """Of every column of codes (V,): the states it takes part in are neighbours, and so are its codes in them."""

    first: np.ndarray  # (V,) the first state
    count: np.ndarray  # (V,) how many there are
    start: np.ndarray  # (V,) where its codes begin
    codes: np.ndarray  # the codes of all columns


def find_masks(nodes, roots, stops, states, below, masks):
    """Fill masks (T, S). stops (T,): where the nodes of a tree end; below: space, one word for each node of a tree."""
    for tree in range(roots.shape[0]):
        root, leaf = roots[tree], 0
        for node in range(root, stops[tree]):
            if nodes[node, COLUMN] < 0:
                below[node - root] = bit(leaf)
                leaf += 1
        for node in range(stops[tree] - 1, root - 1, -1):
            if nodes[node, COLUMN] >= 0:
                below[node - root] = below[nodes[node, LEFT] - root] | below[nodes[node, RIGHT] - root]
        for state in range(masks.shape[1]):
            masks[tree, state] = below[0]
        for node in range(root, stops[tree]):
            column, cut = nodes[node, COLUMN], nodes[node, CUT]
            if column >= 0:
                left, right = below[nodes[node, LEFT] - root], below[nodes[node, RIGHT] - root]
                for k in range(states.count[column]):
                    excluded = right if states.codes[states.start[column] + k] <= cut else left
                    masks[tree, states.first[column] + k] &= ~excluded


def say_masked(masks, leaves, outputs, values, rows, total, found):
    """Add to `found` (n * total) what the leaves add up to, without the offset; the states of rows (n, G).

    leaves (T,): the first leaf of each tree.
    """
    for tree in range(masks.shape[0]):
        for row in range(rows.shape[0]):
            word = masks[tree, np.uint64(rows[row, 0])]
            for group in range(1, rows.shape[1]):
                word &= masks[tree, np.uint64(rows[row, group])]
            leaf, cell = leaves[tree] + lowest(word), row * total + outputs[tree]
            for output in range(values.shape[1]):
                found[cell + output] += values[leaf, output]

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


def find_states(values, thresholds, strict, missing, found):
    """Fill found (n,) with how many thresholds (u,), ascending, are below each value; `missing` for nan.

    strict (0 or 1): or equal to it. All values take the same step before the next one, so that none waits for another.
    """
    for row in range(values.shape[0]):
        found[row] = 0
    left = thresholds.shape[0]
    while left > 0:
        half = (left + 1) >> 1
        for row in range(values.shape[0]):
            value, threshold = values[row], thresholds[np.uint64(found[row] + half - 1)]
            found[row] += half * (np.int32(threshold < value) | (np.int32(threshold == value) & strict))
        left -= half
    for row in range(values.shape[0]):
        if values[row] != values[row]:
            found[row] = missing


def find_masks(nodes, roots, stops, states, below, masks):
    """Fill masks (S, T). stops (T,): where the nodes of a tree end; below: space, one word for each node of a tree."""
    for tree in range(roots.shape[0]):
        root, leaf = roots[tree], 0
        for node in range(root, stops[tree]):
            if nodes[node, COLUMN] < 0:
                below[node - root] = bit(leaf)
                leaf += 1
        for node in range(stops[tree] - 1, root - 1, -1):
            if nodes[node, COLUMN] >= 0:
                below[node - root] = below[nodes[node, LEFT] - root] | below[nodes[node, RIGHT] - root]
        for state in range(masks.shape[0]):
            masks[state, tree] = below[0]
        for node in range(root, stops[tree]):
            column, cut = nodes[node, COLUMN], nodes[node, CUT]
            if column >= 0:
                left, right = below[nodes[node, LEFT] - root], below[nodes[node, RIGHT] - root]
                for k in range(states.count[column]):
                    excluded = right if states.codes[states.start[column] + k] <= cut else left
                    masks[states.first[column] + k, tree] &= ~excluded


def say_masked(masks, leaves, outputs, values, rows, total, possible, found):
    """Add to `found` (n * total) what the leaves add up to, without the offset; the states of rows (n, G).

    leaves (T,): the first leaf of each tree. possible (T,): space. The words of all trees stand side by side, so that
    the processor takes several of them at once.
    """
    trees, groups = masks.shape[1], rows.shape[1]
    for row in range(rows.shape[0]):
        for tree in range(trees):
            possible[tree] = masks[rows[row, 0], tree]
        group = 1
        while group + 2 < groups:
            first, second, third = rows[row, group], rows[row, group + 1], rows[row, group + 2]
            for tree in range(trees):
                possible[tree] &= masks[first, tree] & masks[second, tree] & masks[third, tree]
            group += 3
        while group < groups:
            first = rows[row, group]
            for tree in range(trees):
                possible[tree] &= masks[first, tree]
            group += 1
        if total == 1:  # the sum need not be in memory
            answer = found[row]
            for tree in range(trees):
                answer += values[leaves[tree] + lowest(possible[tree]), 0]
            found[row] = answer
        else:
            for tree in range(trees):
                leaf, cell = leaves[tree] + lowest(possible[tree]), row * total + outputs[tree]
                for output in range(values.shape[1]):
                    found[cell + output] += values[leaf, output]

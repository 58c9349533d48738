"""The mask kernels: what small trees say about rows that are described by a few states.

A state is one of the combinations of answers that some columns of codes can give. For every tree and state a word keeps
the leaves that it leaves possible; what all states of a row leave possible is the one leaf it ends in. No path is
walked (QuickScorer: Lucchese et al., SIGIR 2015, section 3). Trees have at most 64 leaves, and parents come before
their children.

`shared` is 1 where no tree has more than 32 leaves: then two neighbouring trees share a word. It is 0 where each tree
has one of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xai.attribution.trees.ensemble import COLUMN, CUT, LEFT, RIGHT
from xai.attribution.trees.kernels.bits import ZERO, bit, lowest


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
        if strict:
            for row in range(values.shape[0]):
                found[row] += half * np.int32(thresholds[np.uint64(found[row] + half - 1)] <= values[row])
        else:
            for row in range(values.shape[0]):
                found[row] += half * np.int32(thresholds[np.uint64(found[row] + half - 1)] < values[row])
        left -= half
    for row in range(values.shape[0]):
        if values[row] != values[row]:
            found[row] = missing


def word_of(tree, shared):
    """In which word a tree is."""
    return tree >> shared


def shift_of(tree, shared):
    """At which bit of its word a tree begins."""
    return (tree & shared) << 5


def find_masks(nodes, roots, stops, states, shared, below, masks):
    """Fill masks (S, W), which are zero, W words for T trees.

    stops (T,): where the nodes of a tree end; below: space, one word for each node of a tree.
    """
    for tree in range(roots.shape[0]):
        root, word, leaf = roots[tree], word_of(tree, shared), shift_of(tree, shared)
        for node in range(root, stops[tree]):
            if nodes[node, COLUMN] < 0:
                below[node - root] = bit(leaf)
                leaf += 1
        for node in range(stops[tree] - 1, root - 1, -1):
            if nodes[node, COLUMN] >= 0:
                below[node - root] = below[nodes[node, LEFT] - root] | below[nodes[node, RIGHT] - root]
        for state in range(masks.shape[0]):
            masks[state, word] |= below[0]
        for node in range(root, stops[tree]):
            column, cut = nodes[node, COLUMN], nodes[node, CUT]
            if column >= 0:
                left, right = below[nodes[node, LEFT] - root], below[nodes[node, RIGHT] - root]
                for k in range(states.count[column]):
                    excluded = right if states.codes[states.start[column] + k] <= cut else left
                    masks[states.first[column] + k, word] &= ~excluded


def say_masked(masks, shared, leaves, outputs, values, states, total, possible, found):
    """Add to `found` (n * total) what the leaves add up to, without the offset; the states (G, n) of n rows.

    leaves (T,): the first leaf of each tree. possible (W,): space. The words of all trees stand side by side, so that
    the processor takes several of them at once, for as many groups as it has room for.
    """
    words, last = masks.shape[1], states.shape[0] - 1
    for row in range(states.shape[1]):
        for word in range(words):
            possible[word] = ~ZERO
        for group in range(0, last + 1, 5):  # the last one again where there are no more: that changes nothing
            first, second = states[group, row], states[min(group + 1, last), row]
            third, fourth = states[min(group + 2, last), row], states[min(group + 3, last), row]
            fifth = states[min(group + 4, last), row]
            for word in range(words):
                some = masks[first, word] & masks[second, word] & masks[third, word]
                possible[word] &= some & masks[fourth, word] & masks[fifth, word]
        if total > 1:
            _add(possible, shared, leaves, outputs, values, found[row * total :])
        elif shared:  # as a constant, so that the shifts are none
            found[row] = _sum(possible, 1, leaves, values, found[row])
        else:
            found[row] = _sum(possible, 0, leaves, values, found[row])


def _leaf(possible, tree, shared):
    """The one leaf of a tree that is possible, counted within it; leaves of the next tree in the word are higher."""
    return lowest(possible[word_of(tree, shared)] >> np.uint64(shift_of(tree, shared)))


def _sum(possible, shared, leaves, values, answer):
    """The answer and what all trees add to it, for a single output: it need not be in memory meanwhile."""
    for tree in range(leaves.shape[0]):
        answer += values[leaves[tree] + _leaf(possible, tree, shared), 0]
    return answer


def _add(possible, shared, leaves, outputs, values, found):
    """Add to the outputs of a row what each tree says about its own."""
    for tree in range(leaves.shape[0]):
        leaf = leaves[tree] + _leaf(possible, tree, shared)
        for output in range(values.shape[1]):
            found[outputs[tree] + output] += values[leaf, output]

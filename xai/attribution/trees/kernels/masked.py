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


class Buckets(NamedTuple):
    """Parts of the line, all of one width, in which thresholds are looked for. The first and the last one have no end.

    A value belongs to bucket `(value - low) * per`, cut off. It is not below any threshold of an earlier bucket, and
    not above any of a later one, however the product was rounded: the buckets of larger values are never earlier.
    """

    low: float
    per: float  # buckets per unit
    before: np.ndarray  # (b,) how many thresholds belong to earlier buckets
    most: int  # how many belong to one bucket, at most


def find_states(values, buckets, thresholds, strict, missing, found):
    """Fill found (n,) with how many of u thresholds are below each value; `missing` for nan.

    thresholds (u + most,): ascending, the last ones nan, which nothing is above. strict (0 or 1): or equal to it. All
    values take the same step before the next one, so that none waits for another.
    """
    last = np.float64(buckets.before.shape[0] - 1)
    for row in range(values.shape[0]):
        bucket = (values[row] - buckets.low) * buckets.per
        bucket = bucket if bucket > 0.0 else 0.0  # nan as well
        bucket = bucket if bucket < last else last
        found[row] = buckets.before[np.uint64(np.int32(bucket))]
    left = buckets.most
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


def say_masked(masks, shared, outputs, values, begins, states, total, possible, found):
    """Add to `found` (n * total) what the leaves add up to, without the offset; the states (G, n) of n rows.

    values: those of a tree begin where `leaves_before` says. begins (G,): the first state of each group, as within it
    they are counted from 0. possible (W,): space. The words of all trees stand side by side, so that the processor
    takes several of them at once, for as many groups as it has room for.
    """
    words, last = masks.shape[1], states.shape[0] - 1
    for row in range(states.shape[1]):
        for word in range(words):
            possible[word] = ~ZERO
        for group in range(0, last + 1, 5):  # the last one again where there are no more: that changes nothing
            first = _state(begins, states, group, row)
            second = _state(begins, states, min(group + 1, last), row)
            third = _state(begins, states, min(group + 2, last), row)
            fourth = _state(begins, states, min(group + 3, last), row)
            fifth = _state(begins, states, min(group + 4, last), row)
            for word in range(words):
                some = masks[first, word] & masks[second, word] & masks[third, word]
                possible[word] &= some & masks[fourth, word] & masks[fifth, word]
        if total > 1:
            _add(possible, shared, outputs, values, found[row * total :])
        elif shared:  # as a constant, so that the shifts are none
            found[row] = _sum(possible, 1, outputs.shape[0], values, found[row])
        else:
            found[row] = _sum(possible, 0, outputs.shape[0], values, found[row])


def _state(begins, states, group, row):
    """Which of all states a row has among those of a group."""
    return np.uint64(begins[group] + states[group, row])


def leaves_before(tree, shared):
    """Where the leaves of a tree begin: each has room for as many as it may have bits, so nothing is looked up."""
    return tree << (6 - shared)


def _leaf(possible, tree, shared):
    """The one leaf of a tree that is possible; leaves of the next tree in the word are higher.

    Unsigned, because numba, as Python does, would look whether a place is negative.
    """
    within = lowest(possible[np.uint64(word_of(tree, shared))] >> np.uint64(shift_of(tree, shared)))
    return np.uint64(leaves_before(tree, shared) + within)


def _sum(possible, shared, trees, values, answer):
    """The answer and what all trees add to it, for a single output: it need not be in memory meanwhile."""
    for tree in range(trees):
        answer += values[_leaf(possible, tree, shared), 0]
    return answer


def _add(possible, shared, outputs, values, found):
    """Add to the outputs of a row what each tree says about its own."""
    for tree in range(outputs.shape[0]):
        leaf = _leaf(possible, tree, shared)
        for output in range(values.shape[1]):
            found[outputs[tree] + output] += values[leaf, output]

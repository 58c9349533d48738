"""The coalition kernel: what an ensemble says for every coalition of a row's columns, exactly and without predicting.

For an explained row x and a background row z a leaf is reached by the coalitions that hold all players of a set S and
none of a set N. Written as a sum over the subsets T of N that is (-1)^|T| for every coalition that holds S and T; one
pass over the players (a zeta transform) then adds up all leaves of all trees for all coalitions at once. Only after
that comes the link, so probabilities of boosted trees are exact where sums over the trees alone are not.

A players that are asked anywhere: coalition k holds those whose bit is set in k. R raw outputs, K outputs, m background
rows, G groups of them: 1 or m.
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np

from xai.attribution.trees.ensemble import COLUMN, CUT, LEFT, PLAYER, RIGHT
from xai.attribution.trees.kernels.bits import ones

IDENTITY, LOGISTIC, SOFTMAX, EXPONENTIAL = range(4)


class Stack(NamedTuple):
    """Branches still to walk: node, and the players decided for the explained and for the background row."""

    node: np.ndarray  # (D + 1,)
    given: np.ndarray  # (D + 1,)
    kept: np.ndarray  # (D + 1,)


def play(forest, row, others, offset, link, stack, raw, found):
    """Add to `found` (G, 2^A, K) the outputs for every coalition, and for each background row or all together.

    row (V,) and others (V, m) are codes; offset (R,); raw (R, 2^A) is working space. The players of the nodes are
    numbered from 0 to A - 1.
    """
    for other in range(others.shape[1]):
        for output in range(raw.shape[0]):
            for coalition in range(raw.shape[1]):
                raw[output, coalition] = 0.0
            raw[output, 0] = offset[output]
        for tree in range(forest.roots.shape[0]):
            _walk(forest, tree, row, others, other, stack, raw)
        for output in range(raw.shape[0]):
            _add_subsets(raw, output)
        _link(raw, link, found, other if found.shape[0] > 1 else 0)


def _walk(forest, tree, row, others, other, stack, raw):
    """Add what every leaf of a tree means for the coalitions, as differences."""
    stack.node[0], stack.given[0], stack.kept[0] = forest.roots[tree], 0, 0
    waiting = 1
    while waiting:
        waiting -= 1
        node, given, kept = stack.node[waiting], stack.given[waiting], stack.kept[waiting]
        while forest.nodes[node, COLUMN] >= 0:
            column, cut = forest.nodes[node, COLUMN], forest.nodes[node, CUT]
            mine = np.int32(1) << forest.nodes[node, PLAYER]
            left, other_left = row[column] <= cut, others[column, other] <= cut
            if kept & mine:
                left = other_left
            elif left != other_left and not given & mine:
                stack.node[waiting] = forest.nodes[node, LEFT] if other_left else forest.nodes[node, RIGHT]
                stack.given[waiting], stack.kept[waiting] = given, kept | mine
                waiting += 1
                given |= mine
            node = forest.nodes[node, LEFT] if left else forest.nodes[node, RIGHT]
        leaf, output = forest.nodes[node, CUT], forest.outputs[tree]
        subset = kept
        while True:
            for k in range(forest.values.shape[1]):
                value = forest.values[leaf, k]
                raw[output + k, given | subset] += -value if ones(np.uint64(subset)) & 1 else value
            if subset == 0:
                break
            subset = (subset - 1) & kept


def _add_subsets(raw, output):
    """Each coalition gets the sum over all its subsets."""
    step = 1
    while step < raw.shape[1]:
        for begin in range(0, raw.shape[1], 2 * step):
            for place in range(begin, begin + step):
                raw[output, place + step] += raw[output, place]
        step *= 2


def _link(raw, link, found, group):
    """Raw outputs as the model shows them."""
    for coalition in range(raw.shape[1]):
        if link == LOGISTIC:
            found[group, coalition, 0] += 1.0 / (1.0 + exp(-raw[0, coalition]))
        elif link == EXPONENTIAL:
            found[group, coalition, 0] += exp(raw[0, coalition])
        elif link == SOFTMAX:
            largest, total = raw[0, coalition], 0.0
            for output in range(raw.shape[0]):
                largest = max(largest, raw[output, coalition])
            for output in range(raw.shape[0]):
                total += exp(raw[output, coalition] - largest)
            for output in range(raw.shape[0]):
                found[group, coalition, output] += exp(raw[output, coalition] - largest) / total
        else:
            for output in range(raw.shape[0]):
                found[group, coalition, output] += raw[output, coalition]

"""For every node the background rows that it sends to the left, as bits."""

from __future__ import annotations

import numpy as np

from xai.attribution.trees.ensemble import COLUMN, CUT, PLACE
from xai.attribution.trees.kernels.bits import ONE, ZERO


def find_sides(nodes, first, codes, left):
    """Fill `left` (inner nodes, W) for these nodes; codes (V, m). `first` is the place of the first inner node."""
    for node in range(nodes.shape[0]):
        column, cut, place = nodes[node, COLUMN], nodes[node, CUT], nodes[node, PLACE] - first
        if column >= 0:
            for word in range(left.shape[1]):
                found = ZERO
                for other in range(64 * word, min(64 * word + 64, codes.shape[1])):
                    if codes[column, other] <= cut:
                        found |= ONE << np.uint64(other & 63)
                left[place, word] = found

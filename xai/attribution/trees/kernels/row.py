"""The row kernel: contributions of one row, over 64 background rows at once or against each of them.

One walk per tree follows the explained row beside background rows (Lundberg et al. 2020, algorithm 3). Where the two
are sent to different sides, the player asked there is given first to the explained row and then to the background row;
from then on its questions are answered by whoever holds it. Background rows walk together, as the bits of a word, for
as long as the same players are held by the same side. What the leaves are worth is added up on the way back: so every
player gains or loses once where it is given away, not once at each leaf below. There is no limit to the number of
players.

Sizes as in `rows`; D is the depth of the trees and G the number of groups, 1 or m.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xai.attribution.trees.ensemble import COLUMN, CUT, LEFT, PLACE, PLAYER, RIGHT
from xai.attribution.trees.kernels.bits import ZERO, lowest, ones, whole

NOBODY, EXPLAINED, BACKGROUND = range(3)
"""Who holds a player."""
NODE, GIVEN, STAGE, FRAME = range(4)
"""What is remembered of a walk that waits: where it goes on, the player that is given away there (-1 where none is),
and whether it went on already."""
GAIN, LOSS = range(2)


class Path(NamedTuple):
    """The walks that wait, at most two at each depth, and who holds the players."""

    frame: np.ndarray  # (2 D + 1, FRAME)
    others: np.ndarray  # (2 D + 1,) the background rows that go on there
    worth: np.ndarray  # (2 D + 1, 2, width) what the leaves met before are worth to players that gain and that lose
    holder: np.ndarray  # (P,)


class Weights(NamedTuple):
    """By how many players gain and lose."""

    gain: np.ndarray  # (S + 1, S + 1)
    loss: np.ndarray


def explain_row(forest, row, size, path, weights, total, found):
    """Add to `found` (G, P * total) the contributions of a row with codes (V,), against `size` background rows."""
    for tree in range(forest.roots.shape[0]):
        for word in range(forest.left.shape[1]):
            left = whole(word, size)
            while left:
                others, group = left, 0
                if found.shape[0] > 1:
                    others = left & (ZERO - left)
                    group = 64 * word + lowest(others)
                _walk(forest, row, tree, word, others, path, weights, total, found[group])
                left ^= others


def _walk(forest, row, tree, word, others, path, weights, total, found):
    """The contributions of one tree against some background rows of a word, who together hold no player yet."""
    node, output, waiting, gaining, losing = forest.roots[tree], forest.outputs[tree], 0, 0, 0
    while node >= 0:
        while forest.nodes[node, COLUMN] >= 0:
            left = row[forest.nodes[node, COLUMN]] <= forest.nodes[node, CUT]
            player = forest.nodes[node, PLAYER]
            mine = forest.nodes[node, LEFT] if left else forest.nodes[node, RIGHT]
            holder = path.holder[player]
            if holder != EXPLAINED:
                bits = forest.left[forest.nodes[node, PLACE] - forest.first, word]
                same = others & (bits if left else ~bits)
                if same != others:
                    theirs = forest.nodes[node, RIGHT] if left else forest.nodes[node, LEFT]
                    if holder == BACKGROUND:
                        if same == ZERO:
                            node = theirs
                            continue
                        waiting = _wait(path, waiting, theirs, -1, others ^ same)
                        others = same
                    else:
                        if same != ZERO:
                            waiting = _wait(path, waiting, mine, -1, same)
                        others ^= same
                        waiting = _wait(path, waiting, theirs, player, others)
                        path.holder[player] = EXPLAINED
                        gaining += 1
            node = mine
        _meet(forest, node, ones(others), path, waiting, weights.gain[gaining, losing], weights.loss[gaining, losing])
        node = -1
        while waiting > 0 and node < 0:
            given = path.frame[waiting - 1, GIVEN]
            if path.frame[waiting - 1, STAGE] == 0:
                if given >= 0:
                    _add(path.worth[waiting, GAIN], given * total + output, found)
                    path.holder[given] = BACKGROUND
                    gaining -= 1
                    losing += 1
                others = _resume(path, waiting)
                node = path.frame[waiting - 1, NODE]
            else:
                if given >= 0:
                    _subtract(path.worth[waiting, LOSS], given * total + output, found)
                    path.holder[given] = NOBODY
                    losing -= 1
                waiting -= 1
                _join(path, waiting)


def _wait(path, waiting, node, player, others):
    """Remember where some background rows go on; returns how many walks wait then."""
    path.frame[waiting, NODE], path.frame[waiting, GIVEN], path.frame[waiting, STAGE] = node, player, 0
    path.others[waiting] = others
    return waiting + 1


def _meet(forest, node, count, path, waiting, gain, loss):
    """What a leaf is worth to each player that gains and each that loses, against all who met there."""
    for k in range(forest.values.shape[1]):
        value = count * forest.values[forest.nodes[node, CUT], k]
        path.worth[waiting, GAIN, k] = value * gain
        path.worth[waiting, LOSS, k] = value * loss


def _resume(path, waiting):
    """The last walk that waits goes on; what was met before is kept with it. Returns its background rows."""
    path.frame[waiting - 1, STAGE] = 1
    for k in range(path.worth.shape[2]):
        path.worth[waiting - 1, GAIN, k] = path.worth[waiting, GAIN, k]
        path.worth[waiting - 1, LOSS, k] = path.worth[waiting, LOSS, k]
    return path.others[waiting - 1]


def _join(path, waiting):
    """What was met by a walk that waited, and what was met before it."""
    for k in range(path.worth.shape[2]):
        path.worth[waiting, GAIN, k] += path.worth[waiting + 1, GAIN, k]
        path.worth[waiting, LOSS, k] += path.worth[waiting + 1, LOSS, k]


def _add(worth, cell, found):
    for k in range(worth.shape[0]):
        found[cell + k] += worth[k]


def _subtract(worth, cell, found):
    for k in range(worth.shape[0]):
        found[cell + k] -= worth[k]

"""The bitset kernel: contributions of one row, over all background rows at once or against each of them.

One walk per tree goes wherever the row and some background row can get by sharing the players. At each node it knows
the background rows that can get there, as bits, and for every player on the path those that fail it. Players that the
explained row itself fails must come from the background, so only background rows that fulfil them all are left; what
remains differs only in which of the other players they fail. There is no limit to the number of players.

Sizes as in `rows`; D is the depth of the trees and G the number of groups, 1 or m.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xai.attribution.trees.ensemble import COLUMN, CUT, LEFT, PLACE, PLAYER, RIGHT
from xai.attribution.trees.kernels.bits import ONE, ZERO, lowest, ones, whole

NODE, STAGE, SLOTS, BEFORE, FAILS, FRAME = range(6)
"""What is remembered at each depth: the node, how many of its children are done, how many players are on the path,
where the player asked above was held before, and whether the explained row fails that player."""


class Path(NamedTuple):
    """The path from the root to the present node."""

    frame: np.ndarray  # (D + 1, FRAME)
    open: np.ndarray  # (D + 1, W) background rows that fulfil every player that the explained row fails
    failing: np.ndarray  # (D + 1, W) background rows that fail the player asked above
    held: np.ndarray  # (P,) the depth at which `failing` holds a player's rows; -1 where it is not on the path
    player: np.ndarray  # (D,) the players on the path


class Work(NamedTuple):
    """Space for one leaf at a time."""

    fits: np.ndarray  # (D,) depths that hold the players the row fulfils
    gaining: np.ndarray  # (D,) where these are in a row of `found`
    losing: np.ndarray  # (D,) where the players are that the row fails
    unit: np.ndarray  # (D,) contributions at a leaf of value 1
    planes: np.ndarray  # (32,) bits of a count for 64 background rows
    gain: np.ndarray  # (S + 1, S + 1)
    loss: np.ndarray


def explain_row(forest, row, size, path, work, total, found):
    """Add to `found` (G, P * total) the contributions of a row with codes (V,), against `size` background rows."""
    for tree in range(forest.roots.shape[0]):
        path.frame[0, NODE], path.frame[0, STAGE], path.frame[0, SLOTS] = forest.roots[tree], 0, 0
        for word in range(path.open.shape[1]):
            path.open[0, word] = whole(word, size)
        depth = 0
        while depth >= 0:
            node = path.frame[depth, NODE]
            if forest.nodes[node, COLUMN] < 0:
                _meet(forest, path, work, depth, forest.outputs[tree], total, found)
                path.frame[depth, STAGE] = 2
            depth = _go_on(forest, row, path, depth)


def _go_on(forest, row, path, depth):
    """Step down to the next child that can be reached; else step up. Returns the depth."""
    frame, node = path.frame, path.frame[depth, NODE]
    player = forest.nodes[node, PLAYER]
    while frame[depth, STAGE] < 2:
        side = 1 - frame[depth, STAGE]
        frame[depth, STAGE] += 1
        if _narrow(forest, row, path, depth, side) != ZERO:
            frame[depth + 1, NODE] = forest.nodes[node, LEFT] if side else forest.nodes[node, RIGHT]
            frame[depth + 1, STAGE] = 0
            frame[depth + 1, BEFORE] = path.held[player]
            path.held[player] = depth + 1
            return depth + 1
    if depth > 0:
        path.held[forest.nodes[frame[depth - 1, NODE], PLAYER]] = frame[depth, BEFORE]
    return depth - 1


def _narrow(forest, row, path, depth, side):
    """What holds at a child; returns a word that is zero where nobody can get there."""
    node = path.frame[depth, NODE]
    player, place = forest.nodes[node, PLAYER], forest.nodes[node, PLACE] - forest.first
    held, words = path.held[player], path.open.shape[1]
    fails = (row[forest.nodes[node, COLUMN]] <= forest.nodes[node, CUT]) != (side == 1)
    for word in range(words):
        failing = ~forest.left[place, word] if side else forest.left[place, word]
        path.failing[depth + 1, word] = failing | path.failing[held, word] if held >= 0 else failing
    path.frame[depth + 1, SLOTS] = path.frame[depth, SLOTS]
    if held < 0:
        path.player[path.frame[depth, SLOTS]] = player
        path.frame[depth + 1, SLOTS] += 1
    elif path.frame[held, FAILS]:
        fails = True
    path.frame[depth + 1, FAILS] = fails
    some = ZERO if fails else ONE
    for word in range(words):
        is_open = path.open[depth, word]
        if fails:
            is_open &= ~path.failing[depth + 1, word]
            some |= is_open
        path.open[depth + 1, word] = is_open
    return some


def _meet(forest, path, work, depth, output, total, found):
    """At a leaf: which players the row fulfils and fails, and what that is worth."""
    fitting, losing = 0, 0
    for slot in range(path.frame[depth, SLOTS]):
        player = path.player[slot]
        held = path.held[player]
        if path.frame[held, FAILS]:
            work.losing[losing] = player * total + output
            losing += 1
        else:
            work.fits[fitting] = held
            work.gaining[fitting] = player * total + output
            fitting += 1
    leaf = forest.nodes[path.frame[depth, NODE], CUT]
    if found.shape[0] > 1:
        _each(forest, path, work, depth, leaf, fitting, losing, found)
        return
    for place in range(fitting):
        work.unit[place] = 0.0
    lost = 0.0
    for word in range(path.open.shape[1]):
        if path.open[depth, word] != ZERO:
            lost += _count(path, work, word, path.open[depth, word], fitting, losing)
    for k in range(forest.values.shape[1]):
        for place in range(fitting):
            found[0, work.gaining[place] + k] += work.unit[place] * forest.values[leaf, k]
        for place in range(losing):
            found[0, work.losing[place] + k] -= lost * forest.values[leaf, k]


def _each(forest, path, work, depth, leaf, fitting, losing, found):
    """Contributions against each single background row."""
    for word in range(path.open.shape[1]):
        others = path.open[depth, word]
        while others:
            other = others & (ZERO - others)
            others ^= other
            gaining = 0
            for place in range(fitting):
                gaining += (path.failing[work.fits[place], word] & other) != ZERO
            if gaining + losing:
                group = 64 * word + lowest(other)
                for k in range(forest.values.shape[1]):
                    gained = work.gain[gaining, losing] * forest.values[leaf, k]
                    for place in range(fitting):
                        if path.failing[work.fits[place], word] & other:
                            found[group, work.gaining[place] + k] += gained
                    lost = work.loss[gaining, losing] * forest.values[leaf, k]
                    for place in range(losing):
                        found[group, work.losing[place] + k] -= lost


def _count(path, work, word, others, fitting, losing):
    """Add up the gains against up to 64 background rows; returns the loss of every player that loses.

    How many players each of them fails is counted for all at once, in binary numbers whose digits lie in `planes`.
    """
    planes = 0
    while (1 << planes) <= fitting:
        work.planes[planes] = ZERO
        planes += 1
    for place in range(fitting):
        carry = path.failing[work.fits[place], word] & others
        for plane in range(planes):
            both = work.planes[plane] & carry
            work.planes[plane] ^= carry
            carry = both
    lost = 0.0
    while others:
        same, gaining = others, 0
        for plane in range(planes):
            if work.planes[plane] & others & (ZERO - others):
                gaining |= 1 << plane
                same &= work.planes[plane]
            else:
                same &= ~work.planes[plane]
        others &= ~same
        if gaining + losing:
            lost += ones(same) * work.loss[gaining, losing]
            for place in range(fitting if gaining else 0):
                failing = ones(same & path.failing[work.fits[place], word])
                work.unit[place] += failing * work.gain[gaining, losing]
    return lost

"""The pattern kernel: contributions of one row from what was kept about the background at every leaf.

Background rows that fail the same players on the way to a leaf form a pattern there. Patterns do not depend on the
explained row, so they are found once; then a row only passes its own failing players down each tree and meets, at every
leaf, the patterns that fail none of them. The closed forms are those of `rows`, the patterns those of Nadel & Wexler
(2025).

Sizes as in `rows`; G is the number of groups, 1 or m. Parents come before their children, and there are at most 48
players.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xai.attribution.trees.ensemble import COLUMN, CUT, LEFT, PLAYER, RIGHT
from xai.attribution.trees.kernels.bits import ONE, ZERO, bit, find, lowest, ones

COUNT = np.uint64(48)
"""Where the number of background rows begins in the word of a pattern; below it are the players that they fail."""
PLAYERS = (ONE << COUNT) - ONE


class Kept(NamedTuple):
    """Of every leaf, one tree after the other."""

    first: np.ndarray  # (leaves + 1,) its first pattern
    member: np.ndarray  # (leaves * m,) the background rows, in the order of their patterns
    pattern: np.ndarray  # (patterns,) words


class Table(NamedTuple):
    """Space for the patterns of one leaf."""

    known: np.ndarray  # a table of words
    stamps: np.ndarray
    number: np.ndarray
    clock: np.ndarray  # (1,) the last stamp
    key: np.ndarray  # (m,) the pattern of each background row
    start: np.ndarray  # (m,) where the rows of each pattern begin


def keep_patterns(forest, stops, codes, failed, table, kept):
    """Find the patterns at the leaves; codes (V, m). stops (T,): where the nodes of a tree end; failed: space."""
    leaf, many = 0, codes.shape[1]
    kept.first[0] = 0
    for tree in range(forest.roots.shape[0]):
        root = forest.roots[tree]
        for other in range(many):
            failed[0, other] = ZERO
        for node in range(root, stops[tree]):
            if forest.nodes[node, COLUMN] < 0:
                _keep(failed, node - root, table, kept, leaf)
                leaf += 1
            else:
                left, right = forest.nodes[node, LEFT] - root, forest.nodes[node, RIGHT] - root
                column, mine = forest.nodes[node, COLUMN], bit(forest.nodes[node, PLAYER])
                for other in range(many):
                    goes, so_far = codes[column, other] <= forest.nodes[node, CUT], failed[node - root, other]
                    failed[left, other] = so_far if goes else so_far | mine
                    failed[right, other] = so_far | mine if goes else so_far


def _keep(failed, node, table, kept, leaf):
    """The patterns of one leaf, in the order of the first row that has each, and their rows."""
    many, first = failed.shape[1], kept.first[leaf]
    found = 0
    table.clock[0] += 1
    for other in range(many):
        place = find(failed[node, other], table.known, table.stamps, table.clock[0])
        if table.stamps[place] != table.clock[0]:
            table.stamps[place], table.known[place], table.number[place] = table.clock[0], failed[node, other], found
            kept.pattern[first + found] = failed[node, other]
            found += 1
        table.key[other] = table.number[place]
        kept.pattern[first + table.number[place]] += ONE << COUNT
    kept.first[leaf + 1] = first + found
    start = leaf * many
    for place in range(found):
        table.start[place] = start
        start += np.int64(kept.pattern[first + place] >> COUNT)
    for other in range(many):
        kept.member[table.start[table.key[other]]] = other
        table.start[table.key[other]] += 1


def explain_kept(forest, stops, row, kept, failed, unit, gain, loss, total, found):
    """Add to `found` (G, P * total) the contributions of a row with codes (V,); failed and unit (P,) are space."""
    leaf = 0
    for tree in range(forest.roots.shape[0]):
        root = forest.roots[tree]
        failed[0] = ZERO
        for node in range(root, stops[tree]):
            mine = failed[node - root]
            if forest.nodes[node, COLUMN] >= 0:
                goes = row[forest.nodes[node, COLUMN]] <= forest.nodes[node, CUT]
                more = mine | bit(forest.nodes[node, PLAYER])
                failed[forest.nodes[node, LEFT] - root] = mine if goes else more
                failed[forest.nodes[node, RIGHT] - root] = more if goes else mine
            else:
                value, output = forest.nodes[node, CUT], forest.outputs[tree]
                if found.shape[0] > 1:
                    _each(forest, kept, leaf, mine, value, output, gain, loss, total, found)
                else:
                    _mean(forest, kept, leaf, mine, value, output, unit, gain, loss, total, found)
                leaf += 1


def _mean(forest, kept, leaf, mine, value, output, unit, gain, loss, total, found):
    """Contributions at one leaf against all background rows together."""
    losing, lost, gained = ones(mine), 0.0, ZERO
    for place in range(kept.first[leaf], kept.first[leaf + 1]):
        word = kept.pattern[place]
        if word & mine == ZERO:
            theirs, count = word & PLAYERS, np.float64(word >> COUNT)
            gaining = ones(theirs)
            lost += count * loss[gaining, losing]
            share = count * gain[gaining, losing]
            gained |= theirs
            while theirs:
                unit[lowest(theirs)] += share
                theirs &= theirs - ONE
    while gained:
        player = lowest(gained)
        for k in range(forest.values.shape[1]):
            found[0, player * total + output + k] += unit[player] * forest.values[value, k]
        unit[player] = 0.0
        gained &= gained - ONE
    if lost != 0.0:
        while mine:
            for k in range(forest.values.shape[1]):
                found[0, lowest(mine) * total + output + k] -= lost * forest.values[value, k]
            mine &= mine - ONE


def _each(forest, kept, leaf, mine, value, output, gain, loss, total, found):
    """The same against each single background row."""
    losing, start = ones(mine), leaf * found.shape[0]
    for place in range(kept.first[leaf], kept.first[leaf + 1]):
        word = kept.pattern[place]
        stop = start + np.int64(word >> COUNT)
        if word & mine == ZERO:
            gaining = ones(word & PLAYERS)
            for k in range(forest.values.shape[1]):
                share = gain[gaining, losing] * forest.values[value, k]
                theirs = word & PLAYERS
                while theirs:
                    cell = lowest(theirs) * total + output + k
                    for member in range(start, stop):
                        found[kept.member[member], cell] += share
                    theirs &= theirs - ONE
                share = loss[gaining, losing] * forest.values[value, k]
                theirs = mine
                while theirs:
                    cell = lowest(theirs) * total + output + k
                    for member in range(start, stop):
                        found[kept.member[member], cell] -= share
                    theirs &= theirs - ONE
        start = stop

"""The leaf kernel: contributions of many rows, as a mean over the background.

Down every path rows that fail the same players are kept together as a class, and so are background rows. A pair of
classes can reach the leaf if no player fails on both sides; the players that only the background row fails then gain,
and those that only the explained row fails lose, by closed forms of how many they are (Lundberg et al. 2020, algorithm
3; by patterns instead of rows as in Nadel & Wexler 2025). So the work at a leaf is one sum per pair of classes and one
addition per row. Rows that no background row can help on any more are dropped on the way.

Sizes: T trees, D deepest, n rows, m background rows, W words of m bits, S players on a path at most, P players.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xai.attribution.trees.ensemble import COLUMN, CUT, LEFT, PLACE, PLAYER, RIGHT
from xai.attribution.trees.kernels.bits import ONE, ZERO, bit, find, lowest, ones, whole

NODE, STAGE, LIVE, CLASSES, OTHERS, SLOTS, BEFORE, FRAME = range(8)
"""What is remembered at each depth: the node, how many of its children are done, how many rows are alive, how many
classes they and the background form, how many players are on the path, and where the node's player was held before."""


class Forest(NamedTuple):
    """The trees, and for every node which background rows it sends to the left."""

    nodes: np.ndarray  # (N, 6)
    roots: np.ndarray  # (T,)
    outputs: np.ndarray  # (T,)
    values: np.ndarray  # (L, width)
    left: np.ndarray  # (inner nodes, W) words
    first: int  # the place of the first of these nodes


class Rows(NamedTuple):
    """The explained rows: at each depth those that are alive, and their classes."""

    codes: np.ndarray  # (V, n)
    at: np.ndarray  # (D + 1, n) which row
    key: np.ndarray  # (D + 1, n) its class; after the node's question twice that, and one more where it goes left
    failed: np.ndarray  # (D + 1, n) of each class: players that fail, as bits
    open: np.ndarray  # (D + 1, n, W) of each class: background rows that fulfil all of these players
    used: np.ndarray  # (D + 1, 2 n) of each key: whether any row has it


class Others(NamedTuple):
    """The background rows and their classes at each depth."""

    codes: np.ndarray  # (V, m)
    key: np.ndarray  # (D + 1, m)
    failed: np.ndarray  # (D + 1, m)
    count: np.ndarray  # (D + 1, 2 m) of each key: how many rows that can still help somebody


class Path(NamedTuple):
    """The path from the root to the present node."""

    frame: np.ndarray  # (D + 1, FRAME)
    failing: np.ndarray  # (D + 1, W) background rows that fail the player asked above, anywhere on the path
    alive: np.ndarray  # (D + 1, W) background rows that can still help any class
    slot: np.ndarray  # (P,) the bit of a player on this path
    held: np.ndarray  # (P,) the depth at which `failing` holds its rows; -1 where it is not on the path
    player: np.ndarray  # (64,) the player of each bit


class Work(NamedTuple):
    """Space for one node at a time."""

    known: np.ndarray  # a table of words
    stamps: np.ndarray
    number: np.ndarray
    clock: np.ndarray  # (1,) the last stamp
    child: np.ndarray  # of each key: the class in a child, -1 for dead rows
    pattern: np.ndarray  # (2 m,) background patterns at a leaf
    count: np.ndarray  # (2 m,)
    size: np.ndarray  # (2 m,)
    member: np.ndarray  # (2 m, S rounded up to eights) 1.0 for players that fail
    hits: np.ndarray  # (2 m,) patterns that meet one class
    unit: np.ndarray  # (S rounded up,) contributions at a leaf of value 1
    entry: np.ndarray  # (2 n,) of each key: its line in `table`
    table: np.ndarray  # (2 n, S * width)
    cell: np.ndarray  # (S * width,) where these belong in a row of `found`
    gain: np.ndarray  # (S + 1, S + 1) weight of a player that gains, by how many gain and how many lose
    loss: np.ndarray


def explain_rows(forest, rows, others, path, work, total, found):
    """Add to `found` (n, P * total) m times the mean contributions to `total` raw outputs."""
    for tree in range(forest.roots.shape[0]):
        if forest.nodes[forest.roots[tree], COLUMN] >= 0:
            _start(forest.roots[tree], rows, others, path)
            depth = 0
            while depth >= 0:
                node = path.frame[depth, NODE]
                if path.frame[depth, STAGE] == 0:
                    _ask(forest, rows, others, path, depth)
                    left, right = forest.nodes[node, LEFT], forest.nodes[node, RIGHT]
                    if forest.nodes[left, COLUMN] < 0 or forest.nodes[right, COLUMN] < 0:
                        _meet(forest, rows, others, path, work, depth, forest.outputs[tree], total, found)
                depth = _go_on(forest, rows, others, path, work, depth)


def _start(root, rows, others, path):
    """At the root all rows are one class that fails nobody, and everybody is alive."""
    frame = path.frame
    frame[0, NODE], frame[0, STAGE], frame[0, SLOTS] = root, 0, 0
    frame[0, LIVE], frame[0, CLASSES], frame[0, OTHERS] = rows.codes.shape[1], 1, 1
    rows.failed[0, 0], others.failed[0, 0] = ZERO, ZERO
    for word in range(path.alive.shape[1]):
        rows.open[0, 0, word] = path.alive[0, word] = whole(word, others.codes.shape[1])
    for row in range(rows.codes.shape[1]):
        rows.at[0, row], rows.key[0, row] = row, 0
    for other in range(others.codes.shape[1]):
        others.key[0, other] = 0


def _ask(forest, rows, others, path, depth):
    """Ask the node's question: classes become keys."""
    node = path.frame[depth, NODE]
    column, cut = forest.nodes[node, COLUMN], forest.nodes[node, CUT]
    for key in range(2 * path.frame[depth, CLASSES]):
        rows.used[depth, key] = 0
    for place in range(path.frame[depth, LIVE]):
        key = 2 * rows.key[depth, place] + (rows.codes[column, rows.at[depth, place]] <= cut)
        rows.key[depth, place] = key
        rows.used[depth, key] = 1
    for key in range(2 * path.frame[depth, OTHERS]):
        others.count[depth, key] = 0.0
    for other in range(others.codes.shape[1]):
        key = 2 * others.key[depth, other] + (others.codes[column, other] <= cut)
        others.key[depth, other] = key
        others.count[depth, key] += (path.alive[depth, other >> 6] >> np.uint64(other & 63)) & ONE


def _slot(path, player, depth):
    """The bit of the node's player: its own, or the next free one."""
    return path.slot[player] if path.held[player] >= 0 else path.frame[depth, SLOTS]


def _meet(forest, rows, others, path, work, depth, output, total, found):
    """At a node with a leaf below: what each key contributes there, and add it to the rows."""
    node = path.frame[depth, NODE]
    player = forest.nodes[node, PLAYER]
    slot = _slot(path, player, depth)
    path.player[slot] = player
    size = path.frame[depth, SLOTS] + (path.held[player] < 0)
    width = forest.values.shape[1]
    for key in range(2 * path.frame[depth, CLASSES]):
        work.entry[key] = -1
    lines = 0
    for side in range(2):
        leaf = forest.nodes[node, LEFT] if side else forest.nodes[node, RIGHT]
        if forest.nodes[leaf, COLUMN] < 0:
            patterns = _patterns(others, path, work, depth, slot, side, size)
            lines = _tabulate(forest, rows, path, work, depth, slot, side, size, patterns, leaf, lines)
    for place in range(size):
        for k in range(width):
            work.cell[place * width + k] = path.player[place] * total + output + k
    for place in range(path.frame[depth, LIVE]):
        line = work.entry[rows.key[depth, place]]
        if line >= 0:
            row = rows.at[depth, place]
            for cell in range(size * width):
                found[row, work.cell[cell]] += work.table[line, cell]


def _patterns(others, path, work, depth, slot, side, size):
    """The different sets of failing players among the background rows at one child; returns how many."""
    patterns = 0
    for key in range(2 * path.frame[depth, OTHERS]):
        if others.count[depth, key] > 0.0:
            failed = others.failed[depth, key >> 1]
            if (key & 1) != side:
                failed |= bit(slot)
            work.pattern[patterns], work.size[patterns] = failed, ones(failed)
            work.count[patterns] = others.count[depth, key]
            for place in range((size + 7) & ~7):  # whole eights, so that `_gather` runs in the processor's vectors
                work.member[patterns, place] = (failed >> np.uint64(place)) & ONE
            patterns += 1
    return patterns


def _tabulate(forest, rows, path, work, depth, slot, side, size, patterns, leaf, lines):
    """Add the contributions at one leaf to the table, a line for each key that gets any; returns how many lines."""
    width, value = forest.values.shape[1], forest.nodes[leaf, CUT]
    for key in range(2 * path.frame[depth, CLASSES]):
        if rows.used[depth, key]:
            failed = rows.failed[depth, key >> 1]
            if (key & 1) != side:
                failed |= bit(slot)
            if _gather(work, failed, patterns, size):
                line = work.entry[key]
                if line < 0:
                    line, lines = lines, lines + 1
                    work.entry[key] = line
                    for cell in range(size * width):
                        work.table[line, cell] = 0.0
                for place in range(size):
                    for k in range(width):
                        work.table[line, place * width + k] += work.unit[place] * forest.values[value, k]
    return lines


def _gather(work, failed, patterns, size):
    """Contributions of the players at a leaf of value 1 to rows that fail `failed`; False where there are none."""
    hits, losing = 0, ones(failed)
    for place in range(patterns):  # without a branch: which patterns fit is unpredictable
        work.hits[hits] = place
        hits += (work.pattern[place] & failed) == ZERO
    if hits == 0 or (hits == 1 and losing == 0 and work.size[work.hits[0]] == 0):
        return False
    for place in range((size + 7) & ~7):
        work.unit[place] = 0.0
    lost = 0.0
    for hit in range(hits):
        place = work.hits[hit]
        gaining = work.size[place]
        gained = work.count[place] * work.gain[gaining, losing]
        lost += work.count[place] * work.loss[gaining, losing]
        for begin in range(0, size, 8):
            for k in range(8):
                work.unit[begin + k] += gained * work.member[place, begin + k]
    while failed:
        work.unit[lowest(failed)] -= lost
        failed &= failed - ONE
    return True


def _go_on(forest, rows, others, path, work, depth):
    """Step down to the next child that is no leaf and that some row can reach; else step up. Returns the depth."""
    frame, node = path.frame, path.frame[depth, NODE]
    player = forest.nodes[node, PLAYER]
    while frame[depth, STAGE] < 2:
        side = 1 - frame[depth, STAGE]
        frame[depth, STAGE] += 1
        child = forest.nodes[node, LEFT] if side else forest.nodes[node, RIGHT]
        if forest.nodes[child, COLUMN] >= 0:
            _narrow(forest, path, depth, side)
            if _split_rows(rows, path, work, depth, side, player) > 0:
                _split_others(others, path, work, depth, side, player)
                frame[depth + 1, NODE], frame[depth + 1, STAGE] = child, 0
                frame[depth + 1, BEFORE] = path.held[player]
                path.held[player] = depth + 1
                return depth + 1
    if depth > 0:
        path.held[forest.nodes[frame[depth - 1, NODE], PLAYER]] = frame[depth, BEFORE]
    return depth - 1


def _narrow(forest, path, depth, side):
    """Which background rows fail the node's player once the path goes on to one side."""
    node = path.frame[depth, NODE]
    player, place = forest.nodes[node, PLAYER], forest.nodes[node, PLACE] - forest.first
    held = path.held[player]
    slot = _slot(path, player, depth)
    path.slot[player], path.player[slot] = slot, player
    path.frame[depth + 1, SLOTS] = path.frame[depth, SLOTS] + (held < 0)
    for word in range(path.failing.shape[1]):
        failing = ~forest.left[place, word] if side else forest.left[place, word]
        path.failing[depth + 1, word] = failing | path.failing[held, word] if held >= 0 else failing
        path.alive[depth + 1, word] = ZERO


def _split_rows(rows, path, work, depth, side, player):
    """The classes of a child, and the rows that are alive there; returns how many."""
    classes, words = 0, path.alive.shape[1]
    new, mine = path.held[player] < 0, bit(path.slot[player])
    work.clock[0] += 1
    for key in range(2 * path.frame[depth, CLASSES]):
        work.child[key] = -1
        if rows.used[depth, key]:
            parent = key >> 1
            failed, some = rows.failed[depth, parent], ONE
            place = np.int64(-1)
            if (key & 1) != side or failed & mine:
                failed |= mine
                if not new:  # two classes of the parent may now fail the same players
                    place = find(failed, work.known, work.stamps, work.clock[0])
                    if work.stamps[place] == work.clock[0]:
                        work.child[key] = work.number[place]
                        continue
                    work.stamps[place], work.known[place], work.number[place] = work.clock[0], failed, -1
                some = ZERO
                for word in range(words):
                    rows.open[depth + 1, classes, word] = (
                        rows.open[depth, parent, word] & ~path.failing[depth + 1, word]
                    )
                    some |= rows.open[depth + 1, classes, word]
            else:
                for word in range(words):
                    rows.open[depth + 1, classes, word] = rows.open[depth, parent, word]
            if some != ZERO:
                if place >= 0:
                    work.number[place] = classes
                for word in range(words):
                    path.alive[depth + 1, word] |= rows.open[depth + 1, classes, word]
                rows.failed[depth + 1, classes] = failed
                work.child[key] = classes
                classes += 1
    path.frame[depth + 1, CLASSES] = classes
    return _move_rows(rows, path, work, depth) if classes else 0


def _move_rows(rows, path, work, depth):
    live = 0
    for place in range(path.frame[depth, LIVE]):
        child = work.child[rows.key[depth, place]]
        rows.at[depth + 1, live], rows.key[depth + 1, live] = rows.at[depth, place], child
        live += child >= 0
    path.frame[depth + 1, LIVE] = live
    return live


def _split_others(others, path, work, depth, side, player):
    """The classes of the background rows in a child."""
    classes = 0
    new, mine = path.held[player] < 0, bit(path.slot[player])
    work.clock[0] += 1
    for key in range(2 * path.frame[depth, OTHERS]):
        work.child[key] = 0  # rows that help nobody any more are in any class
        if others.count[depth, key] > 0.0:
            failed = others.failed[depth, key >> 1]
            if (key & 1) != side or failed & mine:
                failed |= mine
                if not new:
                    place = find(failed, work.known, work.stamps, work.clock[0])
                    if work.stamps[place] == work.clock[0]:
                        work.child[key] = work.number[place]
                        continue
                    work.stamps[place], work.known[place], work.number[place] = work.clock[0], failed, classes
            others.failed[depth + 1, classes] = failed
            work.child[key] = classes
            classes += 1
    path.frame[depth + 1, OTHERS] = classes
    for other in range(others.codes.shape[1]):
        others.key[depth + 1, other] = work.child[others.key[depth, other]]

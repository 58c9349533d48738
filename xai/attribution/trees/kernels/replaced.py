"""The replacing kernels: what the trees say about copies of rows that hold other values of one player.

As long as a row's path does not ask the player, all its copies take the same path; only from the first node on that
asks it is every copy walked by itself.

n rows, k copies of each, G donors of values, P players, `total` raw outputs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xai.attribution.trees.ensemble import COLUMN, CUT, LEFT, PLAYER


class Path(NamedTuple):
    """The path of a row through a tree."""

    node: np.ndarray  # (D,)
    turn: np.ndarray  # (D,) 1 where it goes right
    again: np.ndarray  # (D,) the next depth at which the same player is asked; -1 where there is none


class Players(NamedTuple):
    """Where on this path the players are asked."""

    first: np.ndarray  # (P,) the first depth; -1 between two rows
    last: np.ndarray  # (P,) the last depth so far
    seen: np.ndarray  # (P,) those that are asked
    count: np.ndarray  # (1,) how many


def replace(forest, rows, player, donors, place, total, found):
    """Add to `found` (k, n * total) what the leaves add up to, without the offset.

    rows (n, V) and donors (G, V) are codes; in copy j, row i has the player's codes of donor `place[j, i]`.
    """
    for tree in range(forest.roots.shape[0]):
        output = forest.outputs[tree]
        for row in range(rows.shape[0]):
            node = forest.roots[tree]
            while forest.nodes[node, COLUMN] >= 0 and forest.nodes[node, PLAYER] != player:
                node = _next(forest, node, rows[row, forest.nodes[node, COLUMN]])
            cell = row * total + output
            if forest.nodes[node, COLUMN] < 0:
                for copy in range(found.shape[0]):
                    _add(forest, node, found, copy, cell)
            else:
                for copy in range(found.shape[0]):
                    _add(forest, _leaf(forest, node, rows, row, player, donors, place[copy, row]), found, copy, cell)


def replace_each(forest, rows, copies, path, players, total, said, moved):
    """The same for each player alone: what the rows themselves say, and by how much their copies differ from that.

    copies (n, k, V) are the codes of the donors. Added to `said` (n * total) and `moved` (P, k, n * total).
    """
    for tree in range(forest.roots.shape[0]):
        for row in range(rows.shape[0]):
            leaf = _follow(forest, forest.roots[tree], rows, row, path, players)
            cell = row * total + forest.outputs[tree]
            for k in range(forest.values.shape[1]):
                said[cell + k] += forest.values[forest.nodes[leaf, CUT], k]
            for asked in range(players.count[0]):
                player = players.seen[asked]
                for copy in range(copies.shape[1]):
                    other = _elsewhere(forest, rows, row, player, copies[row], copy, path, players.first[player])
                    if other >= 0:
                        for k in range(forest.values.shape[1]):
                            moved[player, copy, cell + k] += (
                                forest.values[forest.nodes[other, CUT], k] - forest.values[forest.nodes[leaf, CUT], k]
                            )
                players.first[player] = -1


def _follow(forest, root, rows, row, path, players):
    """The leaf in which a row ends. Remembers its path, and where on it each player is asked."""
    node, depth = root, 0
    players.count[0] = 0
    while forest.nodes[node, COLUMN] >= 0:
        player = forest.nodes[node, PLAYER]
        if players.first[player] < 0:
            players.first[player], players.seen[players.count[0]] = depth, player
            players.count[0] += 1
        else:
            path.again[players.last[player]] = depth
        players.last[player] = depth
        path.node[depth], path.again[depth] = node, -1
        path.turn[depth] = rows[row, forest.nodes[node, COLUMN]] > forest.nodes[node, CUT]
        node = forest.nodes[node, LEFT + path.turn[depth]]
        depth += 1
    return node


def _elsewhere(forest, rows, row, player, donors, donor, path, depth):
    """The leaf in which a copy ends, or -1 if it takes all turns that the row takes where its player is asked."""
    while depth >= 0:
        node = path.node[depth]
        turn = donors[donor, forest.nodes[node, COLUMN]] > forest.nodes[node, CUT]
        if turn != path.turn[depth]:
            return _leaf(forest, forest.nodes[node, LEFT + turn], rows, row, player, donors, donor)
        depth = path.again[depth]
    return np.int32(-1)


def _leaf(forest, node, rows, row, player, donors, donor):
    """The leaf below `node` in which a row ends with the player's codes of a donor."""
    while forest.nodes[node, COLUMN] >= 0:
        column = forest.nodes[node, COLUMN]
        code = donors[donor, column] if forest.nodes[node, PLAYER] == player else rows[row, column]
        node = _next(forest, node, code)
    return node


def _next(forest, node, code):
    return forest.nodes[node, LEFT + (code > forest.nodes[node, CUT])]  # `RIGHT` comes after `LEFT`: no branch


def _add(forest, leaf, found, copy, cell):
    value = forest.nodes[leaf, CUT]
    for k in range(forest.values.shape[1]):
        found[copy, cell + k] += forest.values[value, k]

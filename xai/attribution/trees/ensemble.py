"""A tree ensemble laid out flat: all nodes in one table, all leaves in another, questions as integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xai.attribution.trees.conditions import Conditions, conditions
from xai.attribution.trees.tree import Tree, Trees

COLUMN, CUT, LEFT, RIGHT, PLAYER, PLACE = range(6)
"""Columns of the table of nodes. Leaves have column -1 and the place of their value as `CUT`."""


@dataclass(frozen=True)
class Ensemble:
    """Shapes: T trees, N nodes, L leaves, R raw outputs. A node's `PLACE` counts the nodes that are not leaves."""

    nodes: np.ndarray  # (N, 6) int32
    roots: np.ndarray  # (T,) int32
    ends: np.ndarray  # (T + 1,) where the inner nodes of each tree begin, counted by `PLACE`
    leaves: np.ndarray  # (T,)
    outputs: np.ndarray  # (T,) int32 the first raw output that a tree adds to
    values: np.ndarray  # (L, width) what a leaf adds to that output and the next ones
    conditions: Conditions
    offset: np.ndarray  # (R,)
    depths: np.ndarray  # (T,) nodes on the longest path that ask
    widths: np.ndarray  # (T,) most different players on one path
    players: int  # original columns, and one more for encoded columns that are constant

    @property
    def inner(self) -> int:
        return int(self.ends[-1])

    @property
    def parents_first(self) -> bool:
        """Whether every node comes before its children, as some kernels want it."""
        parents = np.flatnonzero(self.nodes[:, COLUMN] >= 0)
        return bool((self.nodes[parents][:, [LEFT, RIGHT]] > parents[:, None]).all())

    @property
    def involved(self) -> np.ndarray:
        """The players that any node asks."""
        found = np.unique(self.nodes[self.nodes[:, COLUMN] >= 0, PLAYER])
        return found[found < self.players - 1]

    def raw(self, codes: np.ndarray) -> np.ndarray:
        """(n, R) raw outputs of the rows with the given codes (V, n): offset plus values of the leaves."""
        found = np.tile(self.offset, (codes.shape[1], 1))
        for tree, values in enumerate(self.leaf_values(codes)):
            found[:, self.outputs[tree] : self.outputs[tree] + values.shape[1]] += values
        return found

    def leaf_values(self, codes: np.ndarray) -> np.ndarray:
        """(T, n, width) the values of the leaves in which the rows end."""
        rows = np.arange(codes.shape[1])
        place = np.repeat(self.roots[:, None], len(rows), axis=1)
        at = self.nodes[place]
        while (asking := at[:, :, COLUMN] >= 0).any():
            left = codes[at[:, :, COLUMN], rows] <= at[:, :, CUT]
            place = np.where(asking, np.where(left, at[:, :, LEFT], at[:, :, RIGHT]), place)
            at = self.nodes[place]
        return self.values[at[:, :, CUT]]


def ensemble(read: Trees, players: np.ndarray, columns: int, scale: float = 1.0) -> Ensemble:
    """Lay out the trees, their outputs times `scale`.

    players (E',): the original column of each column the trees see, out of `columns`; -1 for constants.
    """
    trees = read.trees
    found, column, cut = conditions(trees)
    sizes = np.array([len(tree.left) for tree in trees])
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    start = np.repeat(roots, sizes)
    inner = column >= 0
    leaves = np.add.reduceat(~inner, roots)
    nodes = np.zeros((len(inner), 6), dtype=np.int32)
    nodes[:, COLUMN], nodes[:, CUT] = column, np.where(inner, cut, np.cumsum(~inner) - 1)
    nodes[:, LEFT] = np.where(inner, np.concatenate([tree.left for tree in trees]) + start, 0)
    nodes[:, RIGHT] = np.where(inner, np.concatenate([tree.right for tree in trees]) + start, 0)
    asked = players[np.where(inner, np.concatenate([tree.feature for tree in trees]), 0)]
    nodes[:, PLAYER] = np.where(inner, np.where(asked < 0, columns, asked), 0)
    nodes[:, PLACE] = np.where(inner, np.cumsum(inner) - 1, 0)
    depths, widths = _paths(nodes, roots, columns + 1)
    return Ensemble(
        nodes=nodes,
        roots=roots.astype(np.int32),
        ends=np.concatenate([[0], np.cumsum(sizes - leaves)]),
        leaves=leaves,
        outputs=np.array([tree.output for tree in trees], dtype=np.int32),
        values=_values(trees)[~inner] * scale,
        conditions=found,
        offset=np.asarray(read.offset, dtype=np.float64) * scale,
        depths=depths,
        widths=widths,
        players=columns + 1,
    )


def _values(trees: Sequence[Tree]) -> np.ndarray:
    """(nodes, width) of all trees; narrow ones are filled up with zeros."""
    width = max(tree.value.shape[1] for tree in trees)
    found = np.zeros((sum(len(tree.value) for tree in trees), width))
    start = 0
    for tree in trees:
        found[start : start + len(tree.value), : tree.value.shape[1]] = tree.value
        start += len(tree.value)
    return found


def _paths(nodes: np.ndarray, roots: np.ndarray, players: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each tree: the nodes on its longest path, and the most different players on one path.

    More than 64 players fit into no word; then a path is said to have as many as it is long.
    """
    tree = np.arange(len(roots))
    level, asked = roots, np.zeros(len(roots), dtype=np.uint64)
    depths, widths = np.zeros(len(roots), dtype=np.int64), np.zeros(len(roots), dtype=np.int64)
    while True:
        inner = nodes[level, COLUMN] >= 0
        level, tree, asked = level[inner], tree[inner], asked[inner]
        if not len(level):
            return depths, np.minimum(widths, depths) if players <= 64 else np.minimum(depths, players)
        depths[tree] += 1
        asked = asked | (np.uint64(1) << (nodes[level, PLAYER].astype(np.uint64) & np.uint64(63)))
        np.maximum.at(widths, tree, np.bitwise_count(asked))
        level = np.concatenate([nodes[level, LEFT], nodes[level, RIGHT]])
        tree, asked = np.tile(tree, 2), np.tile(asked, 2)

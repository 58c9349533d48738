"""The trees as they are laid out for saying what they say: a word for each node, siblings side by side."""

from __future__ import annotations

import numpy as np

from xai.attribution.trees.ensemble import COLUMN, CUT, LEFT, RIGHT, Ensemble
from xai.attribution.trees.kernels import said
from xai.attribution.trees.kernels.said import MOST_COLUMNS, MOST_CUT, Walk

_MOST_NODES = 1 << 24


def walk(ensemble: Ensemble) -> Walk | None:
    """The layout; None for an ensemble too large for it."""
    nodes = ensemble.nodes
    inner = nodes[:, COLUMN] >= 0
    largest = nodes.max(axis=0, initial=0)
    if len(nodes) > _MOST_NODES or largest[COLUMN] > MOST_COLUMNS or nodes[inner, CUT].max(initial=0) >= MOST_CUT:
        return None
    order = _siblings_together(ensemble)
    place = np.empty(len(nodes), dtype=np.int64)
    place[order] = np.arange(len(nodes))
    inner = inner[order]
    column = np.where(inner, nodes[order, COLUMN], 0).astype(np.uint64)
    cut = np.where(inner, nodes[order, CUT], np.int64(MOST_CUT)).astype(np.uint64)
    left = np.where(inner, place[nodes[order, LEFT]], np.arange(len(nodes))).astype(np.uint64)
    return Walk(
        nodes=column | (cut << said.CUT) | (left << said.LEFT),
        value=np.where(inner, 0, nodes[order, CUT]).astype(np.int32),
        roots=place[ensemble.roots].astype(np.int32),
        outputs=ensemble.outputs,
        values=ensemble.values,
    )


def _siblings_together(ensemble: Ensemble) -> np.ndarray:
    """(N,) the nodes in their new order: tree by tree, and in each of them level by level."""
    nodes = ensemble.nodes
    level, tree = ensemble.roots.astype(np.int64), np.arange(len(ensemble.roots))
    levels, trees = [level], [tree]
    while True:
        asks = nodes[level, COLUMN] >= 0
        if not asks.any():
            break
        level, tree = nodes[level[asks]][:, [LEFT, RIGHT]].ravel(), np.repeat(tree[asks], 2)
        levels.append(level)
        trees.append(tree)
    return np.concatenate(levels)[np.argsort(np.concatenate(trees), kind="stable")]

"""Whether compiled kernels give the numbers that NumPy gives, on an ensemble that uses everything they can do."""

from __future__ import annotations

import numpy as np

from xai.attribution.trees import by_numpy
from xai.attribution.trees.ensemble import COLUMN, PLAYER, ensemble
from xai.attribution.trees.kernels.coalitions import IDENTITY
from xai.attribution.trees.masked import Group, Masked
from xai.attribution.trees.native import Native
from xai.attribution.trees.saying import replaced, replaced_each, said
from xai.attribution.trees.steps import steps
from xai.attribution.trees.tree import Tree, Trees
from xai.attribution.trees.walk import walk
from xai.compiled.loading import MachineCode

_LIMIT = 1e-11


def agrees(code: MachineCode) -> bool:
    """Every function of the code, on random trees with two outputs, 70 background rows and repeated players."""
    random = np.random.default_rng(0)
    trees = drawn(random, count=5, features=6, depth=7)
    flat = ensemble(trees, np.array([0, 1, 2, 2, 3, -1]), columns=4)
    rows, others = (flat.conditions.codes(_matrix(random, count)) for count in (40, 70))
    native, walking = Native(code, flat, others), Native(code, flat, others, keep=False)
    expected = by_numpy.explain_rows(flat, rows, others)
    each = by_numpy.explain_row(flat, rows[:, 0], others)
    raw = native.coalitions(rows[:, 0], np.arange(4), IDENTITY, 2, each=False)[0]
    place = random.integers(others.shape[1], size=(3, rows.shape[1]))
    asked = np.isin(np.arange(len(rows)), flat.nodes[flat.nodes[:, PLAYER] == 2, COLUMN])
    copies = np.array([flat.raw(np.where(asked[:, None], others[:, donors], rows)) for donors in place])
    pairs = (
        (native.rows(rows), expected),
        (native.row(rows[:, 0], each=True), each),
        (native.row(rows[:, 0], each=False)[0], expected[0]),
        (walking.row(rows[:, 0], each=True), each),
        (walking.row(rows[:, 0], each=False)[0], expected[0]),
        (raw[-1], flat.raw(rows[:, :1])[0]),
        (raw[0], flat.raw(others).mean(axis=0)),
        (said(code, walk(flat), flat.offset, rows), flat.raw(rows)),
        (replaced(code, flat, rows.T, 2, others.T, place), copies),
        (replaced_each(code, flat, rows.T, others.T, place)[2], copies),
        *(_by_states(code, random, depth, outputs) for depth in (5, 6) for outputs in (1, 2)),
    )
    return all(np.abs(found - wanted).max() < _LIMIT for found, wanted in pairs)


def _by_states(
    code: MachineCode, random: np.random.Generator, depth: int, outputs: int
) -> tuple[np.ndarray, np.ndarray]:
    """What small trees say, asked by states and by NumPy. Of depth 5 two share a word, of depth 6 none do."""
    flat = ensemble(drawn(random, count=5, features=6, depth=depth, outputs=outputs), np.arange(6), columns=6)
    matrix = _matrix(random, 70)
    rows, compared = flat.conditions.codes(matrix), flat.conditions.compared(matrix)
    numbers = steps(flat.conditions)
    masked = Masked(code, flat, [Group(step.conditions, step.codes) for step in numbers])
    states = [masked.states(step, compared[step.conditions[0]]) for step in numbers]
    return masked.said(np.stack(states)), flat.raw(rows)


def drawn(random: np.random.Generator, count: int, features: int, depth: int, outputs: int = 2) -> Trees:
    """Random trees on standard normal features, each leaf with a value for each output."""
    return Trees(
        tuple(_tree(random, features, depth, outputs) for _ in range(count)),
        offset=np.array([0.5, -0.5])[:outputs],
        answers=True,
    )


def _tree(random: np.random.Generator, features: int, depth: int, outputs: int) -> Tree:
    left, right = [-1], [-1]
    waiting = [(0, 0)]
    while waiting:
        node, level = waiting.pop()
        if level < depth and (level < 2 or random.random() < 0.8):
            left[node], right[node] = len(left), len(left) + 1
            left += [-1, -1]
            right += [-1, -1]
            waiting += [(left[node], level + 1), (right[node], level + 1)]
    size = len(left)
    return Tree(
        feature=random.integers(features, size=size),
        threshold=random.normal(size=size).round(1),
        missing=random.integers(2, size=size),
        left=np.array(left),
        right=np.array(right),
        value=random.normal(size=(size, outputs)),
    )


def _matrix(random: np.random.Generator, count: int) -> np.ndarray:
    """Rows with gaps; the last column is the same everywhere."""
    matrix = random.normal(size=(count, 6)).round(1)
    matrix[random.random((count, 6)) < 0.1] = np.nan
    matrix[:, -1] = 1.0
    return matrix

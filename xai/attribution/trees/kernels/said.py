"""The predicting kernel: what the trees say about rows.

Several rows walk through a tree side by side, because a processor that waits for the next node of one of them can go on
with the others.
"""

from __future__ import annotations

from xai.attribution.trees.ensemble import COLUMN, CUT, LEFT

TOGETHER = 8


def say(forest, rows, at, total, found):
    """Add to `found` (n * total) what the leaves add up to, without the offset.

    rows (n, V) are codes; `at` (TOGETHER,) is space.
    """
    for tree in range(forest.roots.shape[0]):
        for start in range(0, rows.shape[0], TOGETHER):
            count = min(TOGETHER, rows.shape[0] - start)
            for k in range(count):
                at[k] = forest.roots[tree]
            walking = True
            while walking:
                walking = False
                for k in range(count):
                    node = at[k]
                    column = forest.nodes[node, COLUMN]
                    if column >= 0:
                        at[k] = forest.nodes[node, LEFT + (rows[start + k, column] > forest.nodes[node, CUT])]
                        walking = True
            for k in range(count):
                cell = (start + k) * total + forest.outputs[tree]
                for output in range(forest.values.shape[1]):
                    found[cell + output] += forest.values[forest.nodes[at[k], CUT], output]

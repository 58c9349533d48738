"""The kernels as C functions of one signature: `void entry(int32_t **, uint64_t **, double **, int64_t *sizes)`.

Arrays come as tables of addresses, by type and in the order in which `native` lists them. This module needs numba:
only the process that compiles imports it.
"""

from __future__ import annotations

import numpy as np
from numba import carray, njit
from numba.extending import register_jitable

from xai.attribution.trees.kernels import bits, coalitions, kept, masked, replaced, row, rows, said, sides

_OPTIONS = {"error_model": "numpy", "boundscheck": False}

# written into their callers by LLVM: as fast as when numba does it, and compiled in a third of the time
for _module in (bits, sides, row, rows, kept, coalitions, said, masked, replaced):
    for _function in list(vars(_module).values()):
        if getattr(_function, "__module__", None) == _module.__name__ and not isinstance(_function, type):
            register_jitable(forceinline=True, **_OPTIONS)(_function)

_find_sides = njit(**_OPTIONS)(sides.find_sides)
_explain_rows = njit(**_OPTIONS)(rows.explain_rows)
_explain_row = njit(**_OPTIONS)(row.explain_row)
_keep_patterns = njit(**_OPTIONS)(kept.keep_patterns)
_explain_kept = njit(**_OPTIONS)(kept.explain_kept)
_play = njit(**_OPTIONS)(coalitions.play)
_say = njit(**_OPTIONS)(said.say)
_find_states = njit(**_OPTIONS)(masked.find_states)
_find_masks = njit(**_OPTIONS)(masked.find_masks)
_say_masked = njit(**_OPTIONS)(masked.say_masked)
_replace = njit(**_OPTIONS)(replaced.replace)
_replace_each = njit(**_OPTIONS)(replaced.replace_each)


def find_sides(ints, words, reals, sizes):
    """sizes: nodes, first, V, m, inner nodes, W."""
    nodes, first, columns, others, inner, width = sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5]
    _find_sides(
        carray(ints[0], (nodes, 6)), first, carray(ints[1], (columns, others)), carray(words[0], (inner, width))
    )


def explain_row(ints, words, reals, sizes):
    """sizes: those of the forest, V, m, D, P, S, total, G."""
    columns, others, depth, players, most, total, groups = _seven(sizes)
    waiting = 2 * depth + 1
    path = row.Path(
        carray(ints[4], (waiting, row.FRAME)),
        carray(words[1], (waiting,)),
        carray(reals[1], (waiting, 2, sizes[3])),
        carray(ints[5], (players,)),
    )
    weights = row.Weights(carray(reals[2], (most + 1, most + 1)), carray(reals[3], (most + 1, most + 1)))
    found = carray(reals[4], (groups, players * total))
    _explain_row(_forest(ints, words, reals, sizes), carray(ints[3], (columns,)), others, path, weights, total, found)


def explain_rows(ints, words, reals, sizes):
    """sizes: those of the forest, V, m, D, P, S, total, n, space of the table of words."""
    columns, others, depth, players, most, total, count = _seven(sizes)
    space, longest, padded = sizes[14], max(count, others), (most + 7) & ~7
    width = sizes[5]
    explained = rows.Rows(
        carray(ints[3], (columns, count)),
        carray(ints[4], (depth + 1, count)),
        carray(ints[5], (depth + 1, count)),
        carray(words[1], (depth + 1, count)),
        carray(words[2], (depth + 1, count, width)),
        carray(ints[6], (depth + 1, 2 * count)),
    )
    background = rows.Others(
        carray(ints[7], (columns, others)),
        carray(ints[8], (depth + 1, others)),
        carray(words[3], (depth + 1, others)),
        carray(reals[1], (depth + 1, 2 * others)),
    )
    path = rows.Path(
        carray(ints[9], (depth + 1, rows.FRAME)),
        carray(words[4], (depth + 1, width)),
        carray(words[5], (depth + 1, width)),
        carray(ints[10], (players,)),
        carray(ints[11], (players,)),
        carray(ints[12], (64,)),
    )
    work = rows.Work(
        carray(words[6], (space,)),
        carray(ints[13], (space,)),
        carray(ints[14], (space,)),
        carray(ints[15], (1,)),
        carray(ints[16], (2 * longest,)),
        carray(words[7], (2 * others,)),
        carray(reals[2], (2 * others,)),
        carray(ints[17], (2 * others,)),
        carray(reals[3], (2 * others, padded)),
        carray(ints[18], (2 * others,)),
        carray(reals[4], (padded,)),
        carray(ints[19], (2 * count,)),
        carray(reals[5], (2 * count, most * sizes[3])),
        carray(ints[20], (most * sizes[3],)),
        carray(reals[6], (most + 1, most + 1)),
        carray(reals[7], (most + 1, most + 1)),
    )
    found = carray(reals[8], (count, players * total))
    _explain_rows(_forest(ints, words, reals, sizes), explained, background, path, work, total, found)


def keep_patterns(ints, words, reals, sizes):
    """sizes: those of the forest, V, m, nodes of the largest tree, leaves, space of the table of words."""
    columns, others, deepest, leaves, space = sizes[7], sizes[8], sizes[9], sizes[10], sizes[11]
    table = kept.Table(
        carray(words[2], (space,)),
        carray(ints[7], (space,)),
        carray(ints[8], (space,)),
        carray(ints[9], (1,)),
        carray(ints[10], (others,)),
        carray(ints[11], (others,)),
    )
    _keep_patterns(
        _forest(ints, words, reals, sizes),
        carray(ints[3], (sizes[1],)),
        carray(ints[4], (columns, others)),
        carray(words[1], (deepest, others)),
        table,
        kept.Kept(
            carray(ints[5], (leaves + 1,)), carray(ints[6], (leaves * others,)), carray(words[3], (leaves * others,))
        ),
    )


def explain_kept(ints, words, reals, sizes):
    """sizes: those of the forest, V, nodes of the largest tree, leaves, m, patterns, P, S, total, G."""
    columns, deepest, leaves, others, patterns, players, most = _seven(sizes)
    total, groups = sizes[14], sizes[15]
    _explain_kept(
        _forest(ints, words, reals, sizes),
        carray(ints[3], (sizes[1],)),
        carray(ints[4], (columns,)),
        kept.Kept(carray(ints[5], (leaves + 1,)), carray(ints[6], (leaves * others,)), carray(words[1], (patterns,))),
        carray(words[2], (deepest,)),
        carray(reals[1], (players,)),
        carray(reals[2], (most + 1, most + 1)),
        carray(reals[3], (most + 1, most + 1)),
        total,
        carray(reals[4], (groups, players * total)),
    )


def play(ints, words, reals, sizes):
    """sizes: those of the forest, V, m, D, R, coalitions, G, K; link."""
    columns, others, depth, raw, coalitions_, groups, outputs = _seven(sizes)
    stack = coalitions.Stack(
        carray(ints[5], (depth + 1,)), carray(ints[6], (depth + 1,)), carray(ints[7], (depth + 1,))
    )
    _play(
        _forest(ints, words, reals, sizes),
        carray(ints[3], (columns,)),
        carray(ints[4], (columns, others)),
        carray(reals[1], (raw,)),
        sizes[14],
        stack,
        carray(reals[2], (raw, coalitions_)),
        carray(reals[3], (groups, coalitions_, outputs)),
    )


def say(ints, words, reals, sizes):
    """sizes: N, T, L, width, V, n, total."""
    nodes, trees, leaves, width, columns, count, total = _first(sizes)
    walk = said.Walk(
        carray(words[0], (nodes,)),
        carray(ints[0], (nodes,)),
        carray(ints[1], (trees,)),
        carray(ints[2], (trees,)),
        carray(reals[0], (leaves, width)),
    )
    _say(
        walk,
        carray(ints[3], (columns, count)),
        carray(words[1], (said.TOGETHER,)),
        total,
        carray(reals[1], (count * total,)),
    )


def find_states(ints, words, reals, sizes):
    """sizes: n, u + most, most, buckets; whether an equal threshold counts, the state of a missing value."""
    line = carray(reals[2], (2,))
    buckets = masked.Buckets(line[0], line[1], carray(ints[0], (sizes[3],)), np.int32(sizes[2]))
    values, thresholds = carray(reals[0], (sizes[0],)), carray(reals[1], (sizes[1],))
    _find_states(values, buckets, thresholds, np.int32(sizes[4]), np.int32(sizes[5]), carray(ints[1], (sizes[0],)))


def find_masks(ints, words, reals, sizes):
    """sizes: N, T, V, S, codes, nodes of the largest tree; W, whether trees share words."""
    nodes, trees, columns, count = sizes[0], sizes[1], sizes[2], sizes[3]
    states = masked.States(
        carray(ints[3], (columns,)),
        carray(ints[4], (columns,)),
        carray(ints[5], (columns,)),
        carray(ints[6], (sizes[4],)),
    )
    _find_masks(
        carray(ints[0], (nodes, 6)),
        carray(ints[1], (trees,)),
        carray(ints[2], (trees,)),
        states,
        sizes[7],
        carray(words[0], (sizes[5],)),
        carray(words[1], (count, sizes[6])),
    )


def say_masked(ints, words, reals, sizes):
    """sizes: S, W, room for leaves, width, G, n, total; T, whether trees share words."""
    states, span, leaves, width, groups, count, total = _first(sizes)
    _say_masked(
        carray(words[0], (states, span)),
        sizes[8],
        carray(ints[0], (sizes[7],)),
        carray(reals[0], (leaves, width)),
        carray(ints[1], (groups,)),
        carray(ints[2], (groups, count)),
        total,
        carray(words[1], (span,)),
        carray(reals[1], (count * total,)),
    )


def replace(ints, words, reals, sizes):
    """sizes: those of the forest, n, V, player, G, k, total."""
    count, columns, player, donors, copies, total = sizes[7], sizes[8], sizes[9], sizes[10], sizes[11], sizes[12]
    _replace(
        _forest(ints, words, reals, sizes),
        carray(ints[3], (count, columns)),
        player,
        carray(ints[4], (donors, columns)),
        carray(ints[5], (copies, count)),
        total,
        carray(reals[1], (copies, count * total)),
    )


def replace_each(ints, words, reals, sizes):
    """sizes: those of the forest, n, V, D, P, k, total."""
    count, columns, depth, players, copies, total = sizes[7], sizes[8], sizes[9], sizes[10], sizes[11], sizes[12]
    path = replaced.Path(carray(ints[5], (depth,)), carray(ints[6], (depth,)), carray(ints[7], (depth,)))
    asked = replaced.Players(
        carray(ints[8], (players,)), carray(ints[9], (players,)), carray(ints[10], (players,)), carray(ints[11], (1,))
    )
    _replace_each(
        _forest(ints, words, reals, sizes),
        carray(ints[3], (count, columns)),
        carray(ints[4], (count, copies, columns)),
        path,
        asked,
        total,
        carray(reals[1], (count * total,)),
        carray(reals[2], (players, copies, count * total)),
    )


@register_jitable(**_OPTIONS)
def _forest(ints, words, reals, sizes):
    """sizes: N, T, L, width, inner nodes, W, first."""
    return rows.Forest(
        carray(ints[0], (sizes[0], 6)),
        carray(ints[1], (sizes[1],)),
        carray(ints[2], (sizes[1],)),
        carray(reals[0], (sizes[2], sizes[3])),
        carray(words[0], (sizes[4], sizes[5])),
        sizes[6],
    )


@register_jitable(**_OPTIONS)
def _first(sizes):
    return sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6]


@register_jitable(**_OPTIONS)
def _seven(sizes):
    return sizes[7], sizes[8], sizes[9], sizes[10], sizes[11], sizes[12], sizes[13]


ENTRIES = (
    find_sides,
    explain_row,
    explain_rows,
    keep_patterns,
    explain_kept,
    play,
    say,
    find_states,
    find_masks,
    say_masked,
    replace,
    replace_each,
)

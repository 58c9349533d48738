"""What an ensemble says about rows, and about copies of them in which one column holds other values; compiled.

Rows are shared out among the processors. Each is added up in the order of the trees, so its numbers do not depend on
how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xai.attribution.trees.ensemble import Ensemble
from xai.attribution.trees.kernels.said import TOGETHER, Walk
from xai.attribution.trees.sharing import Part, parts, processors, side_by_side
from xai.compiled.loading import MachineCode

_WORTH_THREADS = 20_000  # paths from a root to a leaf
_AT_ONCE = 128  # rows whose codes, and those of their copies, stay in the processor's cache while the trees pass by


def said(code: MachineCode, layout: Walk, offset: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(n, R) raw outputs of rows given as codes (V, n): the offset (R,) and what the leaves add up to."""

    def call(part: slice) -> np.ndarray:
        (given,), found = _codes(rows[:, part]), np.tile(offset, part.stop - part.start)
        sizes = [len(layout.nodes), len(layout.roots), *layout.values.shape, *given.shape, len(offset)]
        code.call(
            "say",
            [
                *(layout.nodes, layout.value, layout.roots, layout.outputs, layout.values),
                *(given, np.zeros(TOGETHER, dtype=np.uint64), found),
            ],
            sizes,
        )
        return found.reshape(part.stop - part.start, -1)

    return in_parts(call, rows.shape[1], len(layout.roots))


def replaced(
    code: MachineCode, ensemble: Ensemble, rows: np.ndarray, player: int, donors: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """(k, n, R) raw outputs of k copies of the rows (n, V): row i of copy j has a player's codes of `place[j, i]`.

    `donors` (G, V) are codes as well, of which only those of the player matter.
    """
    copies = len(place)

    def call(part: slice) -> np.ndarray:
        found = np.tile(ensemble.offset, (copies, part.stop - part.start))
        given = _codes(rows[part], donors, place[:, part])
        _call(code, "replace", ensemble, [*given, found], [player, len(donors), copies])
        return found.reshape(copies, part.stop - part.start, -1)

    return in_parts(call, len(rows), copies * len(ensemble.roots))


def replaced_each(
    code: MachineCode, ensemble: Ensemble, rows: np.ndarray, donors: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """(C, k, n, R) the same for each original column alone."""
    copies, players, total = len(place), ensemble.players, len(ensemble.offset)
    depth = max(int(ensemble.depths.max(initial=0)), 1)

    def call(part: slice) -> np.ndarray:
        count = part.stop - part.start
        own, moved = np.tile(ensemble.offset, count), np.zeros((players, copies, count * total))
        path, asked = np.zeros((3, depth), dtype=np.int32), np.zeros((3, players), dtype=np.int32)
        asked[0] = -1
        space = [*path, *asked, np.zeros(1, dtype=np.int32)]
        given = [*_codes(rows[part], donors[place[:, part].T]), *space]
        _call(code, "replace_each", ensemble, [*given, own, moved], [depth, players, copies])
        return (own + moved[:-1]).reshape(players - 1, copies, count, total)

    return in_parts(call, len(rows), copies * len(ensemble.roots))


def in_parts(call: Callable[[slice], np.ndarray], count: int, paths: int, at_once: int = _AT_ONCE) -> np.ndarray:
    """What `call` finds for all rows; they are the last dimension but one. `paths`: of one row."""

    def work(share: Part) -> np.ndarray:
        starts = range(share.start, share.stop, at_once)
        return np.concatenate([call(slice(k, min(k + at_once, share.stop))) for k in starts], axis=-2)

    if not count:
        return call(slice(0, 0))
    if count * paths <= _WORTH_THREADS:
        return work(Part(0, count))
    return np.concatenate(side_by_side(work, parts(np.ones(count), min(processors(), count))), axis=-2)


def _codes(*arrays: np.ndarray) -> list[np.ndarray]:
    return [np.ascontiguousarray(each, dtype=np.int32) for each in arrays]


def _call(code: MachineCode, name: str, ensemble: Ensemble, arrays: Sequence[np.ndarray], sizes: Sequence[int]) -> None:
    nothing = np.zeros((0, 0), dtype=np.uint64)
    forest = [ensemble.nodes, ensemble.roots, ensemble.outputs, ensemble.values, nothing]
    of_forest = [len(ensemble.nodes), len(ensemble.roots), *ensemble.values.shape, 0, 0, 0]
    code.call(name, [*forest, *arrays], [*of_forest, *arrays[0].shape, *sizes, len(ensemble.offset)])

"""Calling the compiled kernels: which arrays they want, how much space they need, and how the work is shared out.

The trees are divided among the processors this process may use. Every part adds to an array of its own, and the arrays
are added up in a fixed order, so that the same question gets the same bits again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from xai.attribution.trees.ensemble import PLAYER, Ensemble
from xai.attribution.trees.weights import weights
from xai.compiled.loading import MachineCode

WIDEST = 62  # players on a path that the leaf kernel can tell apart
_SIDES_MEMORY = 128 << 20  # bytes for what is kept about the background at every node
_WORD = 64
_MOST_THREADS = 16
_WORTH_THREADS = 4e-3  # seconds of work: on busy processors the last of several threads is waited for


@dataclass(frozen=True)
class Part:
    """Some neighbouring trees."""

    start: int
    stop: int

    def of(self, array: np.ndarray) -> np.ndarray:
        return array[self.start : self.stop]


class Native:
    """An ensemble and a background, ready for the kernels.

    Parameters
    ----------
    code : the compiled kernels.
    ensemble : T trees on P players with R raw outputs.
    others : (V, m) codes of the background rows.
    threads : how many work at once; default: as many as this process may use processors.
    """

    def __init__(self, code: MachineCode, ensemble: Ensemble, others: np.ndarray, threads: int | None = None) -> None:
        self._code = code
        self._ensemble = ensemble
        self._others = np.ascontiguousarray(others)
        self._processors = threads or processors()
        self._words = -(-others.shape[1] // _WORD)
        self._whole = Part(0, len(ensemble.roots))
        bytes_needed = ensemble.inner * self._words * 8
        self._left = self._sides(self._whole) if bytes_needed <= _SIDES_MEMORY else None

    def rows(self, codes: np.ndarray) -> np.ndarray:
        """(n, P, R) mean contributions to each row over the background; codes (V, n)."""
        ensemble, count = self._ensemble, codes.shape[1]
        codes = np.ascontiguousarray(codes)

        def work(part: Part) -> np.ndarray:
            found = np.zeros((count, ensemble.players * len(ensemble.offset)))
            for piece, first, left in self._pieces(part):
                self._rows(piece, first, left, codes, found)
            return found

        found = _sum(side_by_side(work, self._shared(self.leaf_cost(count))))
        return found.reshape(count, ensemble.players, -1) / self._others.shape[1]

    def row(self, codes: np.ndarray, each: bool) -> np.ndarray:
        """Contributions to one row with codes (V,): the mean (1, P, R), or against `each` background row (m, P, R)."""
        ensemble, count = self._ensemble, self._others.shape[1]
        codes = np.ascontiguousarray(codes)

        def work(part: Part) -> np.ndarray:
            found = np.zeros((count if each else 1, ensemble.players * len(ensemble.offset)))
            for piece, first, left in self._pieces(part):
                self._row(piece, first, left, codes, found)
            return found

        found = _sum(side_by_side(work, self._shared(self.bitset_cost(1))))
        found = found.reshape(count if each else 1, ensemble.players, -1)
        return found if each else found / count

    def coalitions(self, codes: np.ndarray, players: np.ndarray, link: int, outputs: int, each: bool) -> np.ndarray:
        """(G, 2^A, K) outputs for all coalitions of `players` (A,): their mean over the background, or `each`."""
        ensemble, count = self._ensemble, self._others.shape[1]
        nodes = ensemble.nodes.copy()
        nodes[:, PLAYER] = np.searchsorted(players, np.minimum(nodes[:, PLAYER], players[-1]))

        def work(share: Part) -> np.ndarray:
            groups = share.stop - share.start if each else 1
            found = np.zeros((groups, 1 << len(players), outputs))
            self._play(nodes, np.ascontiguousarray(codes), share, link, found)
            return found

        found = side_by_side(work, parts(np.ones(count), self._processors))
        return np.concatenate(found) if each else _sum(found) / count

    def leaf_cost(self, count: int) -> float:
        """Seconds of one processor that `rows` takes for so many rows, roughly."""
        if self._most > WIDEST:
            return float("inf")
        return 1e-9 * int(self._ensemble.leaves.sum()) * (150 + 3 * self._others.shape[1] + 35 * count)

    def bitset_cost(self, count: int) -> float:
        """The same for calling `row` for each of them."""
        return 1e-9 * int(self._ensemble.leaves.sum()) * (60 + 15 * self._words) * count

    def _shared(self, seconds: float) -> list[Part]:
        """The trees divided among the processors, where that is worth a thread."""
        return parts(self._ensemble.leaves, self._processors) if seconds > _WORTH_THREADS else [self._whole]

    # --- calls ------------------------------------------------------------------------------------------------------

    def _rows(self, part: Part, first: int, left: np.ndarray, codes: np.ndarray, found: np.ndarray) -> None:
        ensemble, others = self._ensemble, self._others
        depth, most, count = int(part.of(ensemble.depths).max()), self._most, codes.shape[1]
        m, width, players = others.shape[1], ensemble.values.shape[1], ensemble.players
        space, longest, padded = 1 << (2 * max(count, m)).bit_length(), max(count, m), (most + 7) & ~7
        deep = depth + 1
        arrays = [
            *self._forest(part, left),
            *(codes, _ints(deep, count), _ints(deep, count), _words(deep, count), _words(deep, count, self._words)),
            *(_ints(deep, 2 * count), others, _ints(deep, m), _words(deep, m), _reals(deep, 2 * m)),
            *(_ints(deep, 7), _words(deep, self._words), _words(deep, self._words), _ints(players)),
            *(np.full(players, -1, dtype=np.int32), _ints(64), _words(space), _ints(space), _ints(space), _ints(1)),
            *(_ints(2 * longest), _words(2 * m), _reals(2 * m), _ints(2 * m), _reals(2 * m, padded), _ints(2 * m)),
            *(_reals(padded), _ints(2 * count), _reals(2 * count, most * width), _ints(most * width)),
            *(*weights(most), found),
        ]
        sizes = self._sizes(part, left, first)
        self._code.call(
            "explain_rows",
            arrays,
            [*sizes, len(codes), m, depth, players, most, len(ensemble.offset), count, space],
        )

    def _row(self, part: Part, first: int, left: np.ndarray, codes: np.ndarray, found: np.ndarray) -> None:
        ensemble = self._ensemble
        depth, most, players = int(part.of(ensemble.depths).max()), self._most, ensemble.players
        deep = depth + 1
        arrays = [
            *self._forest(part, left),
            *(codes, _ints(deep, 5), _words(deep, self._words), _words(deep, self._words)),
            *(np.full(players, -1, dtype=np.int32), _ints(deep), _ints(deep), _ints(deep), _ints(deep)),
            *(_reals(deep), _words(32), *weights(most), found),
        ]
        sizes = self._sizes(part, left, first)
        count = self._others.shape[1]
        self._code.call(
            "explain_row",
            arrays,
            [*sizes, len(codes), count, depth, players, most, len(ensemble.offset), len(found)],
        )

    def _play(self, nodes: np.ndarray, codes: np.ndarray, share: Part, link: int, found: np.ndarray) -> None:
        ensemble = self._ensemble
        others = np.ascontiguousarray(self._others[:, share.start : share.stop])
        deep, raw = int(ensemble.depths.max()) + 1, len(ensemble.offset)
        nothing = _words(0, 0)
        arrays = [
            *(nodes, *self._forest(self._whole, nothing)[1:]),
            *(codes, others, _ints(deep), _ints(deep), _ints(deep)),
            *(ensemble.offset, _reals(raw, found.shape[1]), found),
        ]
        sizes = self._sizes(self._whole, nothing, 0)
        self._code.call(
            "play",
            arrays,
            [*sizes, len(codes), others.shape[1], deep - 1, raw, found.shape[1], len(found), found.shape[2], link],
        )

    def _forest(self, part: Part, left: np.ndarray) -> list[np.ndarray]:
        ensemble = self._ensemble
        return [ensemble.nodes, part.of(ensemble.roots), part.of(ensemble.outputs), ensemble.values, left]

    def _sizes(self, part: Part, left: np.ndarray, first: int) -> list[int]:
        nodes, values = self._ensemble.nodes, self._ensemble.values
        return [len(nodes), part.stop - part.start, *values.shape, *left.shape, first]

    @property
    def _most(self) -> int:
        return int(self._ensemble.widths.max(initial=0))

    # --- the background at every node -------------------------------------------------------------------------------

    def _pieces(self, part: Part) -> Iterator[tuple[Part, int, np.ndarray]]:
        """A part, in pieces if need be, with the place of their first inner node and the background at their nodes."""
        if self._left is not None:
            yield part, 0, self._left
            return
        room = _SIDES_MEMORY // (8 * self._words * self._processors)
        ends, start = self._ensemble.ends, part.start
        while start < part.stop:
            stop = int(np.searchsorted(ends, ends[start] + room, side="right")) - 1
            piece = Part(start, min(max(stop, start + 1), part.stop))
            yield piece, int(ends[start]), self._sides(piece)
            start = piece.stop

    def _sides(self, part: Part) -> np.ndarray:
        """(inner nodes, W) which background rows each node of the part sends to the left, as bits."""
        ensemble = self._ensemble
        first, stop = int(ensemble.ends[part.start]), int(ensemble.ends[part.stop])
        starts = np.append(ensemble.roots, len(ensemble.nodes))
        nodes = ensemble.nodes[starts[part.start] : starts[part.stop]]
        left = _words(stop - first, self._words)
        sizes = [len(nodes), first, *self._others.shape, *left.shape]
        self._code.call("find_sides", [nodes, self._others, left], sizes)
        return left


def side_by_side(work: Callable[[Part], np.ndarray], tasks: Sequence[Part]) -> list[np.ndarray]:
    """The results of all tasks, one thread each."""
    if len(tasks) < 2:
        return [work(task) for task in tasks]
    with ThreadPoolExecutor(len(tasks), thread_name_prefix="klartext-trees") as pool:
        return list(pool.map(work, tasks))


def parts(sizes: np.ndarray, count: int) -> list[Part]:
    """Neighbouring trees in `count` parts of about the same size, none empty."""
    ends = np.cumsum(sizes)
    cuts = np.searchsorted(ends, ends[-1] * np.arange(1, count) / count) + 1
    edges = np.unique([0, *np.minimum(cuts, len(sizes)), len(sizes)]).tolist()
    return [Part(start, stop) for start, stop in pairwise(edges)]


def processors() -> int:
    """How many threads can really run at once."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, _MOST_THREADS)


def _sum(arrays: Sequence[np.ndarray]) -> np.ndarray:
    first, *rest = arrays
    for array in rest:
        first += array
    return first


def _ints(*shape: int) -> np.ndarray:
    return np.zeros(shape, dtype=np.int32)


def _words(*shape: int) -> np.ndarray:
    return np.zeros(shape, dtype=np.uint64)


def _reals(*shape: int) -> np.ndarray:
    return np.zeros(shape)

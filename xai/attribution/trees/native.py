"""Calling the compiled kernels: which arrays they want, how much space they need, and which of them is faster."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from xai.attribution.trees.ensemble import PLAYER, Ensemble
from xai.attribution.trees.patterns import Patterns, can_keep, row_cost
from xai.attribution.trees.sharing import Part, parts, processors, side_by_side, summed
from xai.attribution.trees.space import ints, reals, words
from xai.attribution.trees.weights import weights
from xai.compiled.loading import MachineCode

WIDEST = 62  # players on a path that the leaf kernel can tell apart
_SIDES_MEMORY = 128 << 20  # bytes for what is kept about the background at every node
_WORD = 64
_WORTH_THREADS = 4e-3  # seconds of work: on busy processors the last of several threads is waited for


class Native:
    """An ensemble and a background, ready for the kernels.

    Parameters
    ----------
    code : the compiled kernels.
    ensemble : T trees on P players with R raw outputs.
    others : (V, m) codes of the background rows.
    threads : how many work at once; default: as many as this process may use processors.
    keep : whether single rows may have patterns kept for them; otherwise they walk the trees.
    """

    def __init__(
        self,
        code: MachineCode,
        ensemble: Ensemble,
        others: np.ndarray,
        threads: int | None = None,
        keep: bool = True,
    ) -> None:
        self._code = code
        self._ensemble = ensemble
        self._others = np.ascontiguousarray(others)
        self._processors = threads or processors()
        self._words = -(-others.shape[1] // _WORD)
        self._whole = Part(0, len(ensemble.roots))
        bytes_needed = ensemble.inner * self._words * 8
        self._can_keep = keep and can_keep(ensemble, others.shape[1])
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

        found = summed(side_by_side(work, self._shared(self.leaf_cost(count))))
        return found.reshape(count, ensemble.players, -1) / self._others.shape[1]

    def row(self, codes: np.ndarray, each: bool) -> np.ndarray:
        """Contributions to one row with codes (V,): the mean (1, P, R), or against `each` background row (m, P, R)."""
        ensemble, count = self._ensemble, self._others.shape[1]
        codes = np.ascontiguousarray(codes)
        shape = (count if each else 1, ensemble.players * len(ensemble.offset))

        def work(part: Part) -> np.ndarray:
            found = np.zeros(shape)
            for piece, first, left in self._pieces(part):
                self._row(piece, first, left, codes, found)
            return found

        if self._can_keep:
            found = self._kept.row(codes, each)
        else:
            found = summed(side_by_side(work, self._shared(self.row_cost(1))))
        found = found.reshape(shape[0], ensemble.players, -1)
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
        return np.concatenate(found) if each else summed(found) / count

    def leaf_cost(self, count: int) -> float:
        """Seconds of one processor that `rows` takes for so many rows, roughly."""
        if self._most > WIDEST:
            return float("inf")
        return 1e-9 * int(self._ensemble.leaves.sum()) * (4 * self._others.shape[1] + 800 * count**0.5)

    def row_cost(self, count: int) -> float:
        """The same for calling `row` for each of them."""
        if self._can_keep:
            return count * row_cost(self._ensemble, self._others.shape[1])
        walked = 90 * len(self._ensemble.roots) + 0.8 * int(self._ensemble.leaves.sum())
        return 1e-9 * self._others.shape[1] * walked * count

    @cached_property
    def _kept(self) -> Patterns:
        return Patterns(self._code, self._ensemble, self._others, self._processors)

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
            *(codes, ints(deep, count), ints(deep, count), words(deep, count), words(deep, count, self._words)),
            *(ints(deep, 2 * count), others, ints(deep, m), words(deep, m), reals(deep, 2 * m)),
            *(ints(deep, 7), words(deep, self._words), words(deep, self._words), ints(players)),
            *(np.full(players, -1, dtype=np.int32), ints(64), words(space), ints(space), ints(space), ints(1)),
            *(ints(2 * longest), words(2 * m), reals(2 * m), ints(2 * m), reals(2 * m, padded), ints(2 * m)),
            *(reals(padded), ints(2 * count), reals(2 * count, most * width), ints(most * width)),
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
        waiting, width = 2 * depth + 1, ensemble.values.shape[1]
        arrays = [
            *self._forest(part, left),
            *(codes, ints(waiting, 3), words(waiting), reals(waiting, 2, width), ints(players)),
            *(*weights(most), found),
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
        nothing = words(0, 0)
        arrays = [
            *(nodes, *self._forest(self._whole, nothing)[1:]),
            *(codes, others, ints(deep), ints(deep), ints(deep)),
            *(ensemble.offset, reals(raw, found.shape[1]), found),
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
        left = words(stop - first, self._words)
        sizes = [len(nodes), first, *self._others.shape, *left.shape]
        self._code.call("find_sides", [nodes, self._others, left], sizes)
        return left

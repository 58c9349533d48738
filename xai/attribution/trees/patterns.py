"""What is kept about a background for single rows: at every leaf, which sets of players its rows fail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xai.attribution.trees.ensemble import Ensemble
from xai.attribution.trees.kernels.kept import COUNT
from xai.attribution.trees.sharing import Part, parts, side_by_side, summed
from xai.attribution.trees.space import ints, reals, words
from xai.attribution.trees.weights import weights
from xai.compiled.loading import MachineCode

_MEMORY, _BYTES = 64 << 20, 12  # bytes that may be kept, and for a leaf and a background row if no two are alike
_MOST_PLAYERS, _MOST_ROWS = int(COUNT), 1 << (64 - int(COUNT))
_PER_LEAF, _PER_PATTERN, _PATTERNS = 30e-9, 9e-9, 30  # seconds that a row takes, and how many patterns a leaf has
_WORTH_THREADS = 2e-3  # seconds of work for one row


@dataclass(frozen=True)
class Share:
    """The patterns at the leaves of some trees (see `kernels.kept`)."""

    part: Part
    first: np.ndarray  # (leaves + 1,)
    member: np.ndarray  # (leaves * m,)
    pattern: np.ndarray  # (patterns,)


def can_keep(ensemble: Ensemble, many: int) -> bool:
    """Whether patterns of so many background rows can be told apart and fit into memory."""
    fits = int(ensemble.leaves.sum()) * many * _BYTES <= _MEMORY
    return ensemble.parents_first and fits and ensemble.players <= _MOST_PLAYERS and many < _MOST_ROWS


def row_cost(ensemble: Ensemble, many: int) -> float:
    """Seconds of one processor for one row, roughly."""
    return int(ensemble.leaves.sum()) * (_PER_LEAF + _PER_PATTERN * min(many, _PATTERNS))


class Patterns:
    """Explains single rows by the pattern kernel, where `can_keep` says so.

    Parameters
    ----------
    code : the compiled kernels. ensemble : T trees on P players with R raw outputs.
    others : (V, m) codes of the background rows. threads : how many work at once, where that is worth it.
    """

    def __init__(self, code: MachineCode, ensemble: Ensemble, others: np.ndarray, threads: int) -> None:
        self._code, self._ensemble, self._others = code, ensemble, others
        self._stops = np.append(ensemble.roots[1:], len(ensemble.nodes)).astype(np.int32)
        alone = row_cost(ensemble, others.shape[1]) < _WORTH_THREADS
        self._shares = side_by_side(self._share, parts(ensemble.leaves, 1 if alone else threads))

    def row(self, codes: np.ndarray, each: bool) -> np.ndarray:
        """(1, P * R) m times the mean contributions to one row with codes (V,); or (m, P * R) against `each`."""
        rows = self._others.shape[1] if each else 1

        def work(share: Share) -> np.ndarray:
            found = reals(rows, self._ensemble.players * len(self._ensemble.offset))
            self._explain(share, codes, found)
            return found

        return summed(side_by_side(work, self._shares))

    def _explain(self, share: Share, codes: np.ndarray, found: np.ndarray) -> None:
        ensemble, most = self._ensemble, int(self._ensemble.widths.max(initial=0))
        deepest = self._deepest(share.part)
        arrays = [
            *(*self._forest(share.part), codes, share.first, share.member, share.pattern),
            *(words(deepest), reals(ensemble.players), *weights(most), found),
        ]
        sizes = [len(codes), deepest, len(share.first) - 1, self._others.shape[1], len(share.pattern)]
        sizes += [ensemble.players, most, len(ensemble.offset), len(found)]
        self._code.call("explain_kept", arrays, [*self._sizes(share.part), *sizes])

    def _share(self, part: Part) -> Share:
        leaves, many = int(part.of(self._ensemble.leaves).sum()), self._others.shape[1]
        deepest, space = self._deepest(part), 1 << (2 * many).bit_length()
        first, member, pattern = ints(leaves + 1), ints(leaves * many), words(leaves * many)
        arrays = [
            *(*self._forest(part), self._others, first, member),
            *(ints(space), ints(space), ints(1), ints(many), ints(many)),
            *(words(deepest, many), words(space), pattern),
        ]
        sizes = [*self._others.shape, deepest, leaves, space]
        self._code.call("keep_patterns", arrays, [*self._sizes(part), *sizes])
        return Share(part, first, member, pattern[: first[-1]].copy())

    def _forest(self, part: Part) -> list[np.ndarray]:
        ensemble = self._ensemble
        return [
            *(ensemble.nodes, part.of(ensemble.roots), part.of(ensemble.outputs), ensemble.values, words(0, 0)),
            part.of(self._stops),
        ]

    def _sizes(self, part: Part) -> list[int]:
        nodes, values = self._ensemble.nodes, self._ensemble.values
        return [len(nodes), part.stop - part.start, *values.shape, 0, 0, 0]

    def _deepest(self, part: Part) -> int:
        """Nodes of the largest tree."""
        return int((part.of(self._stops) - part.of(self._ensemble.roots)).max())

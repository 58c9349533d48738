"""Trees and a background, ready to explain any number of rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from xai.attribution.enumeration import all_coalitions, shapley_weights
from xai.attribution.trees import by_numpy
from xai.attribution.trees.compiled import CompiledTrees, compiled
from xai.attribution.trees.kernels.coalitions import IDENTITY
from xai.attribution.trees.native import Native
from xai.attribution.trees.verified import Verified
from xai.compiled import building
from xai.compiled.loading import MachineCode, machine_code
from xai.progress import Progress, report

_BLOCK = 2048  # rows explained at once, at most
_MEMORY = 64 << 20  # bytes that their codes and the space of a kernel may take
MOST_PLAYERS = 18  # whose coalitions can all be kept in memory


class PreparedTrees:
    """An ensemble with the codes of its background; what the kernels know about the background is kept.

    Safe for several threads: nothing changes but what is computed once.

    Parameters
    ----------
    verified : the ensemble. background : rows as the estimator is given them (m).
    """

    def __init__(self, verified: Verified, background: Any) -> None:
        self.verified = verified
        self._others = verified.codes(background)
        self._ensemble = verified.ensemble
        self.outputs = verified.says(self._others)  # (m, K) of the background
        self._code: MachineCode | None = None

    @property
    def additive(self) -> bool:
        """The outputs are sums over the trees; otherwise only the coalitions give exact values."""
        return self.verified.link == IDENTITY

    @property
    def players(self) -> np.ndarray:
        """(A,) original columns that any tree asks."""
        return self._ensemble.involved

    def tolerance(self, outputs: np.ndarray) -> float:
        """How far contributions may miss the model's own outputs without being wrong: its rounding, and ours."""
        return max(self.verified.precision, 1e-8 * max(1.0, float(np.abs(outputs).max(initial=0.0))))

    def values(self, rows: Any, progress: Progress | None = None) -> np.ndarray:
        """(n, C, K) exact contributions to outputs that add up over the trees. Rows as the estimator is given them."""
        count = rows.shape[0]
        found = np.empty((count, self._ensemble.players - 1, self.verified.outputs))
        for start, stop in self._blocks(count):
            report(progress, start / count, "shap")
            block = self._mean(self.verified.codes(rows[start:stop]), progress)
            found[start:stop] = self.verified.contributions(block[:, :-1])
        return found

    def against_each(self, row: Any) -> np.ndarray:
        """(m, C, K) the same for a single row, against each background row; their mean is the answer."""
        codes, native = self.verified.codes(row)[:, 0], self._native
        if native is None:
            found = by_numpy.explain_row(self._ensemble, codes, self._others)
        else:
            found = native.row(codes, each=True)
        return self.verified.contributions(found[:, :-1])

    def coalitions_cost(self) -> float:
        """How many outputs one row takes to play all coalitions; infinite where that cannot be done here and now."""
        players = len(self.players)
        if self._native is None or not 0 < players <= MOST_PLAYERS:
            return float("inf")
        return float(self._others.shape[1] * len(self._ensemble.offset) * 2**players)

    def played(self, row: Any, each: bool) -> np.ndarray:
        """(G, C, K) exact contributions of one row to outputs behind a link, from all coalitions of the players.

        G is 1 for the mean over the background, or m against `each` of its rows.
        """
        players = self.players
        width = len(self._ensemble.offset)
        codes = self.verified.codes(row)[:, 0]
        worth = self._native.coalitions(codes, players, self.verified.link, width, each)
        values = self._weights @ worth.transpose(1, 0, 2).reshape(worth.shape[1], -1)
        found = np.zeros((len(worth), self._ensemble.players - 1, width))
        found[:, players] = values.reshape(len(players), len(worth), width).transpose(1, 0, 2)
        return self.verified.contributions(found)

    def _mean(self, codes: np.ndarray, progress: Progress | None) -> np.ndarray:
        """(n, P, R) by whichever kernel is expected to be faster."""
        native, count = self._native, codes.shape[1]
        if native is None:
            return by_numpy.explain_rows(self._ensemble, codes, self._others, progress)
        if native.leaf_cost(count) < native.row_cost(count):
            return native.rows(codes)
        return np.concatenate([native.row(codes[:, place], each=False) for place in range(count)])

    @property
    def compiled(self) -> CompiledTrees | None:
        """The trees with kernels that say what the model says; None where these do not apply, or are not there yet."""
        return self._saying if self._has_code() else None

    @property
    def _native(self) -> Native | None:
        """The compiled kernels as soon as they are there; until then NumPy has to do."""
        return self._explaining if self._has_code() else None

    def _has_code(self) -> bool:
        """Whether the kernels are compiled; else that is begun. Looked for on the disk until they are there."""
        if self._code is None:
            self._code = machine_code()
            if self._code is None:
                building.begin()
        return self._code is not None

    @cached_property
    def _explaining(self) -> Native:
        return Native(self._code, self._ensemble, self._others)

    @cached_property
    def _saying(self) -> CompiledTrees | None:
        return compiled(self.verified, self._code)

    @cached_property
    def _weights(self) -> np.ndarray:
        """(A, 2^A)"""
        return shapley_weights(all_coalitions(len(self.players)))

    def _blocks(self, count: int) -> Iterator[tuple[int, int]]:
        """Rows in blocks whose codes and working space fit."""
        per_row = 4 * len(self._ensemble.conditions.feature) + 64 * (int(self._ensemble.depths.max(initial=0)) + 1)
        size = int(np.clip(_MEMORY // per_row, 64, _BLOCK))
        return ((start, min(start + size, count)) for start in range(0, count, size))

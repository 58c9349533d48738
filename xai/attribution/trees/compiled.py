"""Verified trees together with their compiled kernels: they say what the model says, without asking it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xai.attribution.trees.conditions import Conditions
from xai.attribution.trees.kernels.said import Walk
from xai.attribution.trees.masked import Group, Masked, maskable
from xai.attribution.trees.saying import replaced, replaced_each, said
from xai.attribution.trees.verified import Verified, linked
from xai.attribution.trees.walk import walk
from xai.compiled.loading import MachineCode
from xai.results import Label

_UNSURE = 1e-9  # a lead of the first class over the second that rounding could turn


class CompiledTrees:
    """Outputs in the unit that was verified. Rows are given as codes: (V, n) to hear about them, (n, V) for copies.

    Parameters
    ----------
    trees : verified, and adding up in double precision. layout : the same trees. code : the kernels.
    """

    def __init__(self, trees: Verified, layout: Walk, code: MachineCode) -> None:
        self.outputs, self.players = trees.outputs, trees.ensemble.players
        self._trees, self._layout, self._code = trees, layout, code

    def codes(self, rows: Any) -> np.ndarray:
        """(V, n) the codes of rows as the final estimator is given them."""
        return self._trees.codes(rows)

    def depending(self, columns: np.ndarray) -> np.ndarray:
        """(…,) the codes that depend on some columns of the rows (bool over them)."""
        return np.flatnonzero(self._seen(columns)[self._trees.ensemble.conditions.feature])

    def conditions(self, columns: np.ndarray) -> Conditions:
        """What these codes answer, in the same order; about the columns of `matrix`."""
        return self._trees.ensemble.conditions.only(self._seen(columns))

    @property
    def sees_rows(self) -> bool:
        """The trees see the rows as the final estimator is given them; otherwise what `matrix` makes of them."""
        return self._trees.read.seen is None

    def matrix(self, rows: Any) -> np.ndarray:
        """(n, E') what the trees see."""
        return self._trees.matrix(rows)

    def _seen(self, columns: np.ndarray) -> np.ndarray:
        places = self._trees.read.places
        return columns if places is None else columns[places]

    def said(self, codes: np.ndarray) -> np.ndarray:
        """(n, K) outputs; codes (V, n)."""
        return self.outputs_of(said(self._code, self._layout, self._trees.ensemble.offset, codes))

    def masked(self, groups: Sequence[Group]) -> Masked | None:
        """The trees asked by states; None for trees that are too large for that."""
        states = sum(group.states for group in groups)
        return Masked(self._code, self._trees.ensemble, groups) if maskable(self._trees.ensemble, states) else None

    def replaced(self, codes: np.ndarray, column: int, donors: np.ndarray, place: np.ndarray) -> np.ndarray:
        """(k, n, K) outputs for k copies: row i of copy j has an original column of the donor at `place[j, i]`."""
        return self.outputs_of(replaced(self._code, self._trees.ensemble, codes, column, donors, place))

    def replaced_each(self, codes: np.ndarray, donors: np.ndarray, place: np.ndarray) -> np.ndarray:
        """(C, k, n, K) the same for each original column alone."""
        return self.outputs_of(replaced_each(self._code, self._trees.ensemble, codes, donors, place))

    def outputs_of(self, raw: np.ndarray) -> np.ndarray:
        """(…, K) outputs from raw ones (…, R)."""
        return self._trees.shaped(linked(raw, self._trees.link))


def compiled(trees: Verified, code: MachineCode) -> CompiledTrees | None:
    """The trees with their kernels; None for sums that the library itself rounds, and for too large an ensemble."""
    layout = None if trees.read.single else walk(trees.ensemble)
    return None if layout is None else CompiledTrees(trees, layout, code)


def largest(classes: tuple[Label, ...], outputs: np.ndarray) -> np.ndarray:
    """(…,) the class with the largest output (…, K); None where another one is as large, but for rounding."""
    labels = np.array([*classes, None], dtype=object)[:-1]
    found = labels[outputs.argmax(axis=-1)]
    ordered = np.partition(outputs, -2, axis=-1)
    found[ordered[..., -1] - ordered[..., -2] < _UNSURE] = None
    return found

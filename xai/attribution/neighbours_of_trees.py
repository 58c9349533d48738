"""What trees say about neighbours of a row, asked for codes of their numbers only: all other codes are known.

Small trees are asked by states: then not even the known codes are written down (see `trees.masked`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xai.attribution.recombining import Recombining, Source
from xai.attribution.trees.compiled import CompiledTrees
from xai.attribution.trees.masked import Group, Masked, together
from xai.attribution.trees.steps import Steps, steps


class KnownCodes:
    """The codes of neighbours that are known beforehand, V of them in all, and those that depend on their numbers."""

    def __init__(self, trees: CompiledTrees, encode: Recombining) -> None:
        self.trees, self._encode = trees, encode
        self.known = trees.codes(encode.encoded)  # (V, k) of the known rows
        self.sources = [(source, trees.depending(encode.among(source.columns))) for source in encode.sources]
        self.own, self.asked = trees.depending(encode.changing), trees.conditions(encode.changing)
        known = np.concatenate([self.own, *(which for _, which in self.sources)])
        self.constant = np.setdiff1d(np.arange(len(self.known)), known)

    def numbers(self, codes: np.ndarray) -> np.ndarray:
        """(n, E') what the trees see, of which only the columns that change are filled where that is enough."""
        if self.trees.sees_rows:
            return self._encode.numbers(codes)
        matrix = np.repeat(self._encode.encoded[:1], len(codes), axis=0)
        self._encode.fill(matrix, codes)
        return self.trees.matrix(matrix)


class ByCodes:
    """Outputs (n, K) of coded rows (n, C), whose codes are written down."""

    def __init__(self, codes: KnownCodes) -> None:
        self._codes = codes
        self._values = [codes.known[which][:, source.example] for source, which in codes.sources]

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        codes = self._codes
        found = np.empty((len(codes.known), len(rows)), dtype=codes.known.dtype)
        found[codes.constant] = codes.known[codes.constant, :1]
        found[codes.own] = codes.asked.codes(codes.numbers(rows))
        for (source, which), values in zip(codes.sources, self._values, strict=True):
            found[which] = values[:, source.rows(rows)]
        return codes.trees.said(found)


class ByStates:
    """The same by states: of values that are known, and of numbers between thresholds."""

    def __init__(self, codes: KnownCodes, numbers: Sequence[Steps], sources: Sequence[Sequence[Source]], asked: Masked):
        """asked : its groups are those of the numbers, and then those of several sources each, in this order."""
        self._codes, self._numbers, self._sources, self._asked = codes, numbers, sources, asked

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        compared = self._codes.asked.compared(self._codes.numbers(rows))
        states = np.empty((len(self._numbers) + len(self._sources), len(rows)), dtype=np.int32)
        for step, found in zip(self._numbers, states, strict=False):
            self._asked.states(step, compared[step.conditions[0]], found)
        for sources, found in zip(self._sources, states[len(self._numbers) :], strict=True):
            _combine(sources, rows, found)
        return self._codes.trees.outputs_of(self._asked.said(states))


def _combine(sources: Sequence[Source], rows: np.ndarray, found: np.ndarray) -> None:
    """Fill found (n,) with which combination of known values rows have."""
    found[:] = 0
    for source in sources:
        found *= len(source.known)
        found += source.rows(rows)


def asked_about_neighbours(trees: CompiledTrees, encode: Recombining) -> Callable[[np.ndarray], np.ndarray]:
    """Outputs (n, K) of coded rows (n, C), the faster way for these trees."""
    codes = KnownCodes(trees, encode)
    return _by_states(codes) or ByCodes(codes)


def _by_states(codes: KnownCodes) -> ByStates | None:
    if codes.asked.tables:
        return None
    numbers, sources = steps(codes.asked), [(source, which) for source, which in codes.sources if len(which)]
    values = [Group(which, codes.known[which][:, source.example]) for source, which in sources]
    merged, members = together([*values, Group(codes.constant, codes.known[codes.constant, :1])])
    asked = codes.trees.masked([*(Group(codes.own[step.conditions], step.codes) for step in numbers), *merged])
    if asked is None:
        return None
    return ByStates(codes, numbers, [[sources[k][0] for k in group if k < len(sources)] for group in members], asked)

"""What an additive model says about neighbours of a row, without encoding them.

Such a model adds up what each encoded column contributes to its states. Of a value that is known from another row the
contributions are known as well: they are looked up, and only the numbers of a neighbour are transformed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xai.attribution.recombining import Recombining, Source
from xai.lean import Additive, Lean

_AT_ONCE = 100_000  # states that are worked on together: they stay in the processor's cache
_TOGETHER = 1024  # combinations of values whose contributions are added up beforehand


@dataclass(frozen=True)
class _Table:
    """Contributions (k, H) of all combinations of the known values of some columns."""

    sources: tuple[Source, ...]
    contributions: np.ndarray

    def places(self, codes: np.ndarray) -> np.ndarray:
        """(n,) where the combinations of coded rows (n, C) are."""
        first, *others = self.sources
        found = first.rows(codes)
        for source in others:
            found = found * len(source.known) + source.rows(codes)
        return found


class Adding:
    """Outputs (n, K) of coded rows (n, C), added up; None where something in them is no finite number."""

    def __init__(self, lean: Additive, encode: Recombining) -> None:
        self._lean, self._encode = lean, encode
        self._numbers = np.flatnonzero(encode.changing)
        held = ~encode.changing
        for source in encode.sources:
            held &= ~encode.among(source.columns)
        fixed = np.flatnonzero(held)
        self._constant = lean.constant + lean.contributions(encode.encoded[:1][:, fixed], fixed)[0]
        self._tables = _together([self._table(source) for source in encode.sources])

    def __call__(self, codes: np.ndarray) -> np.ndarray | None:
        matrix = self._encode.numbers(codes)[:, self._numbers]
        if not (np.isfinite(matrix).all() and np.isfinite(self._encode.encoded).all()):
            return None
        places, step = [table.places(codes) for table in self._tables], max(1, _AT_ONCE // self._lean.states)
        blocks = [slice(first, first + step) for first in range(0, len(codes), step)]
        outputs = np.concatenate([self._block(matrix[rows], [each[rows] for each in places]) for rows in blocks])
        return outputs if np.isfinite(outputs).all() else None

    def _block(self, matrix: np.ndarray, places: Sequence[np.ndarray]) -> np.ndarray:
        states = self._lean.contributions(matrix, self._numbers)
        states += self._constant
        for table, place in zip(self._tables, places, strict=True):
            states += table.contributions[place]
        return self._lean.finish(states)

    def _table(self, source: Source) -> _Table:
        values = self._encode.encoded[source.example][:, source.columns]
        return _Table((source,), self._lean.contributions(values, source.columns))


def adding(lean: Lean | None, encode: Recombining) -> Adding | None:
    """For models that keep fewer states than a row has encoded columns; with more there is nothing to win."""
    if not isinstance(lean, Additive) or lean.states > encode.encoded.shape[1]:
        return None
    return Adding(lean, encode)


def _together(tables: Sequence[_Table]) -> list[_Table]:
    """As few tables as there can be without becoming large."""
    found: list[_Table] = []
    for table in sorted(tables, key=lambda each: len(each.contributions)):
        last = found[-1] if found else None
        if last is not None and len(last.contributions) * len(table.contributions) <= _TOGETHER:
            sums = last.contributions[:, None] + table.contributions[None]
            found[-1] = _Table((*last.sources, *table.sources), sums.reshape(-1, sums.shape[-1]))
        else:
            found.append(table)
    return found

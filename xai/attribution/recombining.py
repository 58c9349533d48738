"""Neighbours of a row in encoded space.

Only the numbers of a neighbour have to be transformed. Any other value is one that a background row or the row itself
has, so its encoded columns are taken from there.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.attribution.neighbourhood import Neighbourhood
from xai.codec import MISSING

_WIDEST = 10_000  # codes from the smallest to the largest


@dataclass(frozen=True)
class Source:
    """An original column whose values are known, and what is encoded of it."""

    place: int
    columns: Any  # those of the encoded rows that are its own
    known: np.ndarray  # (k,) codes, ascending
    example: np.ndarray  # (k,) a known row that has each of them

    def rows(self, codes: np.ndarray) -> np.ndarray:
        """(n,) int32 where the codes of rows (n, C) are among the known ones."""
        asked = codes[:, self.place]
        if self._upwards is None:
            return np.searchsorted(self.known, asked).astype(np.int32)
        place = (asked - self.known[0]).astype(np.int32)
        return place if len(self._upwards) == len(self.known) else self._upwards.take(place)

    @cached_property
    def _upwards(self) -> np.ndarray | None:
        """The same for every whole number from the smallest code on; None where the codes are others, or far apart."""
        low, high = self.known[0], self.known[-1]
        if not high - low <= _WIDEST or (self.known != np.rint(self.known)).any():  # a gap (nan) is the last
            return None
        return np.searchsorted(self.known, np.arange(low, high + 1)).astype(np.int32)


class Recombining:
    """Encodes coded rows (n, C): numbers that vary are transformed, all other values are taken from known rows.

    kind : the same for rows that bring no value of their own and whose neighbours are encoded alike; else None.
    """

    kind: Hashable | None

    def __init__(self, background: Background, around: Neighbourhood, row: pd.DataFrame) -> None:
        self._encoding, self._codec = background.model.encoding, around.codec
        names, numbers = around.codec.names, around.varying & around.codec.numeric
        varying = [name for name, varies in zip(names, numbers, strict=True) if varies]
        anew = self._encoding.needed(varying) if varying else []
        plain = [part for part in self._encoding.formulas if self._codec.numbers(around.known, part.names) is not None]
        self._computed = [part for part in plain if set(part.names) <= set(anew)]
        self._transformed = self._left(anew)
        others = [place for place, name in enumerate(names) if name not in anew]
        known, encoded = around.known[:-1], background.encoded
        own = around.known[-1, others]
        # what only the row has; missing text as well, which can be written in more than one way
        brings = bool((~(known[:, others] == own).any(axis=0) | (own == MISSING)).any())
        if brings:
            known = np.concatenate([around.known[-1:], known])
            encoded = np.concatenate([self._encoding.transform(row), encoded])
        self.encoded = encoded  # (k, E) the known rows; what is never looked at is as in the first
        computed = tuple(part.names for part in self._computed)
        self.kind = (computed, *others) if around.familiar and not brings else None
        self.sources = (
            self._sources(others, known)
            if self.kind is None
            else background.once(("known values", self.kind), lambda: self._sources(others, known))
        )

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """(n, E) encoded rows."""
        matrix = np.repeat(self.encoded[:1], len(codes), axis=0)
        self.fill(matrix, codes)
        for source in self.sources:
            matrix[:, source.columns] = self.encoded[source.example][:, source.columns][source.rows(codes)]
        return matrix

    @property
    def changing(self) -> np.ndarray:
        """(E,) bool: the columns that are not taken from known rows and not the same everywhere."""
        found = self._encoding.players >= 0
        for source in self.sources:
            found &= ~self.among(source.columns)
        return found

    def among(self, columns: Any) -> np.ndarray:
        """(E,) bool: some of the encoded columns."""
        found = np.zeros(self.encoded.shape[1], dtype=bool)
        found[columns] = True
        return found

    def numbers(self, codes: np.ndarray) -> np.ndarray:
        """(n, E) encoded rows of which only the columns that change are filled."""
        matrix = np.empty((self.encoded.shape[1], len(codes))).T  # a column at a time: the others are never touched
        self.fill(matrix, codes)
        return matrix

    def fill(self, matrix: np.ndarray, codes: np.ndarray) -> None:
        """Write what is not taken from known rows into a matrix (n, E)."""
        for part in self._computed:
            matrix[:, part.place] = part.formula(self._codec.numbers(codes, part.names))
        if self._transformed:
            self._encoding.fill(matrix, self._codec.decode(codes, self._transformed))

    def _left(self, anew: Sequence[str]) -> list[str]:
        """Those columns that are not only computed with: all that a part of the preprocessing wants together."""
        done = {part.place.start for part in self._computed}
        wanted = [
            [self._encoding.columns[k] for k in part.positions]
            for part in self._encoding.parts
            if part.place.start not in done
        ]
        return list(dict.fromkeys(name for part in wanted if set(part) <= set(anew) for name in part))

    def _sources(self, places: Sequence[int], known: np.ndarray) -> list[Source]:
        return [self._source(place, known[:, place]) for place in places]

    def _source(self, place: int, codes: np.ndarray) -> Source:
        columns = np.flatnonzero(self._encoding.players == place)
        known, example = np.unique(codes, return_index=True)
        adjacent = len(columns) > 0 and columns[-1] - columns[0] + 1 == len(columns)
        return Source(place, slice(columns[0], columns[-1] + 1) if adjacent else columns, known, example)

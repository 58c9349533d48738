"""Quick answers: coded rows are put together from columns encoded before, and only the final estimator is asked.

It exists where the model's preprocessing can be separated (see `xai.encoding`). The preprocessing is asked again only
for numbers it has not seen yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xai.codec import Codec
from xai.counterfactuals.deadline import Deadline
from xai.counterfactuals.limits import same
from xai.encoding import Encoding

BLOCK = 5_000  # rows encoded at once
LARGEST = 50_000  # rows of which the values are encoded before any question


@dataclass(frozen=True)
class Table:
    """What one column's values look like to the final estimator."""

    values: np.ndarray  # (V,) ascending, nan last
    encoded: np.ndarray  # (V, E_j)

    def find(self, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(R,) places of the values, and whether they are known there."""
        places = np.minimum(np.searchsorted(self.values, column), len(self.values) - 1)
        return places, same(self.values[places], column)

    def with_more(self, values: np.ndarray, encoded: np.ndarray) -> Table:
        both = np.append(self.values, values)
        order = np.argsort(both, kind="stable")
        return Table(both[order], np.vstack([self.encoded, encoded])[order])


@dataclass(frozen=True)
class Tables:
    """The columns of the data, encoded once; shared by all questions. Nothing in it changes."""

    encoding: Encoding
    columns: tuple[Table, ...]
    places: tuple[np.ndarray, ...]  # encoded columns of each original one
    constant: np.ndarray  # (E,) the encoded columns that depend on nothing


def tables(encoding: Encoding | None, codec: Codec, rows: np.ndarray, deadline: Deadline) -> Tables | None:
    """Encode each value of coded rows (N, C) once; None where there is no encoding. Raises TimeUp."""
    if encoding is None:
        return None
    values = [np.unique(column) for column in rows[:LARGEST].T]
    distinct = _side_by_side(rows[0], values)
    blocks = []
    for start in range(0, len(distinct), BLOCK):
        deadline.check()
        blocks.append(encoding.transform(codec.decode(distinct[start : start + BLOCK])))
    matrix = np.vstack(blocks)
    places = tuple(np.flatnonzero(encoding.players == place) for place in range(rows.shape[1]))
    columns = tuple(
        Table(values[place], np.ascontiguousarray(matrix[: len(values[place]), within]))
        for place, within in enumerate(places)
    )
    return Tables(encoding, columns, places, matrix[0])


def _side_by_side(row: np.ndarray, values: Sequence[np.ndarray]) -> np.ndarray:
    """(R, C) the values of all columns in as few rows as possible; where a column has no more, those of `row` (C,)."""
    rows = np.repeat(row[None, :], max(map(len, values)), axis=0)
    for place, some in enumerate(values):
        rows[: len(some), place] = some
    return rows


class Quick:
    """The tables with what one question adds to them."""

    def __init__(self, known: Tables, codec: Codec) -> None:
        self._known = known
        self._codec = codec
        self._columns = list(known.columns)

    def outputs(self, matrix: np.ndarray) -> np.ndarray:
        """(R, K) the model's outputs for coded rows (R, C)."""
        return self._known.encoding.predict(self.encoded(matrix))

    def encoded(self, matrix: np.ndarray) -> np.ndarray:
        """(R, E) the rows as the final estimator takes them."""
        found = [table.find(matrix[:, place]) for place, table in enumerate(self._columns)]
        if not all(known.all() for _, known in found):
            self._learn(matrix, [~known for _, known in found])
            found = [table.find(matrix[:, place]) for place, table in enumerate(self._columns)]
        rows = np.empty((len(matrix), len(self._known.constant)))
        rows[:] = self._known.constant
        for table, within, (places, _) in zip(self._columns, self._known.places, found, strict=True):
            if len(within):
                rows[:, within] = table.encoded[places]
        return rows

    def knows(self, place: int, values: np.ndarray) -> np.ndarray:
        """(V,) bool: values of one column that need not be encoded first."""
        return self._columns[place].find(values)[1]

    def _learn(self, matrix: np.ndarray, unknown: list[np.ndarray]) -> None:
        """Encode new values, those of all columns side by side in as few rows as possible."""
        new = [np.unique(matrix[mask, place]) for place, mask in enumerate(unknown)]
        encoded = self._known.encoding.transform(self._codec.decode(_side_by_side(matrix[0], new)))
        for place, values in enumerate(new):
            if len(values):
                within = self._known.places[place]
                self._columns[place] = self._columns[place].with_more(values, encoded[: len(values)][:, within])

"""Trying a fitted transformer on rows: change one column at a time and look which outputs move.

What moves depends on the column for certain; what stays may only not have been tried hard enough. So probing refutes
what the structure claims, and never replaces it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from xai.lineage.matrix import as_matrix

MOST_ROWS, LEAST_TRIED, MOST_TRIED = 4000, 8, 48
MOST_CELLS = 20_000_000  # encoded cells at once: text may be encoded as tens of thousands of columns

Transform = Callable[[Any], Any]


class RowsTogether(Exception):
    """A row is encoded differently when other rows stand beside it."""


def moved(transform: Transform, rows: Any) -> np.ndarray | None:
    """(C, E) bool: whether encoded column e moved when input column c got values of other rows.

    `rows`: a frame or an array of at least one row. None where the encoded columns are not numbers.
    Raises RowsTogether.
    """
    count, columns = rows.shape
    alone = as_matrix(transform(take(rows, np.zeros((1, columns), dtype=np.int64))))
    if alone is None:
        return None
    wide = MOST_CELLS // (max(alone.shape[1], 1) * (columns + 1))
    tried = min(count, int(np.clip(min(MOST_ROWS // (columns + 1), wide), LEAST_TRIED, MOST_TRIED)))
    encoded = as_matrix(transform(take(rows, _places(rows, tried))))
    if encoded is None:
        return None
    if not np.allclose(encoded[:1], alone, rtol=1e-9, atol=1e-12, equal_nan=True):
        raise RowsTogether
    blocks = encoded.reshape(columns + 1, tried, -1)
    return ~np.isclose(blocks[1:], blocks[:1], rtol=1e-9, atol=1e-12, equal_nan=True).all(axis=1)


def take(rows: Any, place: np.ndarray) -> Any:
    """Rows like `rows` whose column j comes from row `place[:, j]`."""
    if isinstance(rows, pd.DataFrame):
        parts = {j: rows.iloc[:, j].array.take(place[:, j]) for j in range(rows.shape[1])}
        return pd.DataFrame(parts).set_axis(rows.columns, axis=1)
    dense = rows.toarray() if hasattr(rows, "toarray") else np.asarray(rows)
    return dense[place, np.arange(dense.shape[1])]


def _places(rows: Any, tried: int) -> np.ndarray:
    """((C + 1) * tried, C): the first rows as they are, then with each column in turn taken from other rows."""
    columns = rows.shape[1]
    place = np.tile(np.arange(tried)[:, None], (columns + 1, columns))
    for column in range(columns):
        block = slice((column + 1) * tried, (column + 2) * tried)
        place[block, column] = _donors(_codes(rows, column), tried, np.random.default_rng(column))
    return place


def _donors(codes: np.ndarray, tried: int, random: np.random.Generator) -> np.ndarray:
    """(tried,) rows with another value than the first rows have, wherever there is one."""
    donors = random.integers(len(codes), size=tried)
    for row in np.flatnonzero(codes[donors] == codes[:tried]):
        others = np.flatnonzero(codes != codes[row])
        donors[row] = random.choice(others) if len(others) else row
    return donors


def _codes(rows: Any, column: int) -> np.ndarray:
    if isinstance(rows, pd.DataFrame):
        series = rows.iloc[:, column]
    else:
        values = rows[:, [column]]
        series = pd.Series(np.ravel(values.toarray() if hasattr(values, "toarray") else values))
    try:
        return pd.factorize(series)[0]
    except TypeError:  # values without a hash, such as lists
        return np.arange(len(series))

"""Values of a column to be tried, and how many rows of the data lie near them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xai.data import Column
from xai.results import Effect, Measure, Notice, Verdict, plain_scalar

BINS = 16
MOST_CATEGORIES = 30
_NOTHING = object()


def grid_of(column: Column, series: pd.Series, points: int, current: Any = _NOTHING) -> list[Any]:
    """Values to try: every integer of a short range, else evenly spaced; the common categories; a row's own value."""
    if not column.numeric:
        common = common_categories(column, series)
        if current is _NOTHING:
            return common
        known = plain_scalar(current) in common if not pd.isna(current) else bool(common)
        return common if known else [*common, current]
    if column.low is None:
        return [] if current is _NOTHING else [current]
    whole = column.kind == "integer"
    if whole and column.high - column.low < points:
        values = set(np.arange(column.low, column.high + 1).tolist())
    else:
        even = np.linspace(column.low, column.high, points)
        values = set((np.round(even) if whole else even).tolist())
    if current is not _NOTHING and not pd.isna(current):
        values.add(float(current))
    return plain_numbers(column, sorted(values))


def plain_numbers(column: Column, values: list[float]) -> list[int | float]:
    """Integers as such, where the column holds integers."""
    return [int(value) if column.kind == "integer" and float(value).is_integer() else value for value in values]


def common_categories(column: Column, series: pd.Series) -> list[Any]:
    """The most frequent categories, in the column's own order."""
    most = list(counts_of(series))[:MOST_CATEGORIES]
    return [value for value in column.categories if value in most]


def plain_categories(series: pd.Series) -> np.ndarray:
    """(n,) the values as the column's categories are written; None where missing."""
    codes, distinct = pd.factorize(series)
    return np.array([*(plain_scalar(value) for value in distinct), None], dtype=object)[codes]


def left_out(column: Column, grid: list[Any]) -> tuple[Notice, ...]:
    """Rare categories are not tried; how many is said."""
    count = len(set(column.categories) - set(grid))
    return (Notice("rare-categories-left-out", {"column": column.name, "count": count}),) if count else ()


def counts_of(series: pd.Series) -> dict[Any, int]:
    """Rows per category (a plain value), the most frequent first."""
    return {plain_scalar(value): int(count) for value, count in series.dropna().value_counts().items() if count}


def support_of(column: Column, series: pd.Series, grid: list[Any]) -> tuple[tuple[int, ...], tuple[float, ...] | None]:
    """Rows of the data per bin along the grid: one bin per value of a short range or category, else `BINS` bins."""
    present = series.dropna()
    if not column.numeric:
        counts = counts_of(series)
        return tuple(counts.get(plain_scalar(value), 0) for value in grid), None
    if not len(present):
        return (0,) * len(grid), None
    values = present.to_numpy(float)
    if column.kind == "integer" and column.high - column.low < BINS * 2:
        edges = np.arange(column.low - 0.5, column.high + 1)
    else:
        edges = (
            np.linspace(column.low, column.high, BINS + 1)
            if column.high > column.low
            else np.array([column.low - 0.5, column.low + 0.5])
        )
    counts, edges = np.histogram(values, bins=edges)
    return tuple(int(count) for count in counts), tuple(float(edge) for edge in edges)


def supported(effect: Effect) -> Measure:
    """On which share of its values the curve is supported by data."""
    share = float(np.mean(effect.supported()))
    verdict: Verdict = "solid" if share >= 0.8 else "care" if share >= 0.4 else "weak"
    return Measure("supported", share, "share", verdict, {"solid": 0.8, "care": 0.4}, {"least": 5})


def typed(grid: list[Any], series: pd.Series) -> pd.Series:
    """The grid in the column's own type where it fits."""
    if pd.api.types.is_integer_dtype(series) and all(float(value).is_integer() for value in grid):
        return pd.Series(pd.array(grid, dtype=series.dtype))
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        return pd.Series(np.asarray(grid, dtype=float))
    fits = isinstance(series.dtype, pd.CategoricalDtype) and all(value in series.cat.categories for value in grid)
    return pd.Series(grid, dtype=series.dtype if fits or not isinstance(series.dtype, pd.CategoricalDtype) else object)

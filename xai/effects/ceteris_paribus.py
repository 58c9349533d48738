"""Ceteris paribus: how a row's prediction moves when a single column moves (one ICE line: Goldstein et al. 2015)."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from xai.data import Column, Dataset
from xai.model import Model
from xai.results import Effect, Measure, Notice, Trust, Verdict, freeze, plain_scalar

BINS = 16
MOST_CATEGORIES = 30


def ceteris_paribus(
    model: Model, data: Dataset, row: pd.DataFrame, name: str, class_index: int, points: int = 60
) -> Effect:
    """The prediction of `row` (one row) along a grid of the column; everything else stays as it is."""
    start = time.perf_counter()
    column = data.column(name)
    current = row[name].iloc[0]
    grid = grid_of(column, data.frame[name], current, points)
    moved = pd.concat([row] * len(grid), ignore_index=True)
    moved[name] = _values(grid, row[name])
    predicted = model.predict(moved)[:, class_index]
    support, edges = support_of(column, data.frame[name], grid)
    effect = Effect(
        kind="ceteris_paribus",
        column=name,
        unit=model.unit,
        target_class=model.classes[class_index] if model.classes else None,
        grid=tuple(grid),
        prediction=freeze(predicted),
        current=current,
        support=support,
        edges=edges,
        trust=Trust(()),
        seconds=time.perf_counter() - start,
        warnings=_left_out(column, grid),
    )
    return _with_trust(effect, start)


def _left_out(column: Column, grid: list[Any]) -> tuple[Notice, ...]:
    """Rare categories are not tried; how many is said."""
    count = len(set(column.categories) - set(grid))
    return (Notice("rare-categories-left-out", {"column": column.name, "count": count}),) if count else ()


def grid_of(column: Column, series: pd.Series, current: Any, points: int) -> list[Any]:
    """Values to try: every integer of a short range, else evenly spaced; the common categories; the row's own value."""
    if not column.numeric:
        most = list(counts_of(series))[:MOST_CATEGORIES]
        common = [value for value in column.categories if value in most]
        known = plain_scalar(current) in common if not pd.isna(current) else bool(common)
        return common if known else [*common, current]
    if column.low is None:
        return [current]
    whole = column.kind == "integer"
    if whole and column.high - column.low < points:
        values = set(np.arange(column.low, column.high + 1).tolist())
    else:
        even = np.linspace(column.low, column.high, points)
        values = set((np.round(even) if whole else even).tolist())
    if not pd.isna(current):
        values.add(float(current))
    return [int(value) if whole and float(value).is_integer() else value for value in sorted(values)]


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


def _values(grid: list[Any], series: pd.Series) -> Any:
    """The grid in the column's own type where it fits."""
    if pd.api.types.is_integer_dtype(series) and all(float(value).is_integer() for value in grid):
        return pd.array(grid, dtype=series.dtype)
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        return np.asarray(grid, dtype=float)
    fits = isinstance(series.dtype, pd.CategoricalDtype) and all(value in series.cat.categories for value in grid)
    return pd.Series(grid, dtype=series.dtype if fits or not isinstance(series.dtype, pd.CategoricalDtype) else object)


def _with_trust(effect: Effect, start: float) -> Effect:
    share = float(np.mean(effect.supported()))
    verdict: Verdict = "solid" if share >= 0.8 else "care" if share >= 0.4 else "weak"
    trust = Trust((Measure("supported", share, "share", verdict, {"solid": 0.8, "care": 0.4}, {"least": 5}),))
    return replace(effect, trust=trust, seconds=time.perf_counter() - start)

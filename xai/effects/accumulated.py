"""Accumulated local effects: how the prediction changes as one column changes a little, added up (Apley & Zhu 2020).

Between neighbouring values z of the column, the rows that lie there are given the one and the other. The mean
difference is the local effect; summed from the lowest value on and centred, it shows what the column does among rows
that exist: unlike partial dependence, no row gets a value far from its own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.data import Column, Dataset, sample_rows
from xai.effects.grid import common_categories, left_out, plain_categories, plain_numbers, support_of, typed
from xai.effects.similarity import by_similarity
from xai.errors import QuestionError
from xai.moments import Moments
from xai.perturbation.rows import Rows
from xai.progress import Progress, within
from xai.results import Effect, Notice, Trust, freeze
from xai.trust.scale import judged, point

BLOCK = 20_000  # rows that are asked at once
ORDERED = 20_000  # rows on which the similarity of categories is measured


@dataclass(frozen=True)
class _Steps:
    """Which rows (n of them) take which steps between G neighbouring values; a step k leads from value k to k + 1."""

    grid: list[Any]
    weights: np.ndarray  # (G,) what is subtracted is the mean of the curve under these, which sum to 1
    rows: np.ndarray  # (S,) a row that takes a step
    steps: np.ndarray  # (S,) which step


def accumulated_effects(
    data: Dataset,
    background: Background,
    name: str,
    class_index: int,
    *,
    rows: int | None,
    intervals: int,
    seed: int,
    progress: Progress | None = None,
) -> Effect:
    """First-order effects over `rows` rows (None: all), relative to their mean.

    Numbers: between `intervals` quantiles, or all values where there are fewer; an interval counts with the mean of
    its ends when the curve is centred, as in the authors' package ALEPlot. Categories: between neighbours in an order
    of similarity (see `similarity`).
    Raises QuestionError("too-few-rows"), ("no-values").
    """
    start, model = time.perf_counter(), background.model
    if rows is not None and rows < 1:
        raise QuestionError("too-few-rows", rows=rows)
    column, series = data.column(name), data.frame[name]
    sample = sample_rows(data.frame, rows, seed)
    frame = sample[sample[name].notna()]
    missing = len(sample) - len(frame)
    common = [] if column.numeric else common_categories(column, series)
    if not column.numeric:
        frame = frame[pd.Series(plain_categories(frame[name])).isin(common).to_numpy()]
    if not len(frame):
        raise QuestionError("no-values", column=name)
    if column.numeric:
        steps = _between_numbers(column, frame[name], intervals)
    else:
        steps = _between_categories(frame, name, common, seed)
    moments = _differences(background, frame, name, steps, class_index, progress)
    effects, half = _accumulated(steps, moments)
    size = point(model.unit, background.outputs(model.unit)[:, class_index])
    support, edges = support_of(column, series, steps.grid)
    notices = (Notice("missing-left-out", {"column": name, "rows": missing}),) if missing else ()
    return Effect(
        kind="ale",
        column=name,
        unit=model.unit,
        target_class=model.classes[class_index] if model.classes else None,
        grid=tuple(steps.grid),
        prediction=freeze(effects),
        current=None,
        support=support,
        edges=edges,
        trust=Trust((judged("effect_interval", float(half.max(initial=0.0)), size, 2, 5),)),
        seconds=time.perf_counter() - start,
        warnings=(*notices, *(left_out(column, steps.grid) if not column.numeric else ())),
        low=freeze(effects - half),
        high=freeze(effects + half),
        rows_used=len(frame),
        rows_total=len(data.frame),
        seed=seed,
    )


def _between_numbers(column: Column, series: pd.Series, intervals: int) -> _Steps:
    """Every row takes the step of the interval it lies in, from its lower to its upper end."""
    values = series.to_numpy(float)
    distinct = np.unique(values)
    shares = np.linspace(0, 1, intervals + 1)
    few = len(distinct) <= intervals + 1
    edges = distinct if few else np.unique(np.quantile(values, shares, method="inverted_cdf"))
    grid = plain_numbers(column, edges.tolist())
    if len(edges) < 2:
        nothing = np.zeros(0, dtype=int)
        return _Steps(grid, np.ones(1), nothing, nothing)
    steps = np.clip(np.searchsorted(edges, values, side="left") - 1, 0, len(edges) - 2)
    share = np.bincount(steps, minlength=len(edges) - 1) / len(values)
    weights = np.zeros(len(edges))
    weights[:-1] += share / 2
    weights[1:] += share / 2
    return _Steps(grid, weights, np.arange(len(values)), steps)


def _between_categories(frame: pd.DataFrame, name: str, categories: list[Any], seed: int) -> _Steps:
    """Every row takes the steps from its own category to both neighbours in the order of similarity."""
    values = plain_categories(frame[name])
    grid = by_similarity(sample_rows(frame, ORDERED, seed), name, [c for c in categories if c in set(values)])
    place = {value: k for k, value in enumerate(grid)}
    own = np.array([place[value] for value in values])
    rows = np.arange(len(own))
    weights = np.bincount(own, minlength=len(grid)) / len(own)
    up, down = own < len(grid) - 1, own > 0
    return _Steps(grid, weights, np.concatenate([rows[up], rows[down]]), np.concatenate([own[up], own[down] - 1]))


def _differences(
    background: Background, frame: pd.DataFrame, name: str, steps: _Steps, class_index: int, progress: Progress | None
) -> list[Moments]:
    """For each of the G - 1 steps the differences of the predictions at its two ends."""
    found = [Moments() for _ in steps.grid[1:]]
    values = typed(steps.grid, frame[name])
    for start in range(0, len(steps.rows), BLOCK):
        part = slice(start, start + BLOCK)
        taken = steps.steps[part]
        rows = Rows(background, frame.iloc[steps.rows[part]])
        along = within(progress, start / len(steps.rows), min(start + BLOCK, len(steps.rows)) / len(steps.rows))
        said = rows.predict(rows.values(name, values), np.stack([taken, taken + 1]), along)[:, :, class_index]
        for step in np.unique(taken):
            found[step].add(said[1, taken == step] - said[0, taken == step])
    return found


def _accumulated(steps: _Steps, moments: list[Moments]) -> tuple[np.ndarray, np.ndarray]:
    """(G,) effects, and half their 95 % intervals: sums of independent means.

    A step that a single row takes shows no spread of its own; it is taken to vary as the others do.
    """
    count = len(steps.grid)
    local = np.array([float(each.mean) if each.count else 0.0 for each in moments])
    variance = np.array([float(each.variance) if each.count > 1 else np.nan for each in moments])
    typical = np.nanmean(variance) if np.isfinite(variance).any() else 0.0
    taken = np.array([max(each.count, 1) for each in moments], dtype=float)
    squares = np.where(np.isfinite(variance), variance, typical) / taken
    upto = np.tril(np.ones((count, max(count - 1, 0))), -1)  # which steps lead to each value
    centred = upto - steps.weights @ upto
    return centred @ local, 1.96 * np.sqrt(np.square(centred) @ squares)

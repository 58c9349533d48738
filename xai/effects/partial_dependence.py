"""Partial dependence: how the mean prediction moves when one column takes the same value in all rows (Friedman 2001),
and the curves of the single rows behind it, individual conditional expectation (Goldstein et al. 2015)."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.correlation import correlated
from xai.data import Dataset, sample_rows
from xai.effects.grid import grid_of, left_out, support_of, supported, typed
from xai.errors import QuestionError
from xai.moments import Moments
from xai.perturbation.rows import Rows
from xai.progress import Progress, within
from xai.results import Effect, Measure, Notice, Trust, Verdict, freeze
from xai.trust.scale import judged, point

LINES = 60  # curves of single rows that are kept beside a mean
BLOCK = 2_000  # rows whose curves are held at once


def partial_dependence(
    data: Dataset,
    background: Background,
    name: str,
    class_index: int,
    *,
    rows: int | None,
    points: int,
    seed: int,
    kind: Literal["partial_dependence", "ice"] = "partial_dependence",
    progress: Progress | None = None,
) -> Effect:
    """The mean over `rows` rows (None: all) of the predictions with the column set to each value of a grid.

    The same numbers as `sklearn.inspection.partial_dependence(method="brute")`. For kind "ice" the curves of all rows
    are kept, else of `LINES`. Raises QuestionError("too-few-rows"), ("no-values").
    """
    start, model = time.perf_counter(), background.model
    column, series = data.column(name), data.frame[name]
    grid = grid_of(column, series, points)
    if rows is not None and rows < 1:
        raise QuestionError("too-few-rows", rows=rows)
    if not grid:
        raise QuestionError("no-values", column=name)
    frame = sample_rows(data.frame, rows, seed)
    kept = np.arange(len(frame)) if kind == "ice" else _evenly(len(frame), LINES)
    curves = _curves(background, frame, name, typed(grid, series), class_index, kept, progress)
    support, edges = support_of(column, series, grid)
    half = 1.96 * curves.moments.error
    size = point(model.unit, background.outputs(model.unit)[:, class_index])
    effect = Effect(
        kind=kind,
        column=name,
        unit=model.unit,
        target_class=model.classes[class_index] if model.classes else None,
        grid=tuple(grid),
        prediction=freeze(curves.moments.mean),
        current=None,
        support=support,
        edges=edges,
        trust=Trust(()),
        seconds=0.0,
        warnings=(*left_out(column, grid), *_goes_with(frame, name)),
        low=freeze(curves.moments.mean - half),
        high=freeze(curves.moments.mean + half),
        individual=freeze(curves.kept),
        cases=tuple(int(place) for place in frame.index[kept]),
        rows_used=len(frame),
        rows_total=len(data.frame),
        seed=seed,
    )
    measures = (supported(effect), curves.alike(), judged("effect_interval", float(np.nanmax(half)), size, 2, 5))
    return replace(effect, trust=Trust(measures), seconds=time.perf_counter() - start)


class _Curves:
    """Curves of rows that come in blocks: their mean, how alike they are, and those to be kept."""

    def __init__(self) -> None:
        self.moments = Moments()
        self._moved = 0.0  # summed squares of all curves, each around its own mean
        self._kept: list[np.ndarray] = []

    def add(self, curves: np.ndarray, kept: np.ndarray) -> None:
        """Another block (n, G), and which of its rows are kept."""
        self.moments.add(curves)
        self._moved += float(np.square(curves - curves.mean(axis=1, keepdims=True)).sum())
        self._kept.append(curves[kept])

    @property
    def kept(self) -> np.ndarray:
        """(L, G)"""
        return np.concatenate(self._kept)

    def alike(self) -> Measure:
        """Share of the curves' movement that is the movement of their mean: can one line stand for all of them?"""
        mean = self.moments.mean
        together = self.moments.count * float(np.square(mean - mean.mean()).sum())
        share = min(together / self._moved, 1.0) if self._moved > 0 else 1.0
        verdict: Verdict = "solid" if share >= 0.8 else "care" if share >= 0.5 else "weak"
        return Measure("alike", share, "share", verdict, {"solid": 0.8, "care": 0.5})


def _curves(
    background: Background,
    frame: pd.DataFrame,
    name: str,
    values: pd.Series,
    class_index: int,
    kept: np.ndarray,
    progress: Progress | None,
) -> _Curves:
    curves, tried = _Curves(), None
    for start in range(0, len(frame), BLOCK):
        rows = Rows(background, frame.iloc[start : start + BLOCK])
        tried = tried or rows.values(name, values)
        count = len(rows.frame)
        place = np.broadcast_to(np.arange(len(values))[:, None], (len(values), count))
        part = within(progress, start / len(frame), (start + count) / len(frame))
        said = rows.predict(tried, place, part)[:, :, class_index].T
        curves.add(said, kept[(kept >= start) & (kept < start + count)] - start)
    return curves


def _evenly(count: int, most: int) -> np.ndarray:
    """Positions of at most `most` rows, evenly spaced: the rows were drawn at random already."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))


def _goes_with(frame: pd.DataFrame, name: str) -> tuple[Notice, ...]:
    """The column that moves with this one most: rows are given values they would hardly have."""
    for facts in (notice.facts for notice in correlated(frame)):
        if name in (facts["first"], facts["second"]):
            other = facts["second"] if facts["first"] == name else facts["first"]
            return (Notice("unlikely-rows", {"column": name, "other": other, "correlation": facts["correlation"]}),)
    return ()

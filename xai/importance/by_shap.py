"""Global importance by SHAP: the mean absolute contribution of every original column over many rows.

Rows are explained in blocks, so that a table of any length fits into memory: means and intervals rest on all of them,
the contributions of a sample are kept for the figures.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.attribution.blocks import affordable, rows_at_once
from xai.attribution.explain import classes_label, sampling_on_average
from xai.attribution.shap import Shap, shap_values
from xai.correlation import correlated
from xai.data import Dataset, sample_rows
from xai.errors import QuestionError
from xai.moments import Moments
from xai.progress import Progress, report, within
from xai.results import Importance, Measure, Notice, Trust, Unit, Verdict, freeze
from xai.trust.scale import additivity, point

KEPT = 1_000  # rows whose contributions are kept


def importance_by_shap(
    data: Dataset,
    background: Background,
    rows: int | None,
    class_index: int,
    unit: Unit,
    seed: int,
    progress: Progress | None = None,
) -> Importance:
    """Mean |SHAP| over `rows` rows drawn without replacement; the interval is that of a mean over a sample of rows.

    Where the model has to be asked for every coalition fewer rows are used, and the result says how many; None stands
    for all rows of the table, however long they take. Raises QuestionError("too-few-rows").
    """
    start = time.perf_counter()
    if rows is not None and rows < 1:
        raise QuestionError("too-few-rows", rows=rows)
    report(progress, 0.0, "shap")
    model = background.model
    wanted = len(data.frame) if rows is None else min(rows, len(data.frame))
    used = wanted if rows is None else min(wanted, affordable(background, unit))
    frame = sample_rows(data.frame, used, seed)
    found = _Contributions(class_index, _kept(used, seed))
    size = rows_at_once(background, unit)
    for first in range(0, used, size):
        block = frame.iloc[first : first + size]
        part = within(progress, first / used, (first + len(block)) / used)
        real = background.said(block, unit)
        found.add(block, shap_values(background, block, unit, seed, real, part), real)
    mean, half, values = found.sizes.mean, found.half, np.concatenate(found.values)
    fewer = (Notice("fewer-rows", {"rows": used, "asked": wanted}),) if used < wanted else ()
    sample = (Notice("points-of-a-sample", {"rows": KEPT, "of": used}),) if used > KEPT else ()
    shown = frame.iloc[found.kept]
    return Importance(
        method="shap",
        algorithm=found.last.algorithm,
        unit=unit,
        target_class=classes_label(model, class_index),
        columns=model.columns,
        importance=freeze(mean),
        low=freeze(np.maximum(mean - half, 0)),
        high=freeze(mean + half),
        direction=freeze(direction(shown, values)),
        rows_used=used,
        rows_total=len(data.frame),
        seed=seed,
        trust=Trust((*found.checks(unit), interval(mean, half))),
        seconds=time.perf_counter() - start,
        warnings=(*found.warnings, *fewer, *sample, *correlated(shown)),
        values=freeze(values.astype(np.float32)),
        data=shown.reset_index(drop=True),
        base=float(found.last.base[class_index]),
    )


class _Contributions:
    """Contributions of rows that come in blocks: their mean size, their checks, and those of the rows to be kept."""

    def __init__(self, class_index: int, kept: np.ndarray) -> None:
        self.sizes = Moments()
        self.values: list[np.ndarray] = []
        self.warnings: list[Notice] = []
        self.kept = kept
        self._class_index = class_index
        self._errors = Moments()
        self._real: list[np.ndarray] = []
        self._gap = 0.0

    def add(self, block: pd.DataFrame, found: Shap, real: np.ndarray) -> None:
        k, first = self._class_index, self.sizes.count
        values = found.values[:, :, k]
        self.sizes.add(np.abs(values))
        self._real.append(real[:, k])
        self._errors.add(found.sampling_error)
        self._gap = max(self._gap, float(np.abs(found.base[k] + values.sum(axis=1) - real[:, k]).max()))
        self.values.append(values[self.kept[(self.kept >= first) & (self.kept < first + len(block))] - first])
        self.warnings += [notice for notice in found.warnings if notice not in self.warnings]
        self.last = found

    @property
    def half(self) -> np.ndarray:
        """(C,) half the 95 % intervals of the means."""
        return 1.96 * self.sizes.error if self.sizes.count > 1 else np.zeros(self.sizes.mean.shape)

    def checks(self, unit: Unit) -> tuple[Measure, ...]:
        """Of all rows: does every one add up, and how far can chance have moved the means?"""
        size = point(unit, np.concatenate(self._real))
        averaged = replace(self.last, sampling_error=self._errors.mean[None])
        return (additivity(self._gap, size), *sampling_on_average(averaged, self._class_index, size))


def _kept(used: int, seed: int) -> np.ndarray:
    """Positions of the rows whose contributions are kept: all, or a sample of a long table."""
    if used <= KEPT:
        return np.arange(used)
    return np.sort(np.random.default_rng(seed).choice(used, size=KEPT, replace=False))


def direction(frame: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    """(C,) Spearman correlation of a number with its contribution; nan for categories and constants."""
    found = np.full(values.shape[1], np.nan)
    for position, name in enumerate(frame):
        series = frame[name]
        if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
            present = series.notna().to_numpy()
            ranks = series[present].astype(float).rank()
            effects = pd.Series(values[present, position], index=ranks.index).rank()
            if len(ranks) and np.ptp(ranks) > 0 and np.ptp(effects) > 0:
                found[position] = ranks.corr(effects)
    return found


def interval(mean: np.ndarray, half: np.ndarray) -> Measure:
    """Half the interval of the leading column, relative to it: would other rows give the same picture?"""
    top = int(np.argmax(mean))
    share = float(half[top] / mean[top]) if mean[top] > 0 else 0.0
    verdict: Verdict = "solid" if share <= 0.10 else "care" if share <= 0.25 else "weak"
    return Measure("interval", share, "share", verdict, {"solid": 0.10, "care": 0.25})

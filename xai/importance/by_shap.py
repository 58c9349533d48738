"""Global importance by SHAP: the mean absolute contribution of every original column over many rows."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from xai.attribution.background import Background, said
from xai.attribution.explain import classes_label, sampling_on_average, trust_of
from xai.attribution.shap import affordable_rows, shap_values
from xai.correlation import correlated
from xai.data import Dataset, sample_rows
from xai.errors import QuestionError
from xai.progress import Progress
from xai.results import Importance, Measure, Notice, Trust, Unit, Verdict, freeze
from xai.trust.scale import point

LEAST_ROWS = 50


def importance_by_shap(
    data: Dataset,
    background: Background,
    rows: int,
    class_index: int,
    unit: Unit,
    seed: int,
    progress: Progress | None = None,
) -> Importance:
    """Mean |SHAP| over `rows` rows drawn without replacement; the interval is that of a mean over a sample of rows.

    Where the model has to be asked for every coalition fewer rows are used; the result says how many.
    Raises QuestionError("too-few-rows").
    """
    start = time.perf_counter()
    if rows < 1:
        raise QuestionError("too-few-rows", rows=rows)
    wanted = min(rows, len(data.frame))
    model = background.model
    used = min(wanted, max(LEAST_ROWS, affordable_rows(background, unit)))
    frame = sample_rows(data.frame, used, seed)
    outputs = said(model, frame, unit)
    found = shap_values(background, frame, unit, seed, outputs, progress)
    values = found.values[:, :, class_index]
    size = np.abs(values)
    mean = size.mean(axis=0)
    half = 1.96 * size.std(axis=0, ddof=1) / np.sqrt(used) if used > 1 else np.zeros(len(mean))
    real = outputs[:, class_index]
    size_of_point = point(unit, real)
    checks = [m for m in trust_of(found, class_index, real, size_of_point).measures if m.code == "additivity"]
    sampling = sampling_on_average(found, class_index, size_of_point)
    fewer = (Notice("fewer-rows", {"rows": used, "asked": wanted}),) if used < wanted else ()
    return Importance(
        method="shap",
        algorithm=found.algorithm,
        unit=unit,
        target_class=classes_label(model, class_index),
        columns=model.columns,
        importance=freeze(mean),
        low=freeze(np.maximum(mean - half, 0)),
        high=freeze(mean + half),
        direction=freeze(direction(frame, values)),
        rows_used=used,
        rows_total=len(data.frame),
        seed=seed,
        trust=Trust((*checks, *sampling, interval(mean, half))),
        seconds=time.perf_counter() - start,
        warnings=(*found.warnings, *fewer, *correlated(frame)),
        values=freeze(values.astype(np.float32)),
        data=frame.reset_index(drop=True),
        base=float(found.base[class_index]),
    )


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

"""Why the model predicts what it predicts: SHAP values of one class, with what was measured about them."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.attribution.shap import Shap, shap_values
from xai.data import Dataset
from xai.errors import QuestionError
from xai.model import Model
from xai.progress import Progress
from xai.results import Attribution, Label, Measure, Trust, Unit, freeze
from xai.trust.scale import additivity, judged, point
from xai.trust.support import support


def explain_shap(
    data: Dataset,
    background: Background,
    rows: pd.DataFrame,
    class_index: int,
    unit: Unit,
    seed: int,
    progress: Progress | None = None,
    single: bool = True,
) -> Attribution:
    """SHAP values of `rows` for one class. `single`: one row, values (C,); else values (R, C)."""
    start = time.perf_counter()
    model = background.model
    outputs = background.said(rows, unit)
    found = shap_values(background, rows, unit, seed, outputs, progress)
    real = outputs[:, class_index]
    values = found.values[:, :, class_index]
    error = np.sqrt(
        np.nan_to_num(found.background_error[:, :, class_index]) ** 2 + found.sampling_error[:, :, class_index] ** 2
    )
    size = point(unit, background.outputs(unit)[:, class_index])
    trust = trust_of(found, class_index, real, size)
    if single:
        trust = Trust((*trust.measures, support(data, rows)))
    label = classes_label(model, class_index)
    return Attribution(
        method="shap",
        algorithm=found.algorithm,
        unit=unit,
        target_class=label,
        columns=model.columns,
        values=freeze(values[0] if single else values),
        base=float(found.base[class_index]),
        prediction=float(real[0]) if single else freeze(real),
        data=rows[list(model.columns)].reset_index(drop=True),
        spread=freeze(error[0] if single else error),
        background_rows=len(background),
        seed=seed,
        trust=trust,
        seconds=time.perf_counter() - start,
        warnings=found.warnings,
        label=background.answer(rows) if model.task != "regression" else None,
        sampling={**found.sampling, **_mixing(model)},
    )


def trust_of(found: Shap, class_index: int, real: np.ndarray, size: float) -> Trust:
    """Do the contributions add up to the model's own output, and how far do they depend on background and sampling?"""
    gap = np.abs(found.base[class_index] + found.values[:, :, class_index].sum(axis=1) - real).max()
    measures = [additivity(float(gap), size)]
    over = found.background_error[:, :, class_index]
    if np.isfinite(over).any():
        measures.append(judged("background", float(np.nanmax(over)), size, 2, 5))
    sampled = found.sampling_error[:, :, class_index]
    if "pairs" in found.sampling:
        largest = float(np.nanmax(sampled)) if np.isfinite(sampled).any() else float("inf")
        measures.append(judged("sampling", largest, size, 2, 5, pairs=found.sampling["pairs"]))
    return Trust(tuple(measures))


def sampling_on_average(found: Shap, class_index: int, size: float) -> tuple[Measure, ...]:
    """How far sampled orders can move a mean of |contributions| over rows: at most the mean error; () where exact."""
    if "pairs" not in found.sampling:
        return ()
    error = found.sampling_error[:, :, class_index].mean(axis=0)
    largest = float(error.max()) if np.isfinite(error).all() else float("inf")
    return (judged("sampling_mean", largest, size, 2, 5, pairs=found.sampling["pairs"]),)


def _mixing(model: Model) -> dict[str, str | None]:
    """The step of the preprocessing that mixes columns, and which columns."""
    return {"mixing": model.mixing, **({"mixed": ", ".join(model.mixed)} if model.mixed else {})}


def classes_label(model: Model, class_index: int) -> Label | None:
    return model.classes[class_index] if model.classes else None


def unit_for(model: Model, asked: Any) -> Unit:
    """The unit to explain in: the model's own, or its margin where that was asked for.

    Raises QuestionError("unknown-unit") for any other, ("no-margin") where the model has none.
    """
    known = (model.unit,) if model.task == "regression" else (model.unit, "margin")
    if asked is not None and asked not in known:
        raise QuestionError("unknown-unit", asked=str(asked), known=", ".join(known))
    return "margin" if asked == "margin" else model.unit

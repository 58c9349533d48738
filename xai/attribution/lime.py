"""LIME: a linear model of the prediction, fitted on perturbed rows that are weighted by their nearness to the case.

Ribeiro, Singh and Guestrin, "Why Should I Trust You?" (KDD 2016), section 3, as implemented by the `lime` package for
tables. Contributions are given in the unit of the prediction and relative to the average neighbour, so that they can
stand beside SHAP values:

- a number contributes its coefficient times its distance from the background's mean, in standard deviations;
- a category contributes its coefficient times (1 - its share in the background): the coefficient compares it with
  all other categories, the contribution with the average row.

So base + sum of contributions = what the local line says for the row, and on a linear model with independent columns
the contributions are the SHAP values.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.attribution.neighbourhood import Neighbourhood, neighbourhood
from xai.attribution.neighbours import Neighbours, draw
from xai.attribution.neighbours_asked import said_about
from xai.attribution.ridge import Ridge
from xai.data import Dataset
from xai.progress import Progress, report
from xai.results import Attribution, Notice, freeze
from xai.trust.lime import lime_trust
from xai.trust.scale import point

KERNEL_WIDTH = 0.75  # times the root of the number of columns: the package's own


@dataclass(frozen=True)
class LocalFit:
    """One fitted local line. weights (C,) in the unit of the prediction, zero for columns LIME cannot vary."""

    weights: np.ndarray
    base: float  # what the line says for the average neighbour
    r2: float  # weighted, over this run's samples


def lime(
    data: Dataset,
    background: Background,
    row_frame: pd.DataFrame,
    class_index: int | None = None,
    *,
    samples: int = 5000,
    runs: int = 5,
    seed: int = 0,
    progress: Progress | None = None,
) -> Attribution:
    """Contributions of the original columns to one prediction, by LIME. Raises QuestionError("nothing-varies").

    Each of the `runs` draws its own `samples` neighbours, seeded with `seed` + run; the model is asked about all of
    them at once. `values` (C,), `base`, `local_prediction` and R² are means over the runs; `spread` (C,) is the
    standard deviation of one run.
    """
    started = time.perf_counter()
    report(progress, 0.0, "lime")
    model, output = background.model, class_index or 0
    around = neighbourhood(data, background, row_frame)
    row = model.inputs(row_frame)
    drawn = [draw(around, samples, seed + run) for run in range(runs)]
    said = said_about(background, around, row, [each.rows for each in drawn])
    labels = np.split(said.neighbours[:, output], runs)
    mean, spread = _mean([_fit(around, *each) for each in zip(drawn, labels, strict=True)])
    prediction, local = float(said.row[output]), mean.base + float(mean.weights.sum())
    size = point(model.unit, background.outputs(model.unit)[:, output])
    return Attribution(
        method="lime",
        algorithm="lime-linear",
        unit=model.unit,
        target_class=None if model.task == "regression" else model.classes[output],
        columns=model.columns,
        values=freeze(mean.weights),
        base=mean.base,
        prediction=prediction,
        data=row.reset_index(drop=True),
        spread=freeze(spread),
        background_rows=len(background),
        seed=seed,
        trust=lime_trust(mean.r2, local, prediction, spread, model.columns, size),
        seconds=time.perf_counter() - started,
        warnings=around.notices if runs > 1 else (*around.notices, Notice("lime-one-run")),
        local_prediction=local,
        label=None if model.task == "regression" else said.label,
        sampling={"samples": samples, "runs": runs, "mixing": model.mixing},
    )


def _mean(fits: list[LocalFit]) -> tuple[LocalFit, np.ndarray]:
    """The mean of the runs, and the standard deviation of their weights (C,); nan for a single run."""
    weights = np.array([fit.weights for fit in fits])
    spread = weights.std(axis=0, ddof=1) if len(fits) > 1 else np.full(weights.shape[1], np.nan)
    base, r2 = float(np.mean([fit.base for fit in fits])), float(np.mean([fit.r2 for fit in fits]))
    return LocalFit(weights.mean(axis=0), base, r2), spread


def _fit(around: Neighbourhood, neighbours: Neighbours, labels: np.ndarray) -> LocalFit:
    """One weighted ridge regression over all columns that vary, by the package.

    It is fitted to the one output that is explained: the numbers are the same as in the package's classification mode,
    and scores that do not sum to one are no problem.
    """
    from lime.lime_base import LimeBase  # imported when first asked for

    columns = neighbours.rows.shape[1]
    width = KERNEL_WIDTH * np.sqrt(columns)
    base = LimeBase(lambda distances: np.sqrt(np.exp(-(distances**2) / width**2)))
    intercept, found, r2, _ = base.explain_instance_with_data(
        neighbours.coordinates, labels[:, None], neighbours.distances, 0, columns, "none", Ridge()
    )
    coefficients = np.zeros(columns)
    for place, weight in found:
        coefficients[place] = weight
    # The average neighbour: standardised numbers have it at zero, a category's 0 or 1 at its share in the background.
    reference = around.reference
    origin = np.where(around.numeric, 0.0, (reference.rows == around.row).mean(axis=0))
    distance = np.where(around.numeric, (around.row - reference.mean) / reference.scale, 1.0) - origin
    weights = np.zeros(len(around.varying))
    weights[around.varying] = coefficients * distance
    return LocalFit(weights, float(intercept + coefficients @ origin), float(r2))

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
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xai.attribution.neighbourhood import Neighbourhood, neighbourhood
from xai.data import Dataset
from xai.model import Model
from xai.progress import Progress, report
from xai.results import Attribution, Notice, freeze
from xai.trust.lime import lime_trust
from xai.trust.scale import point

if TYPE_CHECKING:
    from lime.lime_tabular import LimeTabularExplainer


@dataclass(frozen=True)
class LocalFit:
    """One fitted local line. weights (C,) in the unit of the prediction, zero for columns LIME cannot vary."""

    weights: np.ndarray
    base: float  # what the line says for the average neighbour
    r2: float  # weighted, over this run's samples


def lime(
    model: Model,
    data: Dataset,
    background: pd.DataFrame,
    row_frame: pd.DataFrame,
    class_index: int | None = None,
    *,
    samples: int = 5000,
    runs: int = 5,
    seed: int = 0,
    progress: Progress | None = None,
    discretize: bool = False,
) -> Attribution:
    """Contributions of the original columns to one prediction, by LIME. Raises QuestionError("nothing-varies").

    Each of the `runs` is a new explainer on its own `samples` perturbed rows, seeded with `seed` + run. `values` (C,),
    `base`, `local_prediction` and R² are means over the runs; `spread` (C,) is the standard deviation of one run.
    `discretize` cuts numbers at the background's quartiles, named by `rules`: easier to read, but a worse fit.
    """
    started = time.perf_counter()
    output = class_index or 0
    around = neighbourhood(data, background, row_frame)
    fits = []
    for run in range(runs):
        report(progress, run / runs, "lime")
        fits.append(_fit(model, around, output, samples, seed + run, discretize))
    mean, spread = _mean(fits)
    prediction, local = float(model.predict(row_frame)[0, output]), mean.base + float(mean.weights.sum())
    size = point(model.unit, model.predict(background)[:, output])
    return Attribution(
        method="lime",
        algorithm="lime-quartiles" if discretize else "lime-linear",
        unit=model.unit,
        target_class=None if model.task == "regression" else model.classes[output],
        columns=model.columns,
        values=freeze(mean.weights),
        base=mean.base,
        prediction=prediction,
        data=row_frame[list(model.columns)].reset_index(drop=True),
        spread=freeze(spread),
        background_rows=len(background),
        seed=seed,
        trust=lime_trust(mean.r2, local, prediction, spread, model.columns, size),
        seconds=time.perf_counter() - started,
        warnings=around.notices if runs > 1 else (*around.notices, Notice("lime-one-run")),
        rules=around.rules() if discretize else (),
        local_prediction=local,
        label=None if model.task == "regression" else model.answer(row_frame)[0],
        sampling={"samples": samples, "runs": runs},
    )


def _mean(fits: list[LocalFit]) -> tuple[LocalFit, np.ndarray]:
    """The mean of the runs, and the standard deviation of their weights (C,); nan for a single run."""
    weights = np.array([fit.weights for fit in fits])
    spread = weights.std(axis=0, ddof=1) if len(fits) > 1 else np.full(weights.shape[1], np.nan)
    base, r2 = float(np.mean([fit.base for fit in fits])), float(np.mean([fit.r2 for fit in fits]))
    return LocalFit(weights.mean(axis=0), base, r2), spread


def _fit(model: Model, around: Neighbourhood, output: int, samples: int, seed: int, discretize: bool) -> LocalFit:
    """One explainer, one draw of neighbours, one weighted ridge regression over all columns that vary.

    LIME is asked in regression mode about the one output that is explained: the numbers are the same as in its
    classification mode, and scores that do not sum to one are no problem.
    """
    from lime.lime_tabular import LimeTabularExplainer  # seconds to import: only when asked for

    explainer = LimeTabularExplainer(
        around.reference,
        mode="regression",
        categorical_features=list(np.flatnonzero(~around.numeric)),
        discretize_continuous=discretize,
        feature_selection="none",
        random_state=seed,
    )
    found = explainer.explain_instance(
        around.row,
        lambda matrix: model.predict(around.frame(matrix))[:, output],
        num_features=around.reference.shape[1],
        num_samples=samples,
    )
    coefficients = np.zeros(around.reference.shape[1])
    for place, weight in found.local_exp[1]:
        coefficients[place] = weight
    distance, origin = _from_centre(explainer, around)
    weights = np.zeros(len(around.varying))
    weights[around.varying] = coefficients * distance
    return LocalFit(weights, float(found.intercept[1] + coefficients @ origin), float(found.score))


def _from_centre(explainer: LimeTabularExplainer, around: Neighbourhood) -> tuple[np.ndarray, np.ndarray]:
    """How far the row lies from the average neighbour in LIME's coordinates, and where that average lies; both (V,).

    Standardised numbers have their centre at zero; for a category (or an interval) the coordinate is 1 for "the row's
    own" and 0 otherwise, with its share in the background as centre.
    """
    reference, row = around.reference, around.row
    standard = around.numeric
    if explainer.discretizer is not None:
        reference, row = explainer.discretizer.discretize(reference), explainer.discretizer.discretize(row)
        standard = np.zeros_like(around.numeric)
    share = (reference == row).mean(axis=0)
    origin = np.where(standard, 0.0, share)
    scaled = (around.row - explainer.scaler.mean_) / explainer.scaler.scale_
    return np.where(standard, scaled, 1.0) - origin, origin

"""What an adjustment is worth: the model's score with it and without it, beside the trivial answer's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xai.adjustment import Evidence
from xai.errors import DataError, KlartextError
from xai.opening.fitting.fit import Fit
from xai.opening.targets import align_target
from xai.results import Label

MOST_ROWS = 1000
_FEWEST_ROWS = 10


@dataclass(frozen=True)
class Measured:
    """A model on rows whose outcome is known."""

    score: str  # "accuracy" or "r2"
    value: float
    baseline: float
    rows: int
    answers: np.ndarray  # (rows,) what the model said
    actual: np.ndarray  # (rows,)


def measure(fitted: Fit, estimator: Any, target: str | None, classes: Sequence[Label]) -> Measured | None:
    """The score on at most MOST_ROWS rows, evenly spread; None without outcomes, or where the model refuses them."""
    known = outcomes(fitted, target, classes)
    if fitted.error is not None or known is None:
        return None
    step = -(-len(known) // MOST_ROWS)
    known = known.iloc[::step]
    try:
        said = fitted.model(estimator).answer(fitted.inputs.loc[known.index])
    except KlartextError:  # it cannot predict so: there is nothing to measure
        return None
    return scored(known, said, classes)


def scored(known: pd.Series, said: np.ndarray, classes: Sequence[Label]) -> Measured | None:
    """What was said of rows beside their outcomes; None where an answer is no finite number."""
    actual = known.to_numpy()
    if classes:
        most = float(pd.Series(actual).map(str).value_counts(normalize=True).iloc[0])
        right = float((actual.astype(str) == said.astype(str)).mean())
        return Measured("accuracy", right, most, len(known), said, actual)
    if not np.isfinite(said).all():
        return None
    return Measured("r2", r_squared(actual, said), 0.0, len(known), said, actual)


def r_squared(actual: np.ndarray, said: np.ndarray) -> float:
    """1 minus the squared errors over those of always saying the mean."""
    with np.errstate(over="ignore"):
        return float(1 - ((actual - said) ** 2).sum() / ((actual - actual.mean()) ** 2).sum())


def outcomes(fitted: Fit, target: str | None, classes: Sequence[Label]) -> pd.Series | None:
    """The known outcomes in the model's labels; None where there are too few, or none that fit."""
    if target is None or target not in fitted.frame:
        return None
    try:
        known = align_target(fitted.frame[target], fitted.classes or tuple(classes)).series.dropna()
    except DataError:
        return None
    if not classes:
        known = known.astype(float)
    return known if len(known) >= _FEWEST_ROWS and len(known.unique()) > 1 else None


def evidence(without: Measured | None, with_it: Measured | None, together: Sequence[str] = ()) -> Evidence | None:
    """Both side by side; None where nothing could be measured with the adjustment."""
    if with_it is None:
        return None
    before = None if without is None else without.value
    return Evidence(with_it.score, before, with_it.value, with_it.baseline, with_it.rows, tuple(together))

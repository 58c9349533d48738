"""How far a LIME explanation carries: does the local line fit the model here, and does it stay under other seeds?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xai.results import Measure, Trust, Verdict
from xai.trust.scale import judged

SOLID_R2, CARE_R2 = 0.80, 0.50
SOLID_MISS, CARE_MISS = 5, 10  # points between the local line and the model at the explained row
CARE_SPREAD, WEAK_SPREAD = 2, 5  # points of standard deviation over seeds


def lime_trust(
    r2: float, local: float, prediction: float, spread: np.ndarray, columns: Sequence[str], size: float
) -> Trust:
    """The measures "lime_fit" and "lime_seeds" (the latter needs at least two runs).

    `local` and `prediction` are what the local line and the model say about the row; `spread` (C,) the standard
    deviations of the contributions over seeds; `size` the size of one point (see `xai.trust.scale`).
    """
    seeds = () if np.isnan(spread).all() else (_seeds(spread, columns, size),)
    return Trust((_fit(r2, local, prediction, size), *seeds))


def _fit(r2: float, local: float, prediction: float, size: float) -> Measure:
    miss = abs(local - prediction)
    verdict: Verdict = "weak"
    if r2 >= SOLID_R2 and miss <= SOLID_MISS * size:
        verdict = "solid"
    elif r2 >= CARE_R2 and miss <= CARE_MISS * size:
        verdict = "care"
    rule = {"care": SOLID_R2, "weak": CARE_R2, "care_miss": SOLID_MISS * size, "weak_miss": CARE_MISS * size}
    facts = {"miss": miss, "local_prediction": local, "prediction": prediction}
    return Measure("lime_fit", r2, "r2", verdict, rule, facts)


def _seeds(spread: np.ndarray, columns: Sequence[str], size: float) -> Measure:
    place = int(np.argmax(spread))
    return judged("lime_seeds", float(spread[place]), size, CARE_SPREAD, WEAK_SPREAD, column=columns[place])

"""Models trained on scaled columns, without the scaler: the table's own means and spreads may stand in for it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xai.adjustment import Adjustment, Step
from xai.making import make
from xai.opening.fitting.draft import Draft

CODES = ("standardize", "standardize-numbers", "min-max", "min-max-numbers")
"""All columns, or only those that are not just 0 and 1; to mean 0 and deviation 1, or to 0..1."""


def settle(draft: Draft) -> None:
    """Scale the columns the model gets, where somebody asked for it; it is offered only where it was measured."""
    for code in (code for code in CODES if draft.decisions.accepts(Adjustment(code))):
        columns = scaled(draft, code)
        if columns and draft.does(Adjustment(code, facts={"count": len(columns)})):
            for name, step in columns.items():
                draft.steps[name] = (*draft.steps.get(name, ()), step)
            return


def scaled(draft: Draft, code: str) -> dict[str, Step]:
    """Column of the model -> the step that scales it. {} where not all of them are numbers."""
    made = {name: make(draft.frame[column], draft.steps.get(name, ())) for name, column in draft.sources.items()}
    if not all(pd.api.types.is_numeric_dtype(column) for column in made.values()):
        return {}
    if code.endswith("-numbers"):
        made = {name: column for name, column in made.items() if not set(column.dropna().unique()) <= {0, 1}}
    center_and_scale = _standard if code.startswith("standardize") else _to_one
    return {name: Step("scaled", center_and_scale(column)) for name, column in made.items()}


def _standard(column: pd.Series) -> dict[str, float]:
    """As scikit-learn's StandardScaler: the deviation over n."""
    values = column.to_numpy(dtype=float)
    return {"center": float(np.nanmean(values)), "scale": float(np.nanstd(values)) or 1.0}


def _to_one(column: pd.Series) -> dict[str, float]:
    values = column.to_numpy(dtype=float)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return {"center": low, "scale": (high - low) or 1.0}

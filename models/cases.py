"""Ready-made cases that are rows of the held-out part, picked by a rule instead of by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def case(
    recipe: str | Mapping[str, Any], model: Any, held_out: pd.DataFrame, target: str, positive: Any
) -> dict[str, Any]:
    """The values of one case, in the order of the model's columns; missing values are None."""
    rows = held_out.drop(columns=target)
    row = recipe if isinstance(recipe, Mapping) else rows.iloc[_position(recipe, model, held_out, target, positive)]
    values = {name: row[name] for name in rows.columns}
    return {name: None if pd.isna(value) else _python(value) for name, value in values.items()}


def _position(rule: str, model: Any, held_out: pd.DataFrame, target: str, positive: Any) -> int:
    """The held-out row that the rule names."""
    rows = held_out.drop(columns=target)
    if rule == "first-with-missing":
        return int(np.argmax(rows.isna().any(axis=1)))
    if rule.startswith("largest:"):
        return int(np.argmax(rows[rule.removeprefix("largest:")]))
    if rule == "largest-error":
        return int(np.argmax(np.abs(model.predict(rows) - held_out[target])))
    chances = model.predict_proba(rows)
    if rule == "smallest-margin":
        ordered = np.sort(chances, axis=1)
        return int(np.argmin(ordered[:, -1] - ordered[:, -2]))
    if rule == "nearest-below-half":
        chance = chances[:, list(model.classes_).index(positive)]
        return int(np.argmax(np.where(chance < 0.5, chance, -1.0)))
    raise ValueError(f"no such rule: {rule}")


def _python(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value

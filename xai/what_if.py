"""What if: the same case with some columns changed, predicted and explained again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from xai.data import Dataset, with_values
from xai.model import Model
from xai.results import Attribution, Measure, Notice, Trust, Verdict, WhatIf


def what_if(
    model: Model,
    data: Dataset,
    row: pd.DataFrame,
    changes: Mapping[str, Any],
    class_index: int,
    explain: Callable[[pd.DataFrame], Attribution],
) -> WhatIf:
    """Contributions before and after. Values outside the data are flagged, never refused or clipped.

    Raises MatchError("unknown-column"), DataError("not-a-number"), DataError("not-yes-or-no").
    """
    start = time.perf_counter()
    changed = with_values(row, dict(changes), data)
    before, after = explain(row), explain(changed)
    moved = {
        name: (row[name].iloc[0], changed[name].iloc[0])
        for name in changes
        if not _same(row[name].iloc[0], changed[name].iloc[0])
    }
    outside = tuple(notice for name, (_, to) in moved.items() if (notice := _outside(data, name, to)))
    carried = [measure for measure in after.trust.measures if measure.code in ("additivity", "sampling", "support")]
    if model.task == "binary" and model.unit == "probability":
        carried.append(_threshold(float(after.prediction)))
    carried += _background(before, after)
    return WhatIf(moved, before, after, Trust(tuple(carried)), time.perf_counter() - start, outside)


def _same(left: Any, right: Any) -> bool:
    if pd.isna(left) or pd.isna(right):
        return bool(pd.isna(left) and pd.isna(right))
    return bool(left == right)


def _outside(data: Dataset, name: str, value: Any) -> Notice | None:
    column = data.column(name)
    if column.contains(value):
        return None
    if pd.isna(value):
        return Notice("never-missing", {"column": name})
    if column.numeric and column.low is not None:
        return Notice("outside-range", {"column": name, "value": float(value), "low": column.low, "high": column.high})
    return Notice("unseen-category", {"column": name, "value": str(value)})


def _threshold(probability: float) -> Measure:
    distance = abs(probability - 0.5)
    verdict: Verdict = "solid" if distance > 0.05 else "care"
    return Measure("threshold", distance, "effect", verdict, {"solid": 0.05})


def _background(before: Attribution, after: Attribution) -> list[Measure]:
    """The larger shift of the two, where it was measured."""
    found = [m for each in (before, after) for m in each.trust.measures if m.code == "background"]
    return [max(found, key=lambda measure: measure.value)] if found else []

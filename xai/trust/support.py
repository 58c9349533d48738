"""Is there anyone like that? Rows of the data that resemble a row.

Distance: numbers in units of their median absolute deviation (Wachter et al. 2018, section IV), one per differing
category or missing value. A row resembles another if every number lies within one such unit and every category agrees,
for columns with at most twelve categories; rarer ones are no reason to call somebody unlike.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from xai.data import Dataset
from xai.results import Measure, Verdict

MANY_CATEGORIES = 12


def scales(data: Dataset) -> dict[str, float]:
    """Median absolute deviation of each number (its standard deviation where that is zero)."""
    found = {}
    for column in data.columns:
        if column.numeric:
            values = data.frame[column.name].to_numpy(float, na_value=np.nan)
            deviation = float(np.nanmedian(np.abs(values - np.nanmedian(values)))) if np.isfinite(values).any() else 0.0
            found[column.name] = deviation or float(np.nanstd(values)) or 1.0
    return found


def similar_rows(data: Dataset, row: pd.DataFrame) -> int:
    """How many rows of the data resemble `row` (one row)."""
    size = scales(data)
    alike = np.ones(len(data.frame), dtype=bool)
    for column in data.columns:
        series, value = data.frame[column.name], row[column.name].iloc[0]
        if pd.isna(value):
            alike &= series.isna().to_numpy()
        elif column.numeric:
            alike &= np.abs(series.to_numpy(float, na_value=np.nan) - float(value)) <= size[column.name]
        elif column.distinct <= MANY_CATEGORIES:
            alike &= (series == value).fillna(False).to_numpy(bool)
    return int(alike.sum())


def support(data: Dataset, row: pd.DataFrame) -> Measure:
    """The count as a measure: five similar rows carry, none do not."""
    count = similar_rows(data, row)
    verdict: Verdict = "solid" if count >= 5 else "care" if count else "weak"
    return Measure("support", float(count), "rows", verdict, {"solid": 5, "care": 1}, {"rows": len(data.frame)})

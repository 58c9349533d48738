"""Categories in an order in which neighbours are alike: their rows hold similar values in the other columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xai.effects.grid import plain_categories


def by_similarity(frame: pd.DataFrame, name: str, categories: list[Any]) -> list[Any]:
    """The categories of column `name`, ordered as in ALEPlot, the package of Apley & Zhu (2020).

    Two categories are as far apart as their rows' distributions of the other columns, added up over these: for numbers
    the largest distance of the distribution functions (Kolmogorov & Smirnov), else half the summed distance of the
    shares. The order is that of the first principal coordinate of these distances (Torgerson 1952). What no row of
    `frame` has comes last.
    """
    own = plain_categories(frame[name])
    members = {value: own == value for value in categories}
    present = [value for value in categories if members[value].any()]
    absent = [value for value in categories if not members[value].any()]
    if len(present) < 3:
        return present + absent
    distance = np.zeros((len(present), len(present)))
    for other in frame.columns.drop(name):
        distance += _distances(frame[other], [members[value] for value in present])
    return [present[k] for k in np.argsort(_principal_coordinate(distance), kind="stable")] + absent


def _distances(series: pd.Series, members: list[np.ndarray]) -> np.ndarray:
    """(n, n) how far apart the distributions of one column are in n groups of rows."""
    ordered = pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)
    codes, distinct = pd.factorize(series, sort=ordered, use_na_sentinel=False)
    counts = np.array([np.bincount(codes[rows], minlength=len(distinct)) for rows in members], dtype=float)
    shares = counts / counts.sum(axis=1, keepdims=True)
    if ordered:
        steps = shares.cumsum(axis=1)
        return np.array([np.abs(steps - each).max(axis=1) for each in steps])
    return np.array([np.abs(shares - each).sum(axis=1) / 2 for each in shares])


def _principal_coordinate(distance: np.ndarray) -> np.ndarray:
    """(n,) of classical scaling; its sign, which is arbitrary, puts the first category before the last."""
    centre = np.eye(len(distance)) - 1 / len(distance)
    values, vectors = np.linalg.eigh(-centre @ np.square(distance) @ centre / 2)
    # equal distances leave rounding errors only: then the categories stay as they are
    coordinate = vectors[:, -1] if values[-1] > 1e-12 else np.arange(len(distance), dtype=float)
    return coordinate if coordinate[0] <= coordinate[-1] else -coordinate

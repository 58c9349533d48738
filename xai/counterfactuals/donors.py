"""Real rows as donors: what somebody with the wanted outcome has, the explained row might take over.

Three kinds of proposals: every single value of every free column; parts of the nearest rows with the wanted outcome;
and, where the free columns have few values, every combination of them.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from xai.counterfactuals.limits import Limits, same

SINGLE = 60  # values tried per column
DONORS = 80  # nearest rows with the wanted outcome
PARTS = 1500  # subsets of their columns
MOST_COMBINATIONS = 5000


def combinations(rows: np.ndarray, limits: Limits) -> np.ndarray | None:
    """(G, C) every combination of observed values of the free columns; None where there are too many."""
    values = [_values(rows, limits, place) for place in range(rows.shape[1])]
    if np.prod([float(len(found)) for found in values]) > MOST_COMBINATIONS:
        return None
    grid = np.array(list(product(*values)))
    return grid[~same(grid, limits.row).all(axis=1)] if len(grid) else grid.reshape(0, rows.shape[1])


def single_changes(rows: np.ndarray, limits: Limits) -> np.ndarray:
    """(R, C) the row with one column set to an observed value; many values are thinned to evenly spaced quantiles."""
    found = []
    for place in np.flatnonzero(limits.free):
        values = _values(rows, limits, place)
        if len(values) > SINGLE:
            values = np.quantile(values, np.linspace(0, 1, SINGLE), method="nearest")
        block = np.repeat(limits.row[None, :], len(values), axis=0)
        block[:, place] = values
        found.append(block)
    return np.vstack(found) if found else np.empty((0, len(limits.row)))


def parts_of_donors(donors: np.ndarray, limits: Limits, seed: int) -> np.ndarray:
    """(R, C) the row with two or more columns taken from one donor (M, C), nearest donors first; and whole donors."""
    random = np.random.default_rng(seed)
    donors = limits.pulled_back(donors[:DONORS])
    differing = ~same(donors, limits.row)
    rows = [donors]
    each = max(PARTS // max(len(donors), 1), 1)
    for donor, differs in zip(donors, differing, strict=True):
        places = np.flatnonzero(differs)
        if len(places) < 3:
            continue
        # small parts are likelier: two columns of ten are a better answer than eight
        count = 2 + np.minimum(random.geometric(0.5, each) - 1, len(places) - 3)
        taken = random.random((each, len(places))).argsort(axis=1) < count[:, None]
        block = np.repeat(limits.row[None, :], each, axis=0)
        block[:, places] = np.where(taken, donor[places], block[:, places])
        rows.append(block)
    return np.vstack(rows)


def _values(rows: np.ndarray, limits: Limits, place: int) -> np.ndarray:
    """Observed values of one column that are allowed, the row's own among them; only that one where it is kept."""
    if not limits.free[place]:
        return limits.row[place : place + 1]
    values = np.unique(np.append(rows[:, place], limits.row[place]))
    return values[limits.fits(place, values)]

"""Real rows as donors: what others have, those with the wanted outcome above all, the explained row might take over.

Everything is proposed in units: a single column, or columns that move together and are always taken from one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from xai.counterfactuals.limits import Limits, same
from xai.counterfactuals.steps import rounded
from xai.trust.neighbours import Neighbours

SINGLE = 24  # values tried per unit, where it has more
DONORS = 80  # nearest rows with the wanted outcome
PARTS = 1200  # parts of them
SIZES = (0.5, 0.3, 0.2)  # shares of parts of two, three and four or more units
MOST_COMBINATIONS = 5000
FULL = 60  # values of a number with a step that are all tried
OPEN = 12  # values tried where a range was asked for in which the data has none


@dataclass(frozen=True)
class Moves:
    """The row with one unit changed. Shapes: M moves, C columns."""

    rows: np.ndarray  # (M, C)
    unit: np.ndarray  # (M,)

    def chosen(self, which: np.ndarray) -> Moves:
        return Moves(self.rows[which], self.unit[which])


def combinations(rows: np.ndarray, limits: Limits) -> tuple[np.ndarray | None, bool]:
    """(G, C) every combination of values of the free units, and whether these are all values there can be.

    All there can be: categories of the data, and numbers that keep to a step, within the data's range or the limits
    that were asked. Else the observed values; None where these are too many, too.
    """
    grids = [_full(rows, limits, unit) for unit in limits.units]
    full = all(found is not None for found in grids)
    if full and np.prod([float(len(found) + 1) for found in grids]) <= MOST_COMBINATIONS:
        return _product(grids, limits), True
    observed = [_values(rows, limits, unit) for unit in limits.units]
    if np.prod([float(len(found) + 1) for found in observed]) <= MOST_COMBINATIONS:
        return _product(observed, limits), False
    return None, False


def _full(rows: np.ndarray, limits: Limits, unit: np.ndarray) -> np.ndarray | None:
    """(V, members) all values a unit can take but the present ones; None where these cannot be counted."""
    place = int(np.flatnonzero(unit)[0])
    if not limits.lone[place]:
        return _values(rows, limits, unit)
    low, high, step = limits.search_low[place], limits.search_high[place], limits.step[place]
    if not step or not np.isfinite([low, high]).all() or (high - low) / step > FULL:
        return None
    values = rounded(np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1) * step, step)
    values = np.unique(np.append(values, rows[:, place][~np.isnan(rows[:, place])]))
    return values[limits.fits(place, values) & (values != limits.start[place])][:, None]


def _product(values: list[np.ndarray], limits: Limits) -> np.ndarray:
    """(G, C) every combination of the values of all units, each unit's present values among them."""
    kept = [[None, *found] for found in values]
    grid = np.repeat(limits.start[None, :], int(np.prod([len(found) for found in kept])), axis=0)
    for place, choice in enumerate(product(*kept)):
        for unit, value in zip(limits.units, choice, strict=True):
            if value is not None:
                grid[place, unit] = value
    return grid[~same(grid, limits.row).all(axis=1)]


def moves(rows: np.ndarray, limits: Limits, near: Neighbours) -> Moves:
    """One unit set to an observed value; many values are thinned to evenly spaced ones, many groups to the nearest."""
    found, unit_of = [], []
    for place, unit in enumerate(limits.units):
        values = _values(rows, limits, unit)
        block = np.repeat(limits.start[None, :], len(values), axis=0)
        block[:, unit] = values
        if len(block) > SINGLE:
            if unit.sum() == 1 and limits.lone[unit].all():
                order = np.unique(np.linspace(0, len(block) - 1, SINGLE).round().astype(int))
            else:
                order = np.argsort(near.distance(block, limits.start[None, :])[:, 0], kind="stable")[: 2 * SINGLE]
            block = block[order]
        found.append(block)
        unit_of.append(np.full(len(block), place))
    if not found:
        return Moves(np.empty((0, len(limits.row))), np.zeros(0, dtype=int))
    return Moves(np.vstack(found), np.concatenate(unit_of))


def parts(donors: np.ndarray, limits: Limits, random: np.random.Generator, count: int = PARTS) -> np.ndarray:
    """(R, C) the row with two or more units of one donor (M, C); nearer donors and smaller parts are likelier."""
    donors = limits.pulled_back(donors[:DONORS])
    units = limits.units
    if not len(donors) or len(units) < 2:
        return donors
    differing = np.stack([(~same(donors[:, unit], limits.start[unit])).any(axis=1) for unit in units], axis=1)
    several = np.flatnonzero(differing.sum(axis=1) > 1)
    if not len(several):
        return donors
    chosen = several[(len(several) * random.random(count) ** 1.5).astype(int)]
    most = np.minimum(differing[chosen].sum(axis=1), _at_most(limits, len(units)))
    size = np.minimum(2 + np.searchsorted(np.cumsum(SIZES), random.random(count)), most)
    size = np.where(size == 4, 4 + random.geometric(0.5, count) - 1, size)
    order = np.where(differing[chosen], random.random((count, len(units))), np.inf).argsort(axis=1).argsort(axis=1)
    taken = (order < np.minimum(size, most)[:, None]) & differing[chosen]
    columns = taken.astype(np.float32) @ units.astype(np.float32) > 0
    return np.vstack([np.where(columns, donors[chosen], limits.start), donors])


def pairs(moves: Moves, limits: Limits) -> np.ndarray:
    """(R, C) every two moves that change different units."""
    # each pair once: the move of the earlier unit first
    left, right = np.nonzero(moves.unit[:, None] < moves.unit[None, :])
    changed = limits.units[moves.unit[right]]
    return np.where(changed, moves.rows[right], moves.rows[left])


def _at_most(limits: Limits, units: int) -> int:
    return max(min(units, limits.at_most or units), 1)


def _values(rows: np.ndarray, limits: Limits, unit: np.ndarray) -> np.ndarray:
    """(V, members) observed values of a unit (C,) that are allowed and differ from where the row starts; ascending."""
    places = np.flatnonzero(unit)
    if len(places) == 1 and not limits.bound:
        values = np.unique(rows[:, places[0]])[:, None]
    else:
        values = np.unique(rows[:, places], axis=0)
    allowed = np.ones(len(values), dtype=bool)
    for column, place in enumerate(places):
        value = values[:, column]
        allowed &= limits.fits(place, value) if limits.free[place] else same(value, limits.start[place])
        allowed &= ~np.isnan(value) | np.isnan(limits.start[place])
    values = values[allowed]
    values = values[~same(values, limits.start[places]).all(axis=1)]
    if not len(values) and len(places) == 1 and limits.allowed[places[0]] is None and limits.free[places[0]]:
        values = _invented(limits, int(places[0]))
    return values


def _invented(limits: Limits, place: int) -> np.ndarray:
    """(V, 1) evenly spaced values of a number, where the data has none within the limits."""
    low, high = limits.search_low[place], limits.search_high[place]
    if not np.isfinite([low, high]).all() or low > high:
        return np.empty((0, 1))
    values = np.unique(np.linspace(low, high, OPEN))
    if limits.step[place]:
        values = np.unique(np.rint(values / limits.step[place]) * limits.step[place])
    fine = limits.fits(place, values) & (values != limits.start[place])
    return values[fine][:, None]

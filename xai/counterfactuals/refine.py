"""From rows that reach the outcome to the least that does: undo what is not needed, shorten how far numbers move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xai.counterfactuals.judge import Judge
from xai.counterfactuals.limits import Limits, same
from xai.counterfactuals.steps import rounded
from xai.counterfactuals.survey import Survey
from xai.trust.neighbours import Neighbours

APART = 0.25  # rows nearer to each other than this (see `xai.trust.neighbours`) are hardly two ways
STATIONS = 8  # values tried at once between a number and the row's own
FINER = 2  # times the gap between two of them is looked into


@dataclass(frozen=True)
class Workshop:
    """What searching and refining need."""

    judge: Judge
    limits: Limits
    survey: Survey
    neighbours: Neighbours  # the data without the explained row: it is no evidence for its own counterfactuals

    def effort(self, matrix: np.ndarray) -> np.ndarray:
        """(R,) what a row costs: one per change, and the distance as a tie-breaker that counts."""
        return (~same(matrix, self.limits.row)).sum(axis=1) + 0.25 * self.distance(matrix)

    def distance(self, matrix: np.ndarray) -> np.ndarray:
        """(R,) from the explained row."""
        return self.neighbours.distance(matrix, self.limits.row[None, :])[:, 0]


@dataclass(frozen=True)
class Rows:
    """Coded rows (R, C) and where each came from: a position in the list of sources (R,)."""

    matrix: np.ndarray
    origin: np.ndarray

    def __len__(self) -> int:
        return len(self.matrix)

    def chosen(self, which: np.ndarray) -> Rows:
        return Rows(self.matrix[which], self.origin[which])

    def unique(self) -> Rows:
        if len(self) < 2:
            return self
        _, first = np.unique(self.matrix, axis=0, return_index=True)
        return self.chosen(np.sort(first))


def joined(*parts: Rows) -> Rows:
    """All rows of all parts, repetitions merged."""
    return Rows(np.vstack([part.matrix for part in parts]), np.concatenate([part.origin for part in parts])).unique()


def least(rows: Rows, tools: Workshop, fine: bool = False) -> Rows:
    """The rows without any change that they do not need, and with shorter moves. Raises TimeUp."""
    rows = shortened(undone(rows, tools), tools, fine)
    return undone(rows, tools)


def undone(rows: Rows, tools: Workshop) -> Rows:
    """Take back changes until every one that is left is needed. Raises TimeUp.

    Each round tries every change alone, then takes back as many as possible at once, those that matter least first:
    a few rounds are enough even for rows with dozens of changes.
    """
    rows = rows.unique()
    while len(rows):
        single, owner, unit = single_undos(rows.matrix, tools)
        if not len(single):
            break
        judged = tools.judge(single)
        good = judged.reached & tools.limits.possible(single)
        if not good.any():
            break
        owner, unit, beyond = owner[good], unit[good], judged.beyond[good]
        order = np.lexsort((-beyond, owner))
        rows = Rows(_undo_together(rows.matrix, owner[order], unit[order], tools), rows.origin).unique()
    return rows


def single_undos(matrix: np.ndarray, tools: Workshop) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every row with every one of its changed units taken back alone; which row and which unit that was.

    Rows with a single change are left out: without it they would be the explained row.
    """
    units, row = tools.limits.units, tools.limits.row
    changed = ~same(matrix, row) @ units.T.astype(np.int64) > 0
    owner, unit = np.nonzero(changed & (changed.sum(axis=1) > 1)[:, None])
    return np.where(units[unit], row, matrix[owner]), owner, unit


def _undo_together(matrix: np.ndarray, owner: np.ndarray, unit: np.ndarray, tools: Workshop) -> np.ndarray:
    """Take back the first k of each row's changes, with the largest k that still reaches the outcome.

    `owner` and `unit` (T,) are grouped by row, in the order in which changes are to be taken back; the first of each
    is known to be possible.
    """
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    count = np.arange(len(owner)) - np.repeat(first, np.diff(np.r_[first, len(owner)])) + 1
    units, row = tools.limits.units, tools.limits.row
    trial = matrix[owner]
    for k in range(len(owner)):
        back = units[unit[k - count[k] + 1 : k + 1]].any(axis=0)
        trial[k, back] = row[back]
    several = count > 1
    good = ~several
    if several.any():
        judged = tools.judge(trial[several])
        rest = trial[several]
        good[several] = judged.reached & tools.limits.possible(rest) & ~same(rest, row).all(axis=1)
    result = matrix.copy()
    for k in np.flatnonzero(good):  # ascending: the longest possible wins
        result[owner[k]] = trial[k]
    return result


def shortened(rows: Rows, tools: Workshop, fine: bool = False) -> Rows:
    """Move changed numbers back towards the row's own, as far as the outcome stays reached. Raises TimeUp.

    What was comfortably beyond the limit stays so. `fine`: not only to values of the data, which is quicker, but to
    any value between them that keeps to the column's step.
    """
    matrix = rows.matrix.copy()
    movable = ~same(matrix, tools.limits.row) & tools.limits.lone & ~np.isnan(tools.limits.row)
    for turn in range(movable.sum(axis=1).max(initial=0)):
        owner = np.flatnonzero(movable.sum(axis=1) > turn)
        place = np.argsort(~movable[owner], axis=1, kind="stable")[:, turn]
        _shorten(matrix, owner, place, tools, fine)
    return Rows(matrix, rows.origin)


def _shorten(matrix: np.ndarray, owner: np.ndarray, place: np.ndarray, tools: Workshop, fine: bool) -> None:
    """Shorten one number of each of some rows, in place: first between far ends, then between the nearest two."""
    before = tools.judge(matrix[owner]).beyond
    enough = np.minimum(before, tools.judge.outcome.comfort)
    own = tools.limits.row[place]
    inner = own.copy()  # the nearest value that is known not to do
    for finer in range(FINER + fine):
        invent = finer == FINER
        stations = [_between(inner[k], matrix[owner[k], place[k]], place[k], tools, invent) for k in range(len(owner))]
        index = np.repeat(np.arange(len(owner)), [len(values) for values in stations])
        if not len(index):
            continue
        values = np.concatenate(stations)
        trial = matrix[owner[index]]
        trial[np.arange(len(index)), place[index]] = values
        judged = tools.judge(trial)
        good = judged.reached & (judged.beyond >= enough[index]) & tools.limits.possible(trial)
        for k in range(len(owner)):
            mine = np.flatnonzero(index == k)  # ascending in distance from the row's own
            reaching = mine[good[mine]]
            if len(reaching):
                matrix[owner[k], place[k]] = values[reaching[0]]
                failed = mine[mine < reaching[0]]
                inner[k] = values[failed[-1]] if len(failed) else inner[k]
            elif len(mine):
                inner[k] = values[mine[-1]]


def _between(inner: float, far: float, place: int, tools: Workshop, invent: bool) -> np.ndarray:
    """At most STATIONS values strictly between two, the one nearest to `inner` first."""
    low, high = min(inner, far), max(inner, far)
    if invent:
        step = tools.survey.grid[place]
        values = rounded(np.linspace(low, high, STATIONS + 2)[1:-1], step)
    else:
        values = tools.survey.distinct(place)
        values = values[np.searchsorted(values, low, "right") : np.searchsorted(values, high, "left")]
        if len(values) > STATIONS:
            values = values[np.linspace(0, len(values) - 1, STATIONS).round().astype(int)]
    values = np.unique(values[(values > low) & (values < high)])
    return values if inner <= far else values[::-1]

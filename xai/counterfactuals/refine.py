"""From rows that reach the outcome to the least that does: undo what is not needed, shorten how far numbers move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xai.counterfactuals.deadline import TimeUp
from xai.counterfactuals.judge import Judge
from xai.counterfactuals.limits import Limits, same
from xai.trust.neighbours import Neighbours

APART = 0.25  # rows nearer to each other than this (see `xai.trust.neighbours`) are hardly two ways
FRACTIONS = np.arange(1, 12) / 12  # of the way back to the row's own number


@dataclass(frozen=True)
class Workshop:
    """What refining needs. `decimals` (C,): to how many a number is rounded."""

    judge: Judge
    limits: Limits
    neighbours: Neighbours
    decimals: np.ndarray

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

    def unique(self) -> Rows:
        matrix, first = np.unique(self.matrix, axis=0, return_index=True)
        return Rows(matrix, self.origin[first])


def refined(rows: Rows, tools: Workshop, n: int) -> Rows:
    """The rows without any change that they do not need and with shorter moves; repetitions merged.

    Where that leaves fewer than `n`, the same changes before they were shortened are offered as well. When time is
    up, rows are returned as far as they were refined: they reach the outcome at every step.
    """
    least = rows
    try:
        least = undone(rows, tools)
        short = undone(shortened(least, tools), tools)
    except TimeUp:
        return least.unique()
    if len(short.matrix) >= n:
        return short
    return Rows(np.vstack([short.matrix, least.matrix]), np.append(short.origin, least.origin)).unique()


def undone(rows: Rows, tools: Workshop) -> Rows:
    """Take back one change after the other, each time the one that saves most, until every change is needed."""
    row = tools.limits.row
    rows = rows.unique()
    while len(rows.matrix):
        owner, place = np.nonzero(~same(rows.matrix, row))
        trial = rows.matrix[owner]
        trial[np.arange(len(trial)), place] = row[place]
        possible = tools.limits.kept_by(trial) & ~same(trial, row).all(axis=1)
        owner, trial = owner[possible], trial[possible]
        reached = tools.judge(trial).reached
        owner, trial = owner[reached], trial[reached]
        if not len(owner):
            break
        order = np.lexsort((tools.effort(trial), owner))
        owners, first = np.unique(owner[order], return_index=True)
        matrix = rows.matrix.copy()
        matrix[owners] = trial[order][first]
        rows = Rows(matrix, rows.origin).unique()
    return rows


def shortened(rows: Rows, tools: Workshop) -> Rows:
    """Move changed numbers back towards the row's own, as far as the outcome stays reached.

    What was comfortably beyond the limit stays so.
    """
    matrix = rows.matrix.copy()
    for place in np.flatnonzero(tools.judge.codec.numeric & tools.limits.free):
        changed = np.flatnonzero(~same(matrix[:, [place]], tools.limits.row[[place]])[:, 0])
        if len(changed) and not np.isnan(tools.limits.row[place]):
            matrix[changed, place] = _shorter(matrix[changed], place, tools)
    return Rows(matrix, rows.origin)


def _shorter(matrix: np.ndarray, place: int, tools: Workshop) -> np.ndarray:
    """(R,) the number of one column nearest to the row's own that still reaches the outcome, or the number as it is."""
    own, far = tools.limits.row[place], matrix[:, place]
    numbers = np.round(far[:, None] + FRACTIONS * (own - far[:, None]), int(tools.decimals[place]))
    trial = np.repeat(matrix, len(FRACTIONS), axis=0)
    trial[:, place] = numbers.ravel()
    before, after = tools.judge(matrix).beyond, tools.judge(trial)
    enough = np.minimum(before, tools.judge.outcome.comfort)
    fine = after.reached & tools.limits.kept_by(trial) & (trial[:, place] != own)
    fine = fine.reshape(numbers.shape) & (after.beyond.reshape(numbers.shape) >= enough[:, None])
    last = fine.shape[1] - 1 - fine[:, ::-1].argmax(axis=1)  # the largest fraction of the way back
    return np.where(fine.any(axis=1), numbers[np.arange(len(far)), last], far)


def steps(goals: np.ndarray, row: np.ndarray, judge: Judge) -> list[tuple[list[int], list[float]]]:
    """For each goal (R, C): its changed columns, biggest effect first, and the prediction after each of them.

    At each step that change is made which moves the prediction most in the direction of the whole.
    """
    start, ends = judge(row[None, :]).shown[0], judge(goals).shown
    left = [list(np.flatnonzero(changed)) for changed in ~same(goals, row)]
    current = np.repeat(row[None, :], len(goals), axis=0)
    paths: list[tuple[list[int], list[float]]] = [([], []) for _ in goals]
    while any(len(places) > 1 for places in left):
        owner, place = map(np.array, zip(*((k, j) for k, places in enumerate(left) for j in places), strict=True))
        trial = current[owner]
        trial[np.arange(len(trial)), place] = goals[owner, place]
        gain = judge(trial).shown
        for k in np.unique(owner):
            mine = np.flatnonzero(owner == k)
            way = 1.0 if ends[k] >= start else -1.0
            best = mine[np.argmax(way * gain[mine])]
            current[k, place[best]] = goals[k, place[best]]
            left[k].remove(place[best])
            paths[k][0].append(int(place[best]))
            paths[k][1].append(float(gain[best]))
    for k, places in enumerate(left):
        for j in places:  # the last change completes the row
            paths[k][0].append(int(j))
            paths[k][1].append(float(ends[k]))
    return paths

"""From rows that reach the outcome to the least that does: undo what is not needed, shorten how far numbers move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xai.counterfactuals.deadline import TimeUp
from xai.counterfactuals.judge import Judge
from xai.counterfactuals.limits import Limits, same
from xai.trust.neighbours import Neighbours

AT_A_TIME = 15  # rows refined together
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


def refined(rows: Rows, tools: Workshop, n: int) -> tuple[Rows, bool]:
    """The rows without any change that they do not need and with shorter moves, and whether that was finished.

    A few rows at a time: when time is up, only those that are done are returned, or all as they were if none is. Where
    fewer than `n` remain, the same changes before they were shortened are offered as well.
    """
    least: list[Rows] = []
    for start in range(0, len(rows.matrix), AT_A_TIME):
        part = Rows(rows.matrix[start : start + AT_A_TIME], rows.origin[start : start + AT_A_TIME])
        try:
            least.append(undone(part, tools))
        except TimeUp:
            break
    if not least:
        return rows, not len(rows.matrix)
    short = joined([_shortened_in_time(part, tools) for part in least])
    return (short if len(short.matrix) >= n else joined([short, *least])), True


def joined(parts: list[Rows]) -> Rows:
    """All rows of all parts, repetitions merged."""
    return Rows(np.vstack([part.matrix for part in parts]), np.concatenate([part.origin for part in parts])).unique()


def _shortened_in_time(rows: Rows, tools: Workshop) -> Rows:
    """With shorter moves, and once more without what is not needed then; as they are when time is up."""
    try:
        return undone(shortened(rows, tools), tools)
    except TimeUp:
        return rows


def undone(rows: Rows, tools: Workshop) -> Rows:
    """Take back changes until every one that is left is needed.

    Each round tries every change alone, then takes back as many as possible at once, those that matter least first:
    a few rounds are enough even for rows with dozens of changes.
    """
    rows = rows.unique()
    while len(rows.matrix):
        single, owner, place = _single_undos(rows.matrix, tools)
        judged = tools.judge(single)
        good = judged.reached & tools.limits.kept_by(single)
        if not good.any():
            break
        owner, place, beyond = owner[good], place[good], judged.beyond[good]
        order = np.lexsort((-beyond, owner))
        matrix = _undo_together(rows.matrix, owner[order], place[order], tools)
        rows = Rows(matrix, rows.origin).unique()
    return rows


def _single_undos(matrix: np.ndarray, tools: Workshop) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every row with every one of its changes taken back alone; which row and which column that was.

    Rows with a single change are left out: without it they would be the explained row.
    """
    changed = ~same(matrix, tools.limits.row)
    owner, place = np.nonzero(changed & (changed.sum(axis=1) > 1)[:, None])
    trial = matrix[owner]
    trial[np.arange(len(trial)), place] = tools.limits.row[place]
    return trial, owner, place


def _undo_together(matrix: np.ndarray, owner: np.ndarray, place: np.ndarray, tools: Workshop) -> np.ndarray:
    """Take back the first k of each row's changes, with the largest k that still reaches the outcome.

    `owner` and `place` (T,) are grouped by row, in the order in which changes are to be taken back; the first of each
    is known to be possible.
    """
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    length = np.diff(np.r_[first, len(owner)])
    count = np.arange(len(owner)) - np.repeat(first, length) + 1
    trial = matrix[owner]
    for k in range(len(owner)):
        start = k - count[k] + 1
        trial[k, place[start : k + 1]] = tools.limits.row[place[start : k + 1]]
    judged = tools.judge(trial)
    good = judged.reached & tools.limits.kept_by(trial) & ~same(trial, tools.limits.row).all(axis=1) | (count == 1)
    result = matrix.copy()
    for k in np.flatnonzero(good):  # ascending: the longest possible wins
        result[owner[k]] = trial[k]
    return result


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


def steps(goals: np.ndarray, row: np.ndarray, judge: Judge) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each goal (R, C): its changed columns, biggest effect first, and the prediction after each of them.

    The effect is that of the change alone, in the direction of the whole.
    """
    owner, place = np.nonzero(~same(goals, row))
    single = np.repeat(row[None, :], len(owner), axis=0)
    single[np.arange(len(owner)), place] = goals[owner, place]
    shown = judge(np.vstack([row, goals, single])).shown
    start, ends, alone = shown[0], shown[1 : len(goals) + 1], shown[len(goals) + 1 :]
    order = np.lexsort((-np.where(ends[owner] >= start, alone, -alone), owner))
    owner, place = owner[order], place[order]
    path = np.repeat(row[None, :], len(owner), axis=0)
    for k in range(len(owner)):
        if k and owner[k] == owner[k - 1]:
            path[k] = path[k - 1]
        path[k, place[k]] = goals[owner[k], place[k]]
    after = judge(path).shown
    return [(place[owner == k], after[owner == k]) for k in range(len(goals))]

"""The finished rows so far: predicted again by the whole model, every limit checked again, compared with the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from xai.counterfactuals.limits import Limits, same
from xai.counterfactuals.refine import APART, Rows, Workshop
from xai.results import Verdict
from xai.trust.neighbours import BLOCK, ENOUGH

MOST = 40  # rows that are checked and measured at once; of the rest nobody would be shown
TWICE = 2
_RANK = {"solid": 0, "care": 1, "weak": 2}


@dataclass(frozen=True)
class Finished:
    """Rows that passed the check. Shapes: R rows, C columns."""

    rows: Rows
    shown: np.ndarray  # (R,) the whole model's prediction
    beyond: np.ndarray  # (R,)
    distance: np.ndarray  # (R,) from the explained row
    changed: np.ndarray  # (R,) number of changed columns
    nearest: np.ndarray  # (R,) position of the nearest row of the data; -1 where there is none
    apart: np.ndarray  # (R,) distance to it
    similar: np.ndarray  # (R,) rows of the data as near as neighbours usually are

    def __len__(self) -> int:
        return len(self.rows)

    def chosen(self, which: np.ndarray) -> Finished:
        return Finished(self.rows.chosen(which), *(getattr(self, name)[which] for name in _MEASURED))

    def joined(self, other: Finished) -> Finished:
        rows = Rows(np.vstack([self.rows.matrix, other.rows.matrix]), np.append(self.rows.origin, other.rows.origin))
        return Finished(rows, *(np.append(getattr(self, name), getattr(other, name)) for name in _MEASURED))

    def verdicts(self, clear: np.ndarray) -> list[Verdict]:
        """How far each row carries by itself; `clear` (R,): comfortably beyond the limit."""
        return [verdict(int(count), bool(far)) for count, far in zip(self.similar, clear, strict=True)]


_MEASURED = ("shown", "beyond", "distance", "changed", "nearest", "apart", "similar")


class Shortlist:
    """Collects finished rows and chooses among them."""

    def __init__(self, tools: Workshop) -> None:
        self._tools = tools
        none = Rows(np.empty((0, len(tools.limits.row))), np.zeros(0, dtype=int))
        self.rows = measured(none, tools)[0]
        self.dropped = 0  # rows that did not pass

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, rows: Rows, most: int = MOST) -> bool:
        """Check and measure the best of these rows; those that are known already are left out.

        False where time ran out before all were checked. Where there is nothing else, a few are checked anyway.
        """
        rows = rows.chosen(~_within(rows.matrix, self.rows.rows.matrix))
        rows = rows.chosen(self._tools.limits.kept_by(rows.matrix)).unique()
        rows = rows.chosen(np.argsort(self._tools.effort(rows.matrix), kind="stable")[:most])
        done, deadline = 0, self._tools.judge.deadline
        while done < len(rows) and not (deadline.over and (done or len(self))):
            count = min(self._tools.judge.whole.within(deadline.left), self._comparable)
            passed, failed = measured(rows.chosen(np.arange(done, min(done + count, len(rows)))), self._tools)
            self.dropped += failed
            self.rows = self.rows.joined(passed)
            done += count
        return done >= len(rows)

    @property
    def _comparable(self) -> int:
        """How many rows are compared with all of the data in a moment."""
        return max(BLOCK // max(len(self._tools.survey.rows), 1), 1)

    def remove(self, place: int) -> None:
        """Take out one row."""
        self.dropped += 1
        self.rows = self.rows.chosen(np.arange(len(self.rows)) != place)

    def order(self) -> np.ndarray:
        """(R,) best first: by the number of changes, where being like nobody in the data counts as one more; then by
        verdict, by the number of changes itself, and by distance."""
        cost, rank = self._costs()
        return np.lexsort((self.rows.distance.round(9), self.rows.changed, rank, cost))

    def _costs(self) -> tuple[np.ndarray, np.ndarray]:
        """(R,) changes, with one more where nobody in the data is like that; and (R,) the rank of the verdict."""
        rank = np.array([_RANK[word] for word in self.rows.verdicts(self.clear())], dtype=int)
        return self.rows.changed + (rank == _RANK["weak"]), rank

    def clear(self) -> np.ndarray:
        """(R,) bool: comfortably beyond the limit; inside a wanted range every prediction is as good."""
        goal = self._tools.judge.outcome
        return np.ones(len(self), dtype=bool) if goal.place is None else self.rows.beyond >= goal.comfort

    def summary(self, n: int) -> tuple[tuple[int, int, float], ...]:
        """Rank of the verdict, number of changes, and distance to a tenth, of the `n` to show."""
        best = self.best(n)
        _, ranks = self._costs()
        return tuple(
            (int(ranks[k]), int(self.rows.changed[k]), round(float(self.rows.distance[k]), 1)) for k in best.tolist()
        )

    def best(self, n: int) -> np.ndarray:
        """Positions of the `n` to show, in order: the first of all, beside it those with the fewest changes.

        People prefer few changes, also where the data knows nobody like that; what it does know stands first, where
        that takes one change more. See `diverse` for how different they are.
        """
        order = self.order()
        cost, rank = self._costs()
        fewest = np.lexsort((self.rows.distance.round(9), rank, self.rows.changed, cost))
        wished = np.append(order[:1], fewest[~np.isin(fewest, order[:1])])
        matrix = self.rows.rows.matrix[wished]
        apart = self._tools.neighbours.distance(matrix, matrix)
        shown = diverse(kinds(matrix, self._tools.limits), cost[wished], apart, n)
        return order[np.isin(order, wished[shown])]


def measured(rows: Rows, tools: Workshop) -> tuple[Finished, int]:
    """The rows that the whole model gives the wanted outcome, measured, and how many it does not."""
    judged = tools.judge.really(rows.matrix)
    good = judged.reached
    rows, failed = rows.chosen(good), int((~good).sum())
    near = tools.neighbours.around(rows.matrix)
    return Finished(
        rows=rows,
        shown=judged.shown[good],
        beyond=judged.beyond[good],
        distance=tools.distance(rows.matrix),
        changed=(~same(rows.matrix, tools.limits.row)).sum(axis=1),
        nearest=near.place,
        apart=near.distance,
        similar=near.similar,
    ), failed


def verdict(similar: int, clear: bool) -> Verdict:
    """Solid: somebody like that is in the data and it is clearly beyond the limit."""
    if similar == 0:
        return "weak"
    return "solid" if clear and similar >= ENOUGH else "care"


def kinds(matrix: np.ndarray, limits: Limits) -> list[tuple[bytes, bytes]]:
    """Of each row (R, C): the columns that change, and into what: which category, or whether more or less."""
    category = np.array([codes is not None for codes in limits.allowed])
    changed = ~same(matrix, limits.row)
    direction = np.nan_to_num(np.sign(matrix - limits.row))
    into = np.where(changed, np.where(category, matrix + 1.0, direction), np.nan)
    return [(columns.tobytes(), each.tobytes()) for columns, each in zip(changed, into, strict=True)]


def diverse(kinds: list[tuple[bytes, bytes]], cost: np.ndarray, apart: np.ndarray, n: int) -> list[int]:
    """Positions of the `n` to show, in order; they are wished for in that order, with `cost` (R,) ascending.

    Of each cost first those that change other columns, then those that change the same ones into something else, but
    no set of columns more than twice: another category is another way, and so is less instead of more. Where these are
    too few, those with other values (`apart` (R, R) their distances), then the rest.
    """
    chosen: list[int] = []
    known: set[bytes] = set()
    times: Counter[bytes] = Counter()
    every = range(len(kinds))
    groups = [[place for place in every if cost[place] == each] for each in dict.fromkeys(cost.tolist())]

    def choose(places: Iterable[int], rule: Callable[[int], bool]) -> None:
        for place in places:
            if len(chosen) < n and place not in chosen and rule(place):
                chosen.append(place)
                known.add(kinds[place][1])
                times[kinds[place][0]] += 1

    for group in groups:
        choose(group, lambda place: not times[kinds[place][0]])
        choose(group, lambda place: kinds[place][1] not in known and times[kinds[place][0]] < TWICE)
    choose(every, lambda place: apart[place, chosen].min() >= APART)
    choose(every, lambda place: True)
    return sorted(chosen)


def _within(matrix: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(R,) bool: rows that are among the known ones."""
    names = {row.tobytes() for row in known}
    return np.array([row.tobytes() in names for row in matrix], dtype=bool)

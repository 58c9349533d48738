"""What the searches proposed: the rows that reach the outcome within the limits, and the account of the rest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from xai.counterfactuals.judge import Judged
from xai.counterfactuals.limits import same
from xai.counterfactuals.refine import APART, Rows, Workshop
from xai.results import Notice

ALIKE = 6  # rows with the same columns changed that go on to be refined


@dataclass
class Proposals:
    """The accepted rows so far. Shapes: R rows, C columns."""

    tools: Workshop
    sources: list[str] = field(default_factory=list)
    candidates: int = 0
    dropped: int = 0
    cut: bool = False  # time ended something before it was done
    notices: list[Notice] = field(default_factory=list)

    def examined(self, source: str, matrix: np.ndarray, tried: int | None = None) -> tuple[Rows, Judged, np.ndarray]:
        """Judge proposed rows: those that are accepted, what was said of all that keep to the limits, and which.

        `tried`: how many rows the search itself looked at to come up with these; default: their own number.
        """
        possible = np.flatnonzero(self.tools.limits.possible(matrix) & ~same(matrix, self.tools.limits.row).all(axis=1))
        judged = self.tools.judge.some(matrix[possible])
        self.cut |= len(judged) < len(possible)
        possible = possible[: len(judged)]
        rows = matrix[possible[judged.reached]]
        self.count(source, len(matrix) if tried is None else max(tried, len(matrix)), len(rows))
        return Rows(rows, np.full(len(rows), self.origin(source))), judged, possible

    def add(self, source: str, matrix: np.ndarray, tried: int | None = None) -> Rows:
        """The accepted ones of proposed rows (R, C)."""
        return self.examined(source, matrix, tried)[0]

    def count(self, source: str, tried: int, accepted: int) -> None:
        """Take account of rows that were proposed and judged."""
        self.candidates += tried
        self.dropped += tried - accepted

    def origin(self, source: str) -> int:
        """The position of a source in `sources`."""
        if source not in self.sources:
            self.sources.append(source)
        return self.sources.index(source)


def promising(rows: Rows, tools: Workshop, most: int) -> Rows:
    """The rows worth refining: the least effort first, not too many of one kind, none that is another and more besides.

    Those that hardly differ from one already chosen come last.
    """
    limits = tools.limits
    changed = ~same(rows.matrix, limits.row)
    over = 0 if limits.at_most is None else 4 * (changed.sum(axis=1) > limits.at_most)
    order = np.argsort(tools.effort(rows.matrix) + over, kind="stable")
    sorted_, open_, alike = rows.matrix[order], np.ones(len(order), dtype=bool), Counter()
    kinds = []
    for position, place in enumerate(order):
        if len(kinds) == 2 * most:
            break
        kind = changed[place].tobytes()
        if not open_[position] or alike[kind] == 2 * ALIKE:
            continue
        # undoing what others have in addition would only lead here again
        mine = np.flatnonzero(changed[place])
        open_ &= ~(sorted_[:, mine] == rows.matrix[place, mine]).all(axis=1)
        alike[kind] += 1
        kinds.append(place)
    return _apart_first(rows.chosen(np.array(kinds, dtype=int)), tools, most)


def _apart_first(rows: Rows, tools: Workshop, most: int) -> Rows:
    """At most so many rows, in their order; those that hardly differ from one before, or are many of a kind, last."""
    apart = tools.neighbours.distance(rows.matrix, rows.matrix)
    alike: Counter[bytes] = Counter()
    kept: list[int] = []
    later: list[int] = []
    for place, kind in enumerate(row.tobytes() for row in ~same(rows.matrix, tools.limits.row)):
        new = alike[kind] < ALIKE and (not kept or apart[place, kept].min() >= APART)
        alike[kind] += new
        (kept if new else later).append(place)
    return rows.chosen(np.array([*kept, *later][:most], dtype=int))

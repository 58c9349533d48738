"""Which searches are asked, in which order, and what is kept of what they propose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from xai.counterfactuals import dice, donors
from xai.counterfactuals.deadline import Deadline, TimeUp
from xai.counterfactuals.limits import same
from xai.counterfactuals.pool import Pool
from xai.counterfactuals.refine import APART, Rows, Workshop
from xai.results import Notice

KEPT = 60  # rows that go on to be refined
ALIKE = 6  # of them at most so many with the same columns changed


@dataclass
class Proposals:
    """The accepted rows so far, and the account of the rest. Shapes: R rows, C columns."""

    matrix: np.ndarray  # (R, C)
    origin: np.ndarray  # (R,) position in `sources`
    sources: list[str] = field(default_factory=list)
    candidates: int = 0
    dropped: int = 0
    timed_out: bool = False
    complete: bool = False  # every combination of observed values was looked at
    combinations: int = 0  # and that many there are
    algorithm: str = "auto"
    notices: list[Notice] = field(default_factory=list)

    def add(self, source: str, matrix: np.ndarray, tools: Workshop, tried: int | None = None) -> None:
        """Judge proposed rows; keep those that reach the outcome within the limits. May raise TimeUp.

        `tried`: how many rows the search itself looked at to come up with these; default: their own number.
        """
        matrix = np.unique(matrix, axis=0)
        matrix = matrix[~same(matrix, tools.limits.row).all(axis=1)]
        accepted = tools.limits.kept_by(matrix)
        accepted[accepted] = tools.judge(matrix[accepted]).reached
        tried = len(matrix) if tried is None else max(tried, len(matrix))
        self.candidates += tried
        self.dropped += tried - int(accepted.sum())
        self.sources.append(source)
        self.matrix = np.vstack([self.matrix, matrix[accepted]])
        self.origin = np.append(self.origin, np.full(int(accepted.sum()), len(self.sources) - 1))

    def chosen(self, tools: Workshop) -> Rows:
        """The rows to refine: the least effort first, not too many of one kind, none that is another and more besides.

        Those that hardly differ from one already chosen come last.
        """
        order = np.argsort(tools.effort(self.matrix), kind="stable")
        matrix, changed = self.matrix[order], ~same(self.matrix[order], tools.limits.row)
        open_, alike = np.ones(len(matrix), dtype=bool), Counter()
        kept, later = [], []
        for place in range(len(matrix)):
            if len(kept) == KEPT:
                break
            if not open_[place]:
                continue
            # undoing what others have in addition would only lead here again
            open_ &= ~(matrix[:, changed[place]] == matrix[place, changed[place]]).all(axis=1)
            kind = changed[place].tobytes()
            if alike[kind] == ALIKE:
                continue
            near = kept and tools.neighbours.distance(matrix[[place]], matrix[kept]).min() < APART
            alike[kind] += not near
            (later if near else kept).append(place)
        kept = [*kept, *later[: KEPT - len(kept)]]
        return Rows(matrix[kept], self.origin[order[kept]])


def propose(method: str, rows: Pool, tools: Workshop, deadline: Deadline, n: int, seed: int) -> Proposals:
    """Rows that reach the outcome within the limits, from one of DiCE's searches or from all there is ("auto").

    Auto: every combination where the free columns have few values, else real rows as donors and DiCE's random search;
    where these give fewer than `n` rows, DiCE's genetic search and its k-d tree as well.
    """
    found = Proposals(np.empty((0, rows.matrix.shape[1])), np.zeros(0, dtype=int))
    limited = replace(tools, judge=replace(tools.judge, deadline=deadline))
    found.algorithm = method
    if method != "auto":
        _dice(method.removeprefix("dice-"), found, rows, limited, n, seed)
        return found
    _attempt(found, lambda: from_rows(found, rows, limited, seed))
    _attempt(found, lambda: _elsewhere(found, rows, limited, seed))
    if not (found.complete and (len(found.matrix) >= n or not _continuous(tools))):
        part = replace(limited, judge=replace(limited.judge, deadline=deadline.part(0.5)))
        _dice("random", found, rows, part, n, seed)
    if len(found.matrix) < n and not found.complete:
        for name in ("genetic", "kdtree"):
            if len(found.matrix) < n and (name == "kdtree" or tools.judge.codec.numeric.any()):
                part = replace(limited, judge=replace(limited.judge, deadline=deadline.part(0.7)))
                _dice(name, found, rows, part, n, seed)
    if found.complete and (set(found.sources) == {"enumeration"} or not len(found.matrix)):
        found.algorithm = "enumeration"
        found.candidates, found.dropped = found.combinations, found.combinations - len(found.matrix)
    return found


def from_rows(found: Proposals, rows: Pool, tools: Workshop, seed: int) -> None:
    """What the data's own rows suggest. May raise TimeUp."""
    grid = donors.combinations(rows.everything, tools.limits)
    if grid is not None:
        found.add("enumeration", grid, tools)
        found.complete, found.combinations = True, len(grid)
        return
    found.add("donors", donors.single_changes(rows.everything, tools.limits), tools)
    wanted = rows.wanted(tools.limits.row, tools.neighbours)
    if len(wanted):
        found.add("donors", donors.parts_of_donors(wanted, tools.limits, seed), tools)


def _elsewhere(found: Proposals, rows: Pool, tools: Workshop, seed: int) -> None:
    """Where single columns are enough, look for ways without them: else every proposal would end there."""
    changed = ~same(found.matrix, tools.limits.row)
    enough = changed[changed.sum(axis=1) == 1].any(axis=0)
    others = tools.limits.free & ~enough
    if found.complete or not enough.any() or not others.any():
        return
    from_rows(found, rows, replace(tools, limits=replace(tools.limits, free=others)), seed)
    found.complete = False  # complete only for the other columns


def _dice(name: str, found: Proposals, rows: Pool, tools: Workshop, n: int, seed: int) -> None:
    """One of DiCE's searches, with what it stumbled over."""
    result = dice.search(name, tools.judge, tools.limits, rows.matrix, tools.decimals, n, seed)
    found.timed_out |= result.timed_out
    if result.failure:
        found.notices.append(Notice("search-failed", {"method": name, "reason": result.failure}))
    filled = np.isnan(tools.limits.row) | (np.isnan(rows.matrix).any(axis=0) & (name != "random"))
    if filled.any():
        names = np.array(tools.judge.codec.names)[filled]
        found.notices.append(Notice("search-filled", {"columns": ", ".join(names)}))
    # rows that were met in time are checked even if the search itself was stopped
    _attempt(found, lambda: found.add(f"dice-{name}", result.matrix, _unhurried(tools), result.tried))


def _attempt(found: Proposals, work: Callable[[], None]) -> None:
    try:
        work()
    except TimeUp:
        found.timed_out = True


def _unhurried(tools: Workshop) -> Workshop:
    return replace(tools, judge=replace(tools.judge, deadline=None))


def _continuous(tools: Workshop) -> bool:
    """Whether a free number could take values that no row has."""
    return bool((tools.judge.codec.numeric & tools.limits.free).any())

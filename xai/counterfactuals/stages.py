"""The search in stages: the first ways at once, better ones as long as that pays and there is time.

Rows of the data first, as donors; then DiCE's searches; then rounds around what was found, until two of them bring
nothing new. What a stage may do is counted, not timed: with enough time, the same seed gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from xai.counterfactuals import dice, donors
from xai.counterfactuals.climb import climb
from xai.counterfactuals.deadline import TimeUp
from xai.counterfactuals.donors import Moves
from xai.counterfactuals.judge import Judged
from xai.counterfactuals.limits import same
from xai.counterfactuals.proposals import Proposals, promising
from xai.counterfactuals.refine import Rows, Workshop, joined, least, undone
from xai.counterfactuals.shortlist import Shortlist
from xai.results import Notice

FIRST, LATER = 24, 40  # rows refined for the first answer, and in each later stage
AT_A_TIME = 30  # rows refined together: what is done when time is up counts
PAIRED = 20  # single changes that come nearest to the outcome are tried in pairs
ROUNDS, IDLE = 5, 2  # most rounds around what was found; so many without anything new are the last
SHARE = 0.4  # of the time left, for each of DiCE's searches in "auto"
DICE = tuple(f"dice-{name}" for name in dice.METHODS)
METHODS = ("auto", "donors", *DICE)


@dataclass
class Search:
    """One search as it goes on. `known` (P, C) rows of the data, `reached` (P,) which of them have the outcome."""

    tools: Workshop
    known: np.ndarray
    reached: np.ndarray
    n: int
    seed: int
    show: Callable[[], None] = field(default=lambda: None)  # called when there is something to be seen

    def __post_init__(self) -> None:
        self.found = Proposals(self.tools)
        self.shortlist = Shortlist(self.tools)
        self.complete = False  # every combination of values was looked at
        self.combinations = 0  # and that many there are,
        self.accepted = 0  # of which so many reach the outcome
        self.unrefined = False  # rows are shown for which there was no time to undo what is not needed
        self._refined: set[bytes] = set()  # rows that need not be refined again
        self.moves = Moves(np.empty((0, len(self.tools.limits.row))), np.zeros(0, dtype=int))
        self.wanted = self.known[self.reached][np.argsort(self.tools.distance(self.known[self.reached]), kind="stable")]

    def run(self, method: str) -> None:
        """Everything one method does. What time does not allow is left out, and `found.cut` says so."""
        if method in ("auto", "donors"):
            self._from_rows()
        if method == "auto" and not self.complete:
            for name in dice.METHODS:
                self._dice(name, dice.SMALL[name], SHARE)
        if method in DICE:
            name = method.removeprefix("dice-")
            self._dice(name, dice.WHOLE[name], 1.0)
        if method in ("auto", "donors") and len(self.shortlist) and len(self.moves.rows):
            self._rounds()
        self._polish()

    def _from_rows(self) -> None:
        """Every combination where the free units have few values, else values and parts of rows of the data."""
        grid, all_there_are = donors.combinations(self.tools.survey.rows, self.tools.limits)
        if grid is not None:
            accepted = self.found.add("enumeration", grid)
            self.complete = all_there_are and not self.found.cut
            self.combinations, self.accepted = len(grid), len(accepted)
            self._finish(accepted, LATER)
            self.show()
            return
        self.moves = donors.moves(self.tools.survey.rows, self.tools.limits, self.tools.neighbours)
        first = np.vstack([self.moves.rows, self.tools.limits.start])
        accepted, judged, which = self.found.examined("donors", first)
        self._at_once(accepted)
        tried = which < len(self.moves.rows)
        random = np.random.default_rng(self.seed)
        rows = np.vstack(
            [self._pairs(which[tried], judged, tried), donors.parts(self.wanted, self.tools.limits, random)]
        )
        accepted = joined(accepted, self.found.add("donors", rows))
        self._finish(accepted, FIRST)
        if len(self.shortlist) < self.n:
            accepted = joined(accepted, *self._climbed())
            self._finish(accepted, FIRST)
        self.show()
        self._finish(accepted, LATER)
        self._elsewhere(accepted, random)
        self.show()

    def _at_once(self, accepted: Rows) -> None:
        """Where single changes are enough, these are shown before anything is refined; they are not kept."""
        if len(accepted) < self.n:
            return
        refined, self.shortlist = self.shortlist, Shortlist(self.tools)
        self.shortlist.add(promising(accepted, self.tools, FIRST))
        if len(self.shortlist) >= self.n:
            self.show()
        self.shortlist = refined

    def _pairs(self, which: np.ndarray, judged: Judged, tried: np.ndarray) -> np.ndarray:
        """Pairs of the single changes that come nearest to the outcome without reaching it, at most three a unit."""
        beyond, short = judged.beyond[tried], ~judged.reached[tried]
        chosen, counted = [], {}
        for place in np.argsort(-beyond, kind="stable"):
            unit = self.moves.unit[which[place]]
            if short[place] and counted.get(unit, 0) < 3 and len(chosen) < PAIRED:
                counted[unit] = counted.get(unit, 0) + 1
                chosen.append(which[place])
        moves = self.moves.chosen(np.array(chosen, dtype=int))
        return donors.pairs(moves, self.tools.limits)

    def _climbed(self) -> list[Rows]:
        """What is reached step by step."""
        found = []
        origin = self.found.origin("climb")
        for trial, judged in climb(self.moves, self.tools):
            rows = trial[judged.reached]
            self.found.count("climb", len(trial), len(rows))
            found.append(Rows(rows, np.full(len(rows), origin)))
        self.found.cut |= self.tools.judge.deadline.over
        return found

    def _elsewhere(self, accepted: Rows, random: np.random.Generator) -> None:
        """Where single units are enough, look for ways without them: else every proposal would end there."""
        limits = self.tools.limits
        changed = ~same(accepted.matrix, limits.row)
        enough = changed[changed.sum(axis=1) == 1].any(axis=0)
        others = limits.free & ~enough
        if not enough.any() or not others.any() or (limits.must & enough).any():
            return
        tools = replace(self.tools, limits=replace(limits, free=others))
        rows = donors.parts(self.wanted, tools.limits, random)
        self._finish(self.found.add("donors", rows), FIRST)

    def _dice(self, name: str, portion: dice.Portion, share: float) -> None:
        """One of DiCE's searches, with what it stumbled over."""
        if self.tools.judge.deadline.over or (
            name == "genetic" and share < 1 and not self.tools.judge.codec.numeric.any()
        ):
            self.found.cut |= self.tools.judge.deadline.over
            return
        part = replace(self.tools, judge=replace(self.tools.judge, deadline=self.tools.judge.deadline.part(share)))
        result = dice.search(name, part, self.known, self.reached, self.n, self.seed, portion)
        self.found.cut |= result.timed_out
        if result.failure:
            self.found.notices.append(Notice("search-failed", {"method": name, "reason": result.failure}))
        gaps = np.isnan(self.tools.limits.row) | (np.isnan(self.known).any(axis=0) & (name != "random"))
        filled = gaps & self.tools.limits.free
        if filled.any():
            names = [each for each, gap in zip(self.tools.judge.codec.names, filled, strict=True) if gap]
            notice = Notice("search-filled", {"columns": names})
            self.found.notices += [] if notice in self.found.notices else [notice]
        self._finish(self.found.add(f"dice-{name}", result.matrix, result.tried), LATER)
        self.show()

    def _rounds(self) -> None:
        """Around the best so far: other values in one of their units, one unit in place of another; and more parts."""
        random, idle = np.random.default_rng([self.seed, 1]), 0
        for _ in range(ROUNDS):
            if idle == IDLE or self.tools.judge.deadline.over:
                break
            before = self.summary()
            best = self.shortlist.rows.rows.chosen(self.shortlist.best(2 * self.n))
            exchanged = self._exchanged(best.matrix, random)
            parts = donors.parts(self.wanted, self.tools.limits, random)
            self._finish(self.found.add("donors", np.vstack([exchanged, parts])), FIRST)
            idle = idle + 1 if self.summary() == before else 0
            self.show()
        self.found.cut |= self.tools.judge.deadline.over

    def _exchanged(self, best: np.ndarray, random: np.random.Generator, most: int = 1500) -> np.ndarray:
        """(R, C) each of the best with one changed unit put back and another move made instead."""
        limits = self.tools.limits
        changed = ~same(best, limits.row) @ limits.units.T.astype(np.int64) > 0
        owner, unit = np.nonzero(changed)
        if not len(owner) or not len(self.moves.rows):
            return best[:0]
        each = max(most // len(owner), 1)
        move = random.integers(len(self.moves.rows), size=(len(owner), each))
        back = np.where(limits.units[unit], limits.start, best[owner])
        rows = np.where(limits.units[self.moves.unit[move]], self.moves.rows[move], back[:, None, :])
        return rows.reshape(-1, best.shape[1])

    def _polish(self) -> None:
        """Shorten the best more finely: to numbers between those of the data."""
        best = self.shortlist.rows.rows.chosen(self.shortlist.best(2 * self.n))
        try:
            self.found.cut |= not self.shortlist.add(least(best, self.tools, fine=True))
        except TimeUp:
            self.found.cut = True

    def _finish(self, rows: Rows, most: int) -> None:
        """Refine the most promising rows, check them by the whole model, and put them on the shortlist."""
        chosen = promising(rows, self.tools, most)
        chosen = chosen.chosen(np.array([row.tobytes() not in self._refined for row in chosen.matrix], dtype=bool))
        self._refined.update(row.tobytes() for row in chosen.matrix)
        done: list[Rows] = []
        for start in range(0, len(chosen), AT_A_TIME):
            part = chosen.chosen(np.arange(start, min(start + AT_A_TIME, len(chosen))))
            try:
                bare = undone(part, self.tools)
                done.append(bare)
                done.append(least(bare, self.tools))
            except TimeUp:
                self.found.cut = True
                break
        if done:
            self.found.cut |= not self.shortlist.add(joined(*done))
        elif len(chosen) and not len(self.shortlist):
            self.unrefined = True
            self.found.cut |= not self.shortlist.add(chosen)

    def summary(self) -> tuple[tuple[int, int, float], ...]:
        """What is to be seen of the best so far: verdict, number of changes, distance to a tenth."""
        return self.shortlist.summary(self.n)

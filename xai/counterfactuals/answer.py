"""From a search to its answer: the best so far, and at the end what was found, or that nothing was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from xai.counterfactuals.deadline import Deadline, TimeUp
from xai.counterfactuals.receipts import as_mapping, checked, counterfactuals, unchecked
from xai.counterfactuals.shortlist import Finished
from xai.counterfactuals.stages import Search
from xai.results import Blocked, Counterfactual, Counterfactuals, Notice, Trust
from xai.trust.receipt import receipts_trust, search_trust


@dataclass
class Answer:
    """The answer as the search goes on. `head`: what the result says about the question."""

    head: dict[str, Any]
    search: Search
    deadline: Deadline
    _told: tuple[Any, ...] = ()

    def tell(self, partial: Callable[[Counterfactuals], None]) -> None:
        """The best so far, where that is something new."""
        search, goal = self.search, self.search.tools.judge.outcome
        now = search.summary()
        if not now or now == self._told:
            return
        self._told = now
        found = search.shortlist.rows.chosen(search.shortlist.best(search.n))
        checks = unchecked([goal.desired if goal.by_answer else None] * len(found))
        ways = counterfactuals(found, checks, search.found.sources, search.tools, search.tools.judge.anyway)
        partial(self._made(ways, (), finished=False))

    def found(self, deadline: Deadline) -> Counterfactuals:
        """The final answer: the model's own answers agree, and everything else is checked as far as there is time."""
        search = self.search
        found, labels = self._agreeing(deadline)
        if not len(found):
            return self.nothing((), True)
        tools = replace(search.tools, judge=replace(search.tools.judge, deadline=deadline))
        checks = unchecked(labels)
        try:
            checks = checked(found.rows.matrix, labels, tools, search.seed)
        except TimeUp:
            search.found.cut = True
        ways = counterfactuals(found, checks, search.found.sources, tools, tools.judge.really)
        return self._made(ways, (), finished=True)

    def nothing(self, obstacles: tuple[Blocked, ...], unfinished: bool) -> Counterfactuals:
        """That there is no way, or that none was found, and what stands in it."""
        self.search.found.cut |= unfinished
        return self._made((), obstacles, finished=True)

    def _agreeing(self, deadline: Deadline) -> tuple[Finished, list[Any]]:
        """The rows to be shown, and the model's own answers about them; rows with another one are taken off the list.

        Each is asked about alone: a model of nearest neighbours may answer otherwise about the same row among others.
        """
        shortlist, judge = self.search.shortlist, self.search.tools.judge
        known: dict[bytes, tuple[float, float, Any]] = {}
        while True:
            best = shortlist.best(self.search.n)
            found = shortlist.rows.chosen(best)
            for place, row in zip(best, found.rows.matrix, strict=True):
                if row.tobytes() not in known and not (known and deadline.over):
                    said, label = judge.really(row[None, :]), judge.answers(row[None, :])[0]
                    if not said.reached[0] or (judge.outcome.by_answer and label != judge.outcome.desired):
                        shortlist.remove(place)
                        break
                    known[row.tobytes()] = said.shown[0], said.beyond[0], label
            else:
                break
        for place, row in enumerate(found.rows.matrix):
            if row.tobytes() in known:
                found.shown[place], found.beyond[place], _ = known[row.tobytes()]
        default = judge.outcome.desired if judge.outcome.by_answer else None
        return found, [known.get(row.tobytes(), (0, 0, default))[2] for row in found.rows.matrix]

    def _made(
        self, ways: tuple[Counterfactual, ...], obstacles: tuple[Blocked, ...], finished: bool
    ) -> Counterfactuals:
        search = self.search
        exhausted = search.complete and (not ways or set(search.found.sources) == {"enumeration"})
        candidates, dropped = search.found.candidates, search.found.dropped + search.shortlist.dropped
        if exhausted:
            candidates, dropped = search.combinations, search.combinations - search.accepted
        return Counterfactuals(
            **self.head,
            algorithm="enumeration" if exhausted else self.head["method"],
            counterfactuals=ways,
            blocked_by=obstacles,
            nearest=self._nearest(),
            candidates=candidates,
            dropped=dropped,
            trust=self._trust(ways),
            seconds=self.deadline.used,
            timed_out=search.found.cut,
            finished=finished,
            warnings=(*search.found.notices, *self._notices(ways, finished)),
        )

    def _nearest(self) -> dict[str, Any] | None:
        """The nearest row of the data with the wanted outcome, constraints aside."""
        return as_mapping(self.search.wanted[0], self.search.tools.judge.codec) if len(self.search.wanted) else None

    def _trust(self, ways: tuple[Counterfactual, ...]) -> Trust:
        if not ways:
            return search_trust(self.search.complete)
        goal = self.search.tools.judge.outcome
        return receipts_trust(ways, len(self.search.tools.survey.rows), None if goal.place is None else goal.comfort)

    def _notices(self, ways: tuple[Counterfactual, ...], finished: bool) -> list[Notice]:
        search, notices = self.search, by_default(self.head)
        rows, total = len(search.known), len(search.tools.survey.rows)
        if rows < total and not search.complete:
            notices.append(Notice("search-sample", {"rows": rows, "total": total}))
        if not finished:
            return notices
        if 0 < len(ways) < search.n:
            notices.append(Notice("fewer-found", {"found": len(ways), "asked": search.n}))
        if search.unrefined:
            notices.append(Notice("needless-changes"))
        if ways and search.found.cut:
            notices.append(Notice("search-cut"))
        return notices


def already_there(head: dict[str, Any], seconds: float) -> Counterfactuals:
    """Nothing would have to be different: an answer as well."""
    return Counterfactuals(
        **head,
        algorithm=head["method"],
        counterfactuals=(),
        blocked_by=(),
        nearest=None,
        candidates=0,
        dropped=0,
        trust=Trust(()),
        seconds=seconds,
        warnings=(Notice("already-there"),),
    )


def by_default(head: dict[str, Any]) -> list[Notice]:
    """What holds although nobody asked for it."""
    notices = [Notice("kept-by-default", {"columns": list(head["held"])})] if head["held"] else []
    return notices + [Notice("moving-together", {"columns": list(group)}) for group in head["bound"]]

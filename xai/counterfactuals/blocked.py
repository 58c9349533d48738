"""Which single constraint stands in the way: each one is lifted alone, and the best result without it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from xai.counterfactuals.deadline import Deadline
from xai.counterfactuals.limits import Limits
from xai.counterfactuals.receipts import counterfactuals, unchecked
from xai.counterfactuals.stages import Search
from xai.counterfactuals.wishes import Wishes
from xai.results import Blocked, Counterfactual

Coded = Callable[[Wishes], Limits]  # the constraints in coded form


def blocked(wishes: Wishes, coded: Coded, search: Search, deadline: Deadline) -> tuple[tuple[Blocked, ...], bool]:
    """What would be possible without each constraint, easiest first, and whether time ran out before all were tried.

    Each is proved: a search with that constraint lifted found a row that passes every check. Where no sensitive column
    alone is in the way, all of them together may be.
    """
    found: list[Blocked] = []
    each = wishes.each()
    for position, (kind, columns) in enumerate(each):
        if deadline.over:
            return _easiest_first(found), True
        part = deadline.part(1 / (len(each) - position))
        example = _without(coded(wishes.without(kind, columns)), search, part)
        if example is not None:
            found.append(Blocked(kind, columns[0] if len(columns) == 1 else ", ".join(columns), example, columns))
    if not found and len(wishes.held) > 1:
        example = _without(coded(wishes.without("sensitive", wishes.held)), search, deadline)
        if example is not None:
            found.append(Blocked("sensitive", ", ".join(wishes.held), example, wishes.held))
    return _easiest_first(found), deadline.over


def _without(limits: Limits, search: Search, deadline: Deadline) -> Counterfactual | None:
    """The best row of a search among rows of the data under other limits."""
    judge = replace(search.tools.judge, deadline=deadline)
    tools = replace(search.tools, limits=limits, judge=judge)
    other = Search(tools, search.known, search.reached, 1, search.seed)
    other.run("donors")
    best = other.shortlist.best(1)
    if not len(best):
        return None
    rows = other.shortlist.rows.chosen(best)
    labels = judge.answers(rows.rows.matrix)
    return counterfactuals(rows, unchecked(labels), other.found.sources, tools, judge.really)[0]


def _easiest_first(found: list[Blocked]) -> tuple[Blocked, ...]:
    return tuple(sorted(found, key=lambda item: (len(item.example.changes), item.example.receipt.distance)))

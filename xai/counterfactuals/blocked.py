"""Which single constraint stands in the way: each one is lifted alone, and the best result without it is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xai.counterfactuals.building import best
from xai.counterfactuals.deadline import Deadline, TimeUp
from xai.counterfactuals.limits import Wishes, limits
from xai.counterfactuals.pool import Pool
from xai.counterfactuals.proposals import Proposals, from_rows
from xai.counterfactuals.refine import Workshop, refined
from xai.data import Dataset
from xai.results import Blocked, Counterfactual


def blocked(data: Dataset, wishes: Wishes, rows: Pool, tools: Workshop, seed: int) -> tuple[tuple[Blocked, ...], bool]:
    """What would be possible without each constraint, easiest first, and whether time ran out before all were tried."""
    found = []
    each = wishes.each()
    deadline = tools.judge.deadline
    for position, (kind, name) in enumerate(each):
        part = deadline.part(1 / (len(each) - position)) if deadline else None
        try:
            if part is not None:
                part.check()
            example = _without(wishes.without(kind, name), data, rows, tools, part, seed)
        except TimeUp:
            return _easiest_first(found), True
        if example is not None:
            found.append(Blocked(kind, name, example))
    return _easiest_first(found), False


def _without(
    wishes: Wishes, data: Dataset, rows: Pool, tools: Workshop, deadline: Deadline | None, seed: int
) -> Counterfactual | None:
    bounds = limits(data, tools.judge.codec, tools.limits.row, wishes)
    freer = replace(tools, limits=bounds, judge=replace(tools.judge, deadline=deadline))
    found = Proposals(np.empty((0, rows.matrix.shape[1])), np.zeros(0, dtype=int))
    from_rows(found, rows, freer, seed)
    least, _ = refined(found.chosen(freer), freer, 1)
    examples, _ = best(least, found.sources, freer, 1)
    return examples[0] if examples else None


def _easiest_first(found: list[Blocked]) -> tuple[Blocked, ...]:
    return tuple(sorted(found, key=lambda item: (len(item.example.changes), item.example.receipt.distance)))

"""Step by step: from the row towards the outcome, keeping the few best of all single steps at every turn.

A beam search on how far the outcome is still away. It finds ways of many small changes that drawing at random misses.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xai.counterfactuals.donors import Moves
from xai.counterfactuals.judge import Judged
from xai.counterfactuals.limits import same
from xai.counterfactuals.refine import Workshop

BEAMS = 6
TURNS = 10
ENOUGH = 40  # rows that reach the outcome end the search


def climb(moves: Moves, tools: Workshop) -> Iterator[tuple[np.ndarray, Judged]]:
    """Turn by turn: rows (R, C) that were judged, and what the model said. Ends early when the deadline passes."""
    limits = tools.limits
    beams, found = limits.start[None, :], 0
    turns = min(TURNS, len(limits.units), limits.at_most or TURNS)
    for _ in range(turns):
        trial = _next(beams, moves, tools)
        judged = tools.judge.some(trial)
        if not len(judged):
            return
        trial = trial[: len(judged)]
        yield trial, judged
        found += int(judged.reached.sum())
        if found >= ENOUGH or len(judged) < len(trial):
            return
        beams = _best(trial, judged, tools)


def _next(beams: np.ndarray, moves: Moves, tools: Workshop) -> np.ndarray:
    """(R, C) every beam with every move in a unit that it has not changed yet; only rows within the limits."""
    units, start = tools.limits.units, tools.limits.start
    untouched = np.stack([same(beams[:, unit], start[unit]).all(axis=1) for unit in units], axis=1)
    beam, move = np.nonzero(untouched[:, moves.unit])
    trial = np.where(units[moves.unit[move]], moves.rows[move], beams[beam])
    return trial[tools.limits.possible(trial)]


def _best(trial: np.ndarray, judged: Judged, tools: Workshop) -> np.ndarray:
    """The rows nearest to the outcome, no two of them with the same units changed."""
    chosen: list[int] = []
    kinds: set[bytes] = set()
    changed = ~same(trial, tools.limits.start)
    for place in np.argsort(-judged.beyond, kind="stable"):
        kind = changed[place].tobytes()
        if kind not in kinds:
            kinds.add(kind)
            chosen.append(place)
        if len(chosen) == BEAMS:
            break
    return trial[chosen]

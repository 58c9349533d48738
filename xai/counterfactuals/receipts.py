"""From finished rows to Counterfactuals: the way from the row to each of them, and what was checked about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xai.codec import Codec
from xai.counterfactuals.judge import Judged
from xai.counterfactuals.limits import same
from xai.counterfactuals.refine import Workshop, single_undos
from xai.counterfactuals.shortlist import Finished
from xai.counterfactuals.steps import rounded
from xai.results import Counterfactual, Receipt

SHAKEN = 50  # times
NOISE = 0.05  # of a number's usual deviation

Ask = Callable[[np.ndarray], Judged]


@dataclass(frozen=True)
class Checks:
    """What costs calls of the model and is measured last. Shapes: R rows."""

    labels: Sequence[Any]  # (R,) the model's own answers
    stable: np.ndarray  # (R,) how many of `shaken` shaken copies keep the outcome
    shaken: int
    minimal: Sequence[bool | None]  # (R,) no change can be taken back alone; None: not tried


def unchecked(labels: Sequence[Any]) -> Checks:
    """Before there was time for more."""
    return Checks(labels, np.zeros(len(labels), dtype=int), 0, [None] * len(labels))


def checked(matrix: np.ndarray, labels: Sequence[Any], tools: Workshop, seed: int) -> Checks:
    """All checks of rows (R, C) that passed. Raises TimeUp."""
    stable, shaken = steadiness(matrix, tools, seed)
    return Checks(labels, stable, shaken, minimal(matrix, tools).tolist())


def steadiness(matrix: np.ndarray, tools: Workshop, seed: int) -> tuple[np.ndarray, int]:
    """How many of some shaken copies of each row (R, C) keep the outcome, and how many copies there were.

    Every number is moved by normal noise of a twentieth of its usual deviation and rounded to its column's step, the
    kept ones as well: measurements are never exact. 0 copies where no number would move.
    """
    numeric = tools.judge.codec.numeric & (tools.survey.grid < 4 * NOISE * tools.neighbours.scale)
    if not numeric.any() or not len(matrix):
        return np.zeros(len(matrix), dtype=int), 0
    noise = np.random.default_rng(seed).normal(0, NOISE, (SHAKEN, int(numeric.sum())))
    copies = np.repeat(matrix, SHAKEN, axis=0)
    moved = copies[:, numeric] + np.tile(noise * tools.neighbours.scale[numeric], (len(matrix), 1))
    steps = tools.survey.exact[numeric]
    copies[:, numeric] = np.column_stack([rounded(moved[:, k], steps[k]) for k in range(moved.shape[1])])
    return tools.judge(copies).reached.reshape(len(matrix), SHAKEN).sum(axis=1), SHAKEN


def minimal(matrix: np.ndarray, tools: Workshop) -> np.ndarray:
    """(R,) bool: rows of which no changed column or group can be put back alone."""
    single, owner, _ = single_undos(matrix, tools)
    needless = np.zeros(len(matrix), dtype=bool)
    if len(single):
        needless[owner[tools.judge(single).reached & tools.limits.possible(single)]] = True
    return ~needless


def counterfactuals(
    found: Finished, checks: Checks, sources: Sequence[str], tools: Workshop, ask: Ask
) -> tuple[Counterfactual, ...]:
    """The rows as Counterfactuals. `ask` predicts what lies on the way."""
    codec, row, matrix = tools.judge.codec, tools.limits.row, found.rows.matrix
    plausible = tools.neighbours.plausibility(found.apart)
    comfort = tools.judge.outcome.comfort
    ranged = tools.judge.outcome.place is None  # every prediction inside a wanted range is as good
    result = []
    for k, (order, path) in enumerate(ways(matrix, found.shown, row, ask)):
        receipt = Receipt(
            valid=True,
            constraints_kept=True,
            changed=int(found.changed[k]),
            distance=float(found.distance[k]),
            plausibility=float(plausible[k]),
            similar=int(found.similar[k]),
            past_threshold=None if ranged else float(found.beyond[k]),
            clear=bool(ranged or found.beyond[k] >= comfort),
            nearest_row=int(found.nearest[k]) if found.nearest[k] >= 0 else None,
            nearest=as_mapping(tools.survey.rows[found.nearest[k]], codec) if found.nearest[k] >= 0 else None,
            nearest_distance=float(found.apart[k]) if found.nearest[k] >= 0 else None,
            stable=int(checks.stable[k]),
            shaken=checks.shaken,
            minimal=checks.minimal[k],
        )
        changes = {codec.names[j]: (codec.value(j, row[j]), codec.value(j, matrix[k, j])) for j in order}
        source = sources[found.rows.origin[k]]
        steps = tuple(map(float, path))
        result.append(
            Counterfactual(changes, as_mapping(matrix[k], codec), steps[-1], checks.labels[k], steps, receipt, source)
        )
    return tuple(result)


def ways(goals: np.ndarray, ends: np.ndarray, row: np.ndarray, ask: Ask) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each goal (R, C): its changed columns, biggest effect first, and the prediction after each of them.

    The effect is that of the change alone, in the direction of the whole; `ends` (R,) are the predictions at the goals.
    """
    owner, place = np.nonzero(~same(goals, row))
    single = np.repeat(row[None, :], len(owner), axis=0)
    single[np.arange(len(owner)), place] = goals[owner, place]
    shown = ask(np.vstack([row, single])).shown
    order = np.lexsort((-np.where(ends[owner] >= shown[0], shown[1:], -shown[1:]), owner))
    owner, place = owner[order], place[order]
    path = np.repeat(row[None, :], len(owner), axis=0)
    for k in range(len(owner)):
        if k and owner[k] == owner[k - 1]:
            path[k] = path[k - 1]
        path[k, place[k]] = goals[owner[k], place[k]]
    last = np.r_[owner[1:] != owner[:-1], True] if len(owner) else np.zeros(0, dtype=bool)
    after = np.empty(len(owner))
    after[last] = ends
    if not last.all():
        after[~last] = ask(path[~last]).shown
    return [(place[owner == k], after[owner == k]) for k in range(len(goals))]


def as_mapping(coded: np.ndarray, codec: Codec) -> dict[str, Any]:
    """Column -> plain value of one coded row (C,)."""
    return {name: codec.value(place, coded[place]) for place, name in enumerate(codec.names)}

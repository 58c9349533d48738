"""From coded rows to Counterfactuals: checked once more, sorted, chosen, with the way from the row to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xai.codec import Codec
from xai.counterfactuals.judge import Judge
from xai.counterfactuals.limits import same
from xai.counterfactuals.refine import APART, Rows, Workshop, steps
from xai.results import Counterfactual, Receipt

_RANK = {"solid": 0, "care": 1, "weak": 2}


def best(rows: Rows, sources: Sequence[str], tools: Workshop, n: int) -> tuple[tuple[Counterfactual, ...], int]:
    """The best `n` of coded rows, in order, and how many rows failed the last check and were dropped.

    The check asks the real model for its own answer on the original frame once more. In order of verdict, then of the
    number of changes, then of distance; at most one per set of changed columns as long as there are others.
    """
    patient = replace(tools.judge, deadline=None)
    judged = replace(patient, by_answer=True)(rows.matrix)
    good = judged.reached & tools.limits.kept_by(rows.matrix)
    matrix = rows.matrix[good]
    if not len(matrix):
        return (), len(good)
    receipts = _receipts(matrix, judged.beyond[good], tools)
    found = [
        _counterfactual(coded, receipt, sources[origin], tools)
        for coded, receipt, origin in zip(matrix, receipts, rows.origin[good], strict=True)
    ]
    order = sorted(range(len(found)), key=lambda k: _quality(found[k]))
    apart = tools.neighbours.distance(matrix[order], matrix[order])
    places = [order[k] for k in diverse([frozenset(found[k].changes) for k in order], apart, n)]
    return _with_steps([found[k] for k in places], matrix[places], patient, tools.limits.row), int((~good).sum())


def diverse(kinds: Sequence[frozenset[str]], apart: np.ndarray, n: int) -> list[int]:
    """Positions of the `n` to show, in order. First those with new sets of changed columns, then those with other
    values (`apart` (R, R) their distances), then the rest."""
    chosen: list[int] = []
    known: set[frozenset[str]] = set()
    rules = (
        lambda place: kinds[place] not in known,
        lambda place: apart[place, chosen].min() >= APART,
        lambda place: True,
    )
    for rule in rules:
        for place in range(len(kinds)):
            if len(chosen) < n and place not in chosen and rule(place):
                chosen.append(place)
                known.add(kinds[place])
    return sorted(chosen)


def as_mapping(coded: np.ndarray, codec: Codec) -> dict[str, Any]:
    """Column -> plain value of one coded row (C,)."""
    return {name: codec.value(place, coded[place]) for place, name in enumerate(codec.names)}


def _quality(item: Counterfactual) -> tuple[int, int, float]:
    return _RANK[item.verdict], item.receipt.changed, item.receipt.distance


def _receipts(matrix: np.ndarray, beyond: np.ndarray, tools: Workshop) -> list[Receipt]:
    """Receipts of rows that passed the check."""
    changed = (~same(matrix, tools.limits.row)).sum(axis=1)
    similar, plausible = tools.neighbours.similar(matrix), tools.neighbours.plausibility(matrix)
    distance = tools.distance(matrix)
    ranged = tools.judge.outcome.place is None  # every prediction inside a wanted range is as good
    return [
        Receipt(
            valid=True,
            constraints_kept=True,
            changed=int(changed[k]),
            distance=float(distance[k]),
            plausibility=float(plausible[k]),
            similar=int(similar[k]),
            past_threshold=None if ranged else float(beyond[k]),
        )
        for k in range(len(matrix))
    ]


def _counterfactual(coded: np.ndarray, receipt: Receipt, source: str, tools: Workshop) -> Counterfactual:
    """Still without its prediction and its steps: those are only computed for what is shown."""
    codec, row = tools.judge.codec, tools.limits.row
    changes = {codec.names[j]: (codec.value(j, row[j]), codec.value(j, coded[j])) for j in _changed(coded, row)}
    return Counterfactual(changes, as_mapping(coded, codec), np.nan, None, (), receipt, source)


def _with_steps(
    found: Sequence[Counterfactual], matrix: np.ndarray, judge: Judge, row: np.ndarray
) -> tuple[Counterfactual, ...]:
    labels, paths = judge.answers(matrix), steps(matrix, row, judge)
    names = judge.codec.names
    return tuple(
        replace(
            item,
            changes={names[j]: item.changes[names[j]] for j in order},
            prediction=float(path[-1]),
            label=label,
            steps=tuple(map(float, path)),
        )
        for item, label, (order, path) in zip(found, labels, paths, strict=True)
    )


def _changed(coded: np.ndarray, row: np.ndarray) -> np.ndarray:
    return np.flatnonzero(~same(coded[None, :], row)[0])

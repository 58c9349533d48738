"""What would have to be different? Proposals from several searches, every one of them checked by the real model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from xai.codec import Codec, codec
from xai.counterfactuals import dice
from xai.counterfactuals.blocked import blocked
from xai.counterfactuals.building import as_mapping, best
from xai.counterfactuals.deadline import Deadline
from xai.counterfactuals.judge import Judge, answers_by_largest
from xai.counterfactuals.limits import Wishes, limits
from xai.counterfactuals.outcome import Outcome, outcome
from xai.counterfactuals.pool import Pool, decimals, pool, sample
from xai.counterfactuals.proposals import Proposals, propose
from xai.counterfactuals.refine import Workshop, refined
from xai.data import Dataset
from xai.errors import QuestionError
from xai.model import Model
from xai.progress import Progress
from xai.results import Counterfactual, Counterfactuals, Label, Notice, Trust
from xai.trust.neighbours import neighbours
from xai.trust.receipt import receipts_trust, search_trust
from xai.trust.scale import point

METHODS = ("auto", *(f"dice-{name}" for name in dice.METHODS))
TRIED = 200  # rows on which the size of a point is measured, and whether the model answers with its largest output
FIRST_CALLS, LAST_CALLS = 4, 6  # of the model, before and after the time-limited part
KNOWING = 0.25  # share of the time for asking the model about rows of the data
SEARCHING = 0.7  # share of the time for the searches; the rest is for refining, or for finding what stands in the way


def counterfactuals(
    model: Model,
    data: Dataset,
    row_frame: pd.DataFrame,
    *,
    desired: Any = None,
    target_class: Label | None = None,
    keep: Sequence[str] = (),
    ranges: Mapping[str, Any] | None = None,
    directions: Mapping[str, str] | None = None,
    n: int = 4,
    method: str = "auto",
    seconds: float = 10,
    seed: int = 0,
    progress: Progress | None = None,
) -> Counterfactuals:
    """Up to `n` changed copies of one row for which the model gives the wanted outcome.

    Parameters
    ----------
    desired : a class, or (low, high) for regression, either end None; None: the other class, or the runner-up.
    target_class : whose probability is shown; default: the positive class of two, else the wanted one.
    keep : columns that must not change.
    ranges : column -> (low, high), or the allowed values of a category. They hold for the result as a whole: a row
        outside of them has to change.
    directions : column -> "up" or "down" for numbers.
    method : "auto", "dice-random", "dice-genetic" or "dice-kdtree".
    seconds : the time limit; it holds as far as single calls of the model are short.

    A class is reached where the model's own answer is that class. Every result is predicted again on the original
    frame; what misses the outcome or breaks a constraint is dropped and counted; changes without need are undone.

    Raises QuestionError : "unknown-method", "too-few-asked", and those of `outcome` and `limits`.
    """
    if method not in METHODS:
        raise QuestionError("unknown-method", asked=str(method), known=", ".join(METHODS))
    if n < 1 or not 0 < seconds < math.inf:
        raise QuestionError("too-few-asked", n=n, seconds=seconds)
    wishes = Wishes(tuple(keep), dict(ranges or {}), dict(directions or {}))
    # boosted trees predict in parallel; the hundreds of small predictions here are several times faster without
    with threadpool_limits(limits=1, user_api="openmp"):
        deadline = Deadline(seconds, progress)
        return _search(model, data, row_frame, desired, target_class, wishes, n, method, deadline, seed)


def _search(
    model: Model,
    data: Dataset,
    row_frame: pd.DataFrame,
    desired: Any,
    target_class: Label | None,
    wishes: Wishes,
    n: int,
    method: str,
    deadline: Deadline,
    seed: int,
) -> Counterfactuals:
    """Understand the question, collect proposals, refine and check them; or say what stands in the way."""
    coder = codec(data, row_frame)
    row, coded = coder.encode(row_frame)[0], coder.encode(data.frame)
    bounds = limits(data, coder, row, wishes)
    known = sample(coded, seed)
    judge, head, there = _question(model, coder, row_frame, known[:TRIED], desired, target_class, deadline)
    head |= {"method": method, "row": as_mapping(row, coder), "keep": wishes.keep, "seed": seed}
    if there:
        return _already_there(head, deadline.used)
    judge = replace(judge, deadline=deadline.sparing(LAST_CALLS * deadline.used / FIRST_CALLS))
    near = neighbours(coded, coder.numeric, seed, without=row)
    tools = Workshop(judge, bounds, near, decimals(data, coder, known))
    rows = pool(coded, known, judge, judge.deadline.part(KNOWING))
    proposals = propose(method, rows, tools, judge.deadline.part(SEARCHING), n, seed)
    least, finished = refined(proposals.chosen(tools), tools, n)
    found, failed = best(least, proposals.sources, tools, n)
    obstacles, unfinished = ((), False) if found else blocked(data, wishes, rows, tools, seed)
    return Counterfactuals(
        **head,
        algorithm=proposals.algorithm,
        counterfactuals=found,
        blocked_by=obstacles,
        nearest=_nearest(rows, tools),
        candidates=proposals.candidates,
        dropped=proposals.dropped + failed,
        trust=_trust(found, proposals, data, judge.outcome),
        seconds=deadline.used,
        timed_out=proposals.timed_out or unfinished,
        warnings=(*proposals.notices, *_notices(data, rows, found, n, finished)),
    )


def _question(
    model: Model,
    coder: Codec,
    row_frame: pd.DataFrame,
    some: np.ndarray,
    desired: Any,
    target_class: Label | None,
    deadline: Deadline,
) -> tuple[Judge, dict[str, Any], bool]:
    """The judge of the wanted outcome, what the result says about the row, and whether the row is there already."""
    frame = coder.decode(some)
    outputs, answers = model.predict(frame), model.answer(frame)
    own, answer = model.predict(row_frame)[0], model.answer(row_frame)
    goal = outcome(model, own, answer[0], desired, target_class, point(model.unit, outputs[:, -1]))
    head = {
        "unit": model.unit,
        "target_class": None if model.task == "regression" else model.classes[goal.shown],
        "desired": goal.desired,
        "prediction": float(own[goal.shown]),
        "label": None if model.task == "regression" else answer[0],
    }
    judge = Judge(model, coder, goal, deadline, not answers_by_largest(model, outputs, answers))
    return judge, head, bool(goal.agrees(answer)[0])


def _already_there(head: dict[str, Any], seconds: float) -> Counterfactuals:
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


def _nearest(rows: Pool, tools: Workshop) -> dict[str, Any] | None:
    """The nearest row of the data with the wanted outcome, constraints aside."""
    wanted = rows.wanted(tools.limits.row, tools.neighbours)
    return as_mapping(wanted[0], tools.judge.codec) if len(wanted) else None


def _trust(found: Sequence[Counterfactual], proposals: Proposals, data: Dataset, goal: Outcome) -> Trust:
    if not found:
        return search_trust(proposals.complete)
    return receipts_trust(found, len(data.frame), None if goal.place is None else goal.comfort)


def _notices(data: Dataset, rows: Pool, found: Sequence[Counterfactual], n: int, finished: bool) -> list[Notice]:
    notices = []
    if len(rows.matrix) < len(data.frame):
        notices.append(Notice("search-sample", {"rows": len(rows.matrix), "total": len(data.frame)}))
    if 0 < len(found) < n:
        notices.append(Notice("fewer-found", {"found": len(found), "asked": n}))
    if not finished:
        notices.append(Notice("needless-changes"))
    return notices

"""What would have to be different? Proposals from several searches, every one of them checked by the real model."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from xai.counterfactuals import dice
from xai.counterfactuals.answer import Answer, already_there
from xai.counterfactuals.blocked import blocked
from xai.counterfactuals.coding import limits
from xai.counterfactuals.deadline import Deadline
from xai.counterfactuals.judge import Judge
from xai.counterfactuals.limits import Limits
from xai.counterfactuals.outcome import outcome
from xai.counterfactuals.pace import Pace
from xai.counterfactuals.quick import Quick
from xai.counterfactuals.receipts import as_mapping
from xai.counterfactuals.refine import Workshop
from xai.counterfactuals.stages import METHODS, Search
from xai.counterfactuals.survey import Survey, Surveys, with_row
from xai.counterfactuals.wishes import Wishes, wishes
from xai.data import Dataset
from xai.errors import QuestionError
from xai.model import Model
from xai.progress import Progress
from xai.results import Counterfactuals, Label

SURVEYING = 0.4  # share of the time for getting to know data and model, where they are not known yet
SEARCHING = 0.75  # share of the rest for the searches; what is left is for finding what stands in the way
LAST_CALLS = 3  # of the whole model after the search, beside two for each row that is shown

Partial = Callable[[Counterfactuals], None]


def counterfactuals(
    model: Model,
    data: Dataset,
    row_frame: pd.DataFrame,
    *,
    desired: Any = None,
    probability: float | None = None,
    target_class: Label | None = None,
    keep: Sequence[str] = (),
    free: Sequence[str] = (),
    ranges: Mapping[str, Any] | None = None,
    directions: Mapping[str, str] | None = None,
    at_most: int | None = None,
    together: Sequence[Sequence[str]] = (),
    only_seen: bool = False,
    n: int = 4,
    method: str = "auto",
    seconds: float = 10,
    seed: int = 0,
    progress: Progress | None = None,
    partial: Partial | None = None,
    surveys: Surveys | None = None,
) -> Counterfactuals:
    """Up to `n` changed copies of one row for which the model gives the wanted outcome.

    Parameters
    ----------
    desired : a class, or (low, high) for regression, either end None; None: the other class, or the runner-up.
    probability : what the wanted class must reach; None: the model must answer that class.
    target_class : whose probability is shown; default: the positive class of two, else the wanted one.
    keep, free, ranges, directions, at_most, together, only_seen : what may change, see `Wishes`.
    method : "auto", "donors", "dice-random", "dice-genetic" or "dice-kdtree".
    seconds : the time limit; it holds as far as single calls of the model are short.
    partial : is told the best so far, first as soon as there is something; it may raise to stop the search.
    surveys : remembers what does not depend on the row.

    A class is reached where the model's own answer is that class. Every result is predicted again on the original
    frame; what misses the outcome or breaks a constraint is dropped and counted; changes without need are undone.
    Raises QuestionError : "unknown-method", "too-few-asked", and those of `wishes`, `outcome` and `limits`.
    """
    if method not in METHODS:
        raise QuestionError("unknown-method", asked=str(method), known=", ".join(METHODS))
    if n < 1 or not 0 < seconds < math.inf:
        raise QuestionError("too-few-asked", n=n, seconds=seconds)
    asked = wishes(keep, free, ranges, directions, at_most, together, only_seen)
    deadline = Deadline(seconds, progress)
    known = (surveys or Surveys()).get(model, data, seed, deadline.part(SURVEYING))
    if method != "donors":
        dice.load()  # not earlier: importing would take turns with what a first question has to find out
    question = _question(model, data, known, row_frame, asked, deadline, (desired, probability, target_class))
    question.head.update(method=method, seed=seed)
    return _searched(question, n, deadline, partial)


def _searched(question: _Question, n: int, deadline: Deadline, partial: Partial | None) -> Counterfactuals:
    """Search, and say what was found; or what stands in the way."""
    head, known, limits = question.head, question.known, question.limits(question.wishes)
    if question.there:
        return already_there(head, deadline.used)
    usable = deadline.sparing((LAST_CALLS + 2 * n) * question.call)
    judge = replace(question.judge, deadline=usable.part(SEARCHING))
    tools = Workshop(judge, limits, known, known.near.without(limits.row))
    search = Search(tools, known.known, question.reached, n, head["seed"])
    answer = Answer(head, search, deadline)
    if partial is not None:
        search.show = lambda: answer.tell(partial)
    search.run(head["method"])
    if len(search.shortlist):
        return answer.found(usable)
    return answer.nothing(*blocked(question.wishes, question.limits, search, usable))


@dataclass(frozen=True)
class _Question:
    """What is asked, understood. `reached` (P,): which known rows have the outcome; `there`: the row itself has it."""

    known: Survey
    wishes: Wishes
    limits: Callable[[Wishes], Limits]
    judge: Judge
    head: dict[str, Any]  # what the result says about the question
    reached: np.ndarray
    there: bool
    call: float  # seconds a call of the whole model takes


def _question(
    model: Model,
    data: Dataset,
    known: Survey,
    row_frame: pd.DataFrame,
    asked: Wishes,
    deadline: Deadline,
    wanted: tuple[Any, float | None, Label | None],
) -> _Question:
    """Constraints, the judge of the wanted outcome, what the result says about the row, and whether it is there."""
    known, row = with_row(known, data, row_frame)
    asked = asked.settled(known.codec.names, known.together)
    quick = None if known.tables is None else Quick(known.tables, known.codec)
    by_answer, regression, pace = known.answers is not None, model.task == "regression", Pace()
    if quick is None or by_answer:
        own = pace.timed(lambda: model.predict(row_frame)[0], 1)
        answer = model.answer(row_frame)[0]
    else:
        own = pace.timed(lambda: quick.outputs(row[None, :])[0], 1)
        answer = own[0] if regression else model.classes[int(own.argmax())]
    goal = outcome(model, own, answer, *wanted, known.point)
    head = {
        "unit": model.unit,
        "target_class": None if regression else model.classes[goal.shown],
        "desired": goal.desired,
        "at_least": goal.at_least,
        "prediction": float(own[goal.shown]),
        "label": None if regression else answer,
        "row": as_mapping(row, known.codec),
        "keep": asked.fixed,
        "held": asked.held,
        "bound": asked.bound,
    }
    judge = Judge(model, known.codec, goal, deadline, Pace(known.pace), quick, by_answer, Pace(known.pace))
    decided = by_answer and goal.by_answer
    reached = goal.agrees(known.answers) if decided else goal.reached(known.outputs)
    there = answer == goal.desired if decided else bool(goal.reached(own[None, :])[0])
    call = max(pace.first, known.call)
    coded = functools.partial(limits, data, known, row)
    return _Question(known, asked, coded, judge, head, reached, there, call)

"""A model and a table brought together: columns, target, and what is offered where they do not fit yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from xai.adjustment import Adjustment
from xai.errors import DataError, MatchError
from xai.model import Model, classes_of, task_of
from xai.opening.companions import NOTHING, Beside
from xai.opening.fitting.decisions import Decisions
from xai.opening.fitting.fit import Fit, fit, likely_inputs
from xai.opening.fitting.guessing import guess
from xai.opening.fitting.offering import Offering, helpful, needed
from xai.opening.fitting.trying import try_out
from xai.opening.fitting.wanted import wanted
from xai.opening.tables import Table
from xai.opening.targets import Target, align_target, detect_target
from xai.results import Label, Notice, Quality


@dataclass(frozen=True)
class Joined:
    """A model that predicts on its table."""

    fitted: Fit
    model: Model
    target: Target
    outcome: pd.Series | None  # (n,) in the model's labels
    notices: tuple[Notice, ...]  # about the outcome
    trouble: Notice | None  # why the outcome cannot be compared with the model's answers
    offering: Offering

    def offers(self, quality: Quality | None) -> tuple[Adjustment, ...]:
        """What would make the model predict better, or the table speak more clearly, each with its evidence."""
        return helpful(self.offering, self.fitted, quality)


def join(
    estimator: Any,
    table: Table,
    asked: str | None,
    decisions: Decisions,
    origin: Any = None,
    beside: Beside = NOTHING,
) -> Joined:
    """Fit the table to the model and try it.

    Raises DataError about the target, and MatchError with `offers` where the model cannot predict without a decision:
    "missing-columns", "column-count", "text-without-names", "prediction-failed", "missing-not-supported",
    "unknown-categories", "categories-without-names"; also "unknown-rename", "rename-not-wanted", "unknown-adjustment",
    "companion-unused".
    """
    classes = beside.classes or classes_of(estimator)
    wants = wanted(estimator, beside.columns)
    frame, inputs = likely_inputs(wants, table, decisions)
    target = _target(frame, inputs, asked, beside, estimator, wants.count)
    fit_under = partial(fit, estimator, wants, classes, table, beside=beside)
    if target.reason == "last":
        target = guess(target, fit_under(decisions, target.name), estimator, classes)
    for strict in (False, True):
        fitting = partial(_fitting, fit_under, target.name, strict)
        offering = Offering(estimator, wants, classes, target.name, decisions, fitting)
        fitted = fitting(decisions)
        fitted.check(decisions)
        try:
            model = _tried(fitted, estimator, origin)
            break
        except MatchError as error:
            offers = _helping(offering, fitted, error)
            if offers or strict or error.code != "prediction-failed":
                error.offers = offers
                raise
    outcome, notices, trouble = _outcome(fitted.frame, target, model.classes, classes_of(estimator))
    return Joined(fitted, model, target, outcome, notices, trouble, offering)


def _fitting(fit_under: Callable[..., Fit], target: str | None, strict: bool, decisions: Decisions) -> Fit:
    return fit_under(decisions, target, strict)


def _tried(fitted: Fit, estimator: Any, origin: Any) -> Model:
    """The model, seen to predict. Raises MatchError."""
    if fitted.error is not None:
        raise fitted.error
    model = fitted.model(estimator, origin)
    try_out(model, fitted)
    return model


def _helping(offering: Offering, fitted: Fit, error: MatchError) -> tuple[Adjustment, ...]:
    """The offers that may get the model to predict."""
    if error.code == "missing-not-supported" and (gaps := fitted.gaps(offering.estimator)) is not None:
        return needed(offering, (gaps,))
    return needed(offering, fitted.needed)


def _target(
    frame: pd.DataFrame,
    inputs: Sequence[str] | None,
    asked: str | None,
    beside: Beside,
    estimator: Any,
    count: int | None,
) -> Target:
    """The outcome's column: the one asked for, the one noted beside the model, or the one that fits its classes."""
    noted = beside.target if asked is None and beside.target in set(map(str, frame.columns)) else None
    own = classes_of(estimator)
    classes = beside.classes or own
    target = detect_target(frame, inputs, noted or asked, task_of(estimator, classes), classes, count)
    if target.name is None and asked is None and classes != own:  # a table may count the classes that have names
        target = detect_target(frame, inputs, None, task_of(estimator, own), own, count)
    return replace(target, reason="file") if noted else target


def _outcome(
    frame: pd.DataFrame, target: Target, classes: tuple[Label, ...], own: tuple[Label, ...]
) -> tuple[pd.Series | None, tuple[Notice, ...], Notice | None]:
    """The outcome in the model's labels; where it does not fit, a notice says so: explanations need none."""
    if target.name is None:
        return None, (), None
    try:
        aligned = align_target(frame[target.name], classes)
    except DataError as error:
        if classes != own and (counted := _counted(frame[target.name], classes, own)) is not None:
            return counted, (), None
        trouble = Notice(error.code, dict(error.facts))
        return None, (trouble,), trouble
    return aligned.series, aligned.notices, None


def _counted(series: pd.Series, classes: tuple[Label, ...], own: tuple[Label, ...]) -> pd.Series | None:
    """An outcome that counts the classes as the model itself does, in their names; None where it does not."""
    try:
        found = align_target(series, own).series
    except DataError:
        return None
    return found.map(dict(zip(own, classes, strict=True))).astype(object)

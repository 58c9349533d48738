"""All stages in their order: from a table, a model and a reader's decisions to columns the model can take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from xai.adjustment import Adjustment, Made, Recipe
from xai.description import ColumnNames
from xai.errors import MatchError
from xai.inputs import Inputs
from xai.making import Maker
from xai.model import Model
from xai.opening.companions import NOTHING, Beside, Companion
from xai.opening.fitting import (
    answers,
    arrays,
    by_companion,
    categories,
    codes,
    dummies,
    gaps,
    headers,
    names,
    scaling,
    values,
)
from xai.opening.fitting.decisions import Decisions
from xai.opening.fitting.draft import Draft
from xai.opening.fitting.spelling import best_pairs
from xai.opening.fitting.wanted import Wanted
from xai.opening.tables import Table
from xai.results import Label


@dataclass(frozen=True)
class Fit:
    """A table that fits a model, or says what is in the way."""

    frame: pd.DataFrame  # the whole table, adjusted
    columns: tuple[str, ...]  # those of the table that go into the model
    made: tuple[Made, ...]  # how the model's columns are made of them; () where they go in as they are
    named: bool  # the model's columns have names, its own or from a list in its file: they were matched by them
    framed: bool  # the model gets a DataFrame; else a plain array
    adjustments: tuple[Adjustment, ...]
    offers: tuple[Adjustment, ...]
    flippable: frozenset[str]  # columns with two codes
    unknown: Mapping[str, Mapping[Any, int]]  # column -> value -> rows: categories the model does not know
    classes: tuple[Label, ...]  # what the model's classes are called; () where they keep their names
    answers: str | None  # code of the function that brings the answers into the table's unit
    error: MatchError | None  # what keeps the columns from going in

    def check(self, decisions: Decisions) -> None:
        """Whoever asks for an adjustment that there is not has to hear of it: MatchError "unknown-adjustment"."""
        possible = [*self.adjustments, *self.offers, *(Adjustment("flip", column) for column in self.flippable)]
        known = {name for adjustment in possible for name in (adjustment.key, adjustment.code)}
        known |= {"swap", gaps.CODE, *answers.FUNCTIONS, *scaling.CODES}  # offered only where they help
        strange = [key for key in (*decisions.accepted, *decisions.undone) if key not in known]
        if strange:
            keys = dict.fromkeys(adjustment.key for adjustment in possible)
            raise MatchError("unknown-adjustment", asked=", ".join(strange), known=", ".join(keys) or "–")

    @property
    def needed(self) -> tuple[Adjustment, ...]:
        """Offers without which the model cannot predict."""
        return tuple(offer for offer in self.offers if offer.needed)

    def gaps(self, estimator: Any) -> Adjustment | None:
        """The rows to leave out for the missing values that the model refuses; None where that helps nothing."""
        return gaps.found(self.frame, gaps.refusing(self.model(estimator), self.inputs))

    def model(self, estimator: Any, origin: Any = None) -> Model:
        """The model in front of which the table's columns are made into its own."""
        return adjusted(estimator, self.recipe, self.inputs, origin)

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns of the table that do not go into the model; the outcome among them."""
        return tuple(str(name) for name in self.frame.columns if name not in self.columns)

    @property
    def recipe(self) -> Recipe:
        columns = () if self.framed else self.columns
        return Recipe(made=self.made, framed=self.framed, columns=columns, classes=self.classes, answers=self.answers)

    @property
    def inputs(self) -> pd.DataFrame:
        """(n, C) the columns that go into the model."""
        return self.frame[list(self.columns)]


def adjusted(estimator: Any, recipe: Recipe, inputs: pd.DataFrame, origin: Any = None) -> Model:
    """A model that takes the table's columns and answers in the table's unit. `inputs`: (n, C) those that go in."""
    if recipe.answers:
        estimator = answers.in_the_tables_unit(estimator, recipe.answers, inputs.head(2))
    if recipe.made:
        makers = {one.name: (one.column, Maker(one.steps)) if one.steps else one.column for one in recipe.made}
        estimator = Pipeline([("inputs", Inputs(makers, recipe.framed)), ("model", estimator)])
    return Model(estimator, tuple(map(str, inputs.columns)), origin, recipe.classes)


def fit(
    estimator: Any,
    wanted: Wanted,
    classes: Sequence[Label],
    table: Table,
    decisions: Decisions,
    target: str | None = None,
    strict: bool = False,
    beside: Beside = NOTHING,
) -> Fit:
    """Do what is exact or asked for, and offer the rest. `classes` as the model calls them; () for numbers.

    The model is asked for nothing but which missing values it refuses, where rows with such are to be left out.
    Raises MatchError "unknown-rename", "rename-not-wanted". What keeps the model from predicting is not raised but told
    (`Fit.error`): offers may help.
    """
    draft = _begun(wanted, table, decisions, strict)
    draft.target = target if target in draft.names else None
    draft.classes = beside.classes
    companion = beside.companion
    if wanted.names is None:
        arrays.settle(draft)
    elif not draft.headless:
        _find_columns(draft, companion)
    categories.settle(draft)
    codes.settle(draft)
    error = names.check(draft) if wanted.names is not None else arrays.check(draft)
    error = error or codes.check(draft)
    if draft.decisions.accepts(Adjustment(gaps.CODE)):
        gaps.settle(draft, _refusing(draft, estimator, error))
    if companion is not None:
        error = _by_companion(draft, companion, tuple(classes), error)
    if error is None:
        scaling.settle(draft)
    answers.settle(draft, classes)
    return Fit(
        frame=draft.frame,
        columns=_columns(draft),
        made=draft.made,
        named=wanted.names is not None,
        framed=wanted.framed,
        adjustments=tuple(draft.adjustments),
        offers=tuple(draft.offers),
        flippable=frozenset(draft.flippable),
        unknown=draft.unknown,
        classes=draft.classes,
        answers=draft.answers,
        error=error,
    )


def _refusing(draft: Draft, estimator: Any, error: MatchError | None) -> tuple[str, ...]:
    """The table's columns in which the model refuses gaps; all of the model's while it cannot be asked."""
    columns = _columns(draft)
    if error is not None:
        return columns
    framed = draft.wanted.framed
    recipe = Recipe(made=draft.made, framed=framed, columns=() if framed else columns)
    inputs = draft.frame[list(columns)]
    return gaps.refusing(adjusted(estimator, recipe, inputs), inputs)


def _find_columns(draft: Draft, companion: Companion | None) -> None:
    """What else the columns may be that no name leads to: made of others, or only similar."""
    if companion is not None:
        by_companion.encode(draft, companion)
    dummies.settle(draft)
    values.offer_date_parts(draft)
    names.offer_similar(draft)


def _by_companion(
    draft: Draft, companion: Companion, classes: tuple[Label, ...], error: MatchError | None
) -> MatchError | None:
    """What a companion file does once all columns are found; the error where it is of no use here."""
    by_companion.name_classes(draft, companion, classes)
    if error is None and not any(offer.needed for offer in draft.offers):
        by_companion.scale(draft, companion)
        error = by_companion.check(draft, companion)
    return error


def likely_inputs(wanted: Wanted, table: Table, decisions: Decisions) -> tuple[pd.DataFrame, tuple[str, ...] | None]:
    """The table with its right names, and the columns that go into the model or probably will: none is the outcome.

    None where the model knows no names.
    """
    draft = _begun(wanted, table, decisions, strict=False)
    if wanted.names is None:
        return draft.frame, None
    probable = [found.column for found in dummies.one_hots(draft, draft.missing)]
    left = [name for name in draft.free if name not in probable]
    explained = {name for found in dummies.one_hots(draft, draft.missing) for name in (*found.values, *found.absent)}
    near = list(best_pairs([name for name in draft.missing if name not in explained], left).values())
    if len(near) < len(left):  # else one of them must be the outcome
        probable += near
    return draft.frame, (*draft.sources.values(), *probable)


def open_names(wanted: Wanted, table: Table, decisions: Decisions) -> ColumnNames:
    """What the model wants and does not find, and what the table has to spare, for a reader who is to match them."""
    draft = _begun(wanted, table, decisions, strict=False)
    near = best_pairs(draft.missing, draft.free)
    return ColumnNames(tuple(draft.missing), tuple(draft.free), near)


def template(wanted: Wanted, table: Table, decisions: Decisions) -> pd.DataFrame:
    """(n, needed columns) a table to fill in: the model's columns, those filled that the table has."""
    draft = _begun(wanted, table, decisions, strict=False)
    empty = pd.Series(np.nan, index=draft.frame.index)
    known = {name: draft.frame[column] for name, column in draft.sources.items()}
    return pd.DataFrame({name: known.get(name, empty) for name in wanted.needed})


def _begun(wanted: Wanted, table: Table, decisions: Decisions, strict: bool) -> Draft:
    draft = Draft(wanted, decisions, table.frame, {reading.column: reading for reading in table.readings})
    draft.strict = strict
    headers.settle(draft)
    names.settle(draft)
    values.settle(draft)
    return draft


def _columns(draft: Draft) -> tuple[str, ...]:
    """Those of the table that go into the model."""
    return tuple(dict.fromkeys(draft.sources[name] for name in _order(draft)))


def _order(draft: Draft) -> list[str]:
    """The model's columns in its own order."""
    if draft.wanted.names is None:
        return list(draft.sources)
    return [name for name in draft.wanted.needed if name in draft.sources]

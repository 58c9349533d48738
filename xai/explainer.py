"""Explainer: a model and its data; one short method per question. Nothing changes once it is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.attribution.blocks import rows_at_once
from xai.attribution.explain import explain_shap, unit_for
from xai.counterfactuals.survey import Surveys
from xai.data import Dataset, dataset, like_the_data, sample_rows
from xai.effects.accumulated import accumulated_effects
from xai.effects.ceteris_paribus import ceteris_paribus
from xai.effects.dependence import dependence
from xai.effects.partial_dependence import partial_dependence
from xai.encoding import split
from xai.errors import DataError, MatchError, QuestionError
from xai.importance.by_permutation import importance_by_permutation
from xai.importance.by_shap import importance_by_shap
from xai.importance.native import has_native, native_importance
from xai.model import Model, Said, expected_columns, expected_count
from xai.positive import positive_class
from xai.predictions import predictions
from xai.progress import Progress, within
from xai.quality.scores import quality
from xai.results import Attribution, Counterfactuals, Effect, Importance, Label, Predictions, Quality, Task, WhatIf
from xai.what_if import what_if

BACKGROUND = 100
TRIED_ROWS = 300  # rows on which the separation of preprocessing and model is tried


class Explainer:
    """Answers questions about a fitted model with the help of a table.

    Parameters
    ----------
    model : a fitted estimator (or a Model); it is not changed.
    frame : rows with the model's columns; further columns are kept aside.
    target : name of the column with the true outcome, for quality and permutation importance.
    background : how many rows the explanations compare with (or a DataFrame of such rows).
    seed : for every random draw.
    target_class : the class whose probability is explained; default: the positive class.
    held_out_from : position of the first row that was not used for training, where known.
    classes : names for the model's classes, in its order, where it only numbers them or has them swapped.

    Raises
    ------
    OpeningError, MatchError, DataError, QuestionError : the model or the table cannot be used; the code says why.
    """

    def __init__(
        self,
        model: Any,
        frame: pd.DataFrame,
        target: str | None = None,
        background: int | pd.DataFrame = BACKGROUND,
        seed: int = 0,
        target_class: Label | None = None,
        held_out_from: int | None = None,
        classes: Sequence[Label] = (),
    ) -> None:
        if not isinstance(frame, pd.DataFrame):
            raise DataError("not-a-table", found=type(frame).__name__)
        self.model = _model(model, frame, target, tuple(classes))
        self.data: Dataset = dataset(frame, self.model.columns, target, held_out_from)
        self.seed = seed
        self.background = self._background(background)
        self.model.prepare(sample_rows(self.data.frame, TRIED_ROWS, seed).reset_index(drop=True))
        self._compared = Background(self.model, self.background)
        self.target_class = self._default_class(target_class)
        self._surveys = Surveys()

    @property
    def columns(self) -> tuple[str, ...]:
        """The original columns, in order."""
        return self.model.columns

    @property
    def task(self) -> Task:
        return self.model.task

    @property
    def methods(self) -> tuple[str, ...]:
        """The kinds of importance this model and table allow."""
        known = ["shap"]
        known += ["permutation"] if self.data.target is not None else []
        known += ["native"] if has_native(self.model) else []
        return tuple(known)

    def quality(self, said: Said | None = None) -> Quality:
        """Scores beside the trivial baseline. `said`: about all rows, where the model has been asked already."""
        return quality(self.model, self.data, self._class_index(None), said)

    def predictions(self, target_class: Label | None = None) -> Predictions:
        """What the model says about every row."""
        return predictions(self.model, self.data, self._class_index(target_class))

    def importance(
        self,
        method: str = "shap",
        rows: int | str | None = 500,
        repeats: int = 5,
        target_class: Label | None = None,
        unit: str | None = None,
        seed: int | None = None,
        progress: Progress | None = None,
    ) -> Importance:
        """How much each column counts: "shap", "permutation" or "native". `rows`: so many at random, or "all"."""
        seed, rows = self.seed if seed is None else seed, _count(rows)
        if method == "shap":
            index = self._class_index(target_class)
            chosen = unit_for(self.model, unit)
            return importance_by_shap(self.data, self._compared, rows, index, chosen, seed, progress)
        if method == "permutation":
            return importance_by_permutation(self.data, self._compared, rows, repeats, seed, progress)
        if method == "native":
            return native_importance(self.model, self.data)
        raise QuestionError("unknown-method", asked=method, known="shap, permutation, native")

    def explain(
        self,
        row: int | Sequence[int] | None = None,
        frame: pd.DataFrame | None = None,
        method: str = "shap",
        target_class: Label | None = None,
        unit: str | None = None,
        stability_runs: int = 5,
        seed: int | None = None,
        progress: Progress | None = None,
    ) -> Attribution:
        """Contributions of the columns for one row (`row=7`), several (`row=[7, 8]`), or your own (`frame=`)."""
        rows = self.rows(row, frame)
        index = self._class_index(target_class)
        seed = self.seed if seed is None else seed
        if method == "shap":
            single = np.ndim(row) == 0 if row is not None else len(rows) == 1
            chosen = unit_for(self.model, unit)
            return explain_shap(self.data, self._compared, rows, index, chosen, seed, progress, single)
        if method == "lime":
            from xai.attribution.lime import lime  # lime, dice and what they load are imported when first asked for

            _one(rows)
            if unit not in (None, self.model.unit):
                raise QuestionError("unknown-unit", asked=str(unit), known=self.model.unit)
            return lime(self.data, self._compared, rows, index, runs=stability_runs, seed=seed, progress=progress)
        raise QuestionError("unknown-method", asked=method, known="shap, lime")

    def contributions(
        self,
        first: int = 0,
        target_class: Label | None = None,
        unit: str | None = None,
        seed: int | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Attribution]:
        """SHAP values of all rows of the data from position `first` on: block after block, values (rows, columns)."""
        size, total = rows_at_once(self._compared, unit_for(self.model, unit)), len(self.data.frame)
        for start in range(first, total, size):
            rows = range(start, min(start + size, total))
            part = within(progress, (start - first) / (total - first), (rows.stop - first) / (total - first))
            yield self.explain(rows, None, "shap", target_class, unit, seed=seed, progress=part)

    def counterfactuals(
        self,
        row: int | None = None,
        frame: pd.DataFrame | None = None,
        desired: Any = None,
        keep: Sequence[str] = (),
        ranges: Mapping[str, Any] | None = None,
        n: int = 4,
        method: str = "auto",
        seconds: float = 10,
        directions: Mapping[str, str] | None = None,
        probability: float | None = None,
        free: Sequence[str] = (),
        at_most: int | None = None,
        together: Sequence[Sequence[str]] = (),
        only_seen: bool = False,
        seed: int | None = None,
        progress: Progress | None = None,
        partial: Callable[[Counterfactuals], None] | None = None,
    ) -> Counterfactuals:
        """What would have to be different for the wanted class, or for a prediction within the wanted range.

        The constraints are explained in `xai.counterfactuals.search`. Sensitive columns (age, sex, …) are kept unless
        they are named in `free`, `ranges` or `directions`.
        """
        from xai.counterfactuals import counterfactuals

        return counterfactuals(
            self.model,
            self.data,
            _one(self.rows(row, frame)),
            desired=desired,
            probability=probability,
            target_class=self.target_class,
            keep=keep,
            free=free,
            ranges=ranges,
            directions=directions,
            at_most=at_most,
            together=together,
            only_seen=only_seen,
            n=n,
            method=method,
            seconds=seconds,
            seed=self.seed if seed is None else seed,
            progress=progress,
            partial=partial,
            surveys=self._surveys,
        )

    def what_if(
        self,
        row: int | None = None,
        frame: pd.DataFrame | None = None,
        changes: Mapping[str, Any] | None = None,
        target_class: Label | None = None,
    ) -> WhatIf:
        """The case with some columns changed: prediction and contributions before and after."""
        index = self._class_index(target_class)
        one = _one(self.rows(row, frame))

        def explain(rows: pd.DataFrame) -> Attribution:
            return explain_shap(self.data, self._compared, rows, index, self.model.unit, self.seed)

        return what_if(self.model, self.data, one, changes or {}, index, explain)

    def ceteris_paribus(
        self,
        column: str,
        row: int | None = None,
        frame: pd.DataFrame | None = None,
        target_class: Label | None = None,
        points: int = 60,
    ) -> Effect:
        """How the prediction of one case moves with one column."""
        one = _one(self.rows(row, frame))
        return ceteris_paribus(self.model, self.data, one, column, self._class_index(target_class), points)

    def partial_dependence(
        self,
        column: str,
        rows: int | str | None = 500,
        target_class: Label | None = None,
        points: int = 40,
        seed: int | None = None,
        progress: Progress | None = None,
    ) -> Effect:
        """How the mean prediction moves when one column takes the same value in all of `rows` (so many, or "all")."""
        options = {"rows": _count(rows), "points": points, "progress": progress}
        return self._effect(partial_dependence, column, target_class, seed, **options)

    def ice(
        self,
        column: str,
        rows: int | str | None = 60,
        target_class: Label | None = None,
        points: int = 40,
        seed: int | None = None,
        progress: Progress | None = None,
    ) -> Effect:
        """The curve of each of many rows along one column, individual conditional expectation, and their mean."""
        options = {"rows": _count(rows), "points": points, "kind": "ice", "progress": progress}
        return self._effect(partial_dependence, column, target_class, seed, **options)

    def ale(
        self,
        column: str,
        rows: int | str | None = 2_000,
        target_class: Label | None = None,
        intervals: int = 20,
        seed: int | None = None,
        progress: Progress | None = None,
    ) -> Effect:
        """Accumulated local effects: what one column does among rows that exist, relative to the mean prediction."""
        options = {"rows": _count(rows), "intervals": intervals, "progress": progress}
        return self._effect(accumulated_effects, column, target_class, seed, **options)

    def dependence(self, column: str, rows: int = 500, target_class: Label | None = None) -> Effect:
        """The contributions of one column over many rows, against its values."""
        return dependence(self.importance(rows=rows, target_class=target_class), self.data, column)

    def rows(self, row: int | Sequence[int] | None, frame: pd.DataFrame | None) -> pd.DataFrame:
        """The asked rows of the data, or the given ones in the data's types.

        Raises QuestionError("no-such-row"), ("no-case"), MatchError("missing-columns"), DataError("not-a-number"), ….
        """
        if frame is not None:
            if not len(frame):
                raise QuestionError("no-case")
            return like_the_data(frame, self.data)
        places = [] if row is None else np.atleast_1d(np.asarray(row)).tolist()
        if not places:
            raise QuestionError("no-case")
        total = len(self.data.frame)
        for place in places:
            if type(place) is not int or not 0 <= place < total:
                raise QuestionError("no-such-row", row=str(place), rows=total)
        return self.data.frame.iloc[places].reset_index(drop=True)

    def _effect(
        self, method: Callable[..., Effect], column: str, target_class: Label | None, seed: int | None, **options: Any
    ) -> Effect:
        """Of one column over many rows."""
        index = self._class_index(target_class)
        seed = self.seed if seed is None else seed
        return method(self.data, self._compared, column, index, seed=seed, **options)

    def _background(self, background: int | pd.DataFrame) -> pd.DataFrame:
        count = len(background) if isinstance(background, pd.DataFrame) else background
        if count < 1:
            raise QuestionError("too-few-rows", rows=count)
        if isinstance(background, pd.DataFrame):
            return like_the_data(background, self.data)
        known = self.data.held_out_from
        return sample_rows(
            self.data.frame.iloc[:known] if known else self.data.frame, background, self.seed
        ).reset_index(drop=True)

    def _default_class(self, asked: Label | None) -> Label | None:
        if asked is not None:
            return self.model.classes[self.model.class_index(asked)]
        if self.task == "regression":
            return None
        return positive_class(self.model.classes, self.data.target)

    def _class_index(self, asked: Label | None) -> int:
        wanted = self.target_class if asked is None else asked
        return 0 if wanted is None else self.model.class_index(wanted)


def _model(model: Any, frame: pd.DataFrame, target: str | None, classes: tuple[Label, ...]) -> Model:
    """The model as it was given, or made of an estimator; with other names for its classes where there are some."""
    if not isinstance(model, Model):
        return Model(model, _columns_for(model, frame, target), classes=classes)
    return Model(model.estimator, model.columns, model.origin, classes) if classes else model


def _columns_for(estimator: Any, frame: pd.DataFrame, target: str | None) -> tuple[str, ...] | None:
    """The table's names for the columns of a model that does not know them, or not as they are; None: it does.

    A model that was fitted on a plain array takes the table's other columns, if their number is right.
    """
    names = [str(name) for name in frame.columns if name != target]
    expected = expected_columns(estimator)
    if expected is not None:
        rewritten = {re.sub(r"\s", "_", name): name for name in names}
        blanks = type(split(estimator)[1]).__module__.startswith("lightgbm")  # it writes blanks as underscores
        return tuple(name if name in names else rewritten.get(name, name) for name in expected) if blanks else None
    wanted = expected_count(estimator)
    if wanted is not None and wanted != len(names):
        raise MatchError("column-count", wanted=wanted, found=len(names))
    return tuple(names)


def _count(rows: int | str | None) -> int | None:
    """How many rows are meant; None for all."""
    if rows in (None, "all"):
        return None
    if type(rows) is not int:
        raise QuestionError("too-few-rows", rows=str(rows))
    return rows


def _one(rows: pd.DataFrame) -> pd.DataFrame:
    if len(rows) != 1:
        raise QuestionError("one-row-only", rows=len(rows))
    return rows

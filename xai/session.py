"""A model with its data, answering questions by name with plain parameters: in a worker, or in this process."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from xai.data import with_values
from xai.description import Case, Description
from xai.errors import QuestionError
from xai.explainer import Explainer
from xai.progress import Progress
from xai.results import Attribution, plain_scalar
from xai.texts.wording import text_of

_ABOUT_A_CASE = ("explain", "counterfactuals", "what_if", "ceteris_paribus")
_EFFECTS = ("partial_dependence", "ice", "ale")
_ABOUT_THE_MODEL = ("quality", "importance", "dependence", "predictions", *_EFFECTS)
_LONG = ("importance", "explain", "counterfactuals", "contributions", *_EFFECTS)  # these report their progress
_BETTERED = ("counterfactuals",)  # these have an answer soon, and a better one later
QUESTIONS = ("inspection", "describe", "case", "contributions", *_ABOUT_THE_MODEL, *_ABOUT_A_CASE)


class Session:
    """Questions about one opened model. Only read, so several threads may ask.

    Parameters
    ----------
    explainer : the model and its data; None where only a model was opened.
    inspection : what opening found out; the answer to "inspection".
    cases : code -> column -> value: ready-made cases beside the rows of the data.
    """

    def __init__(
        self, explainer: Explainer | None, inspection: Any, cases: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self.explainer = explainer
        self.inspection = inspection
        self.cases = cases or {}

    def answer(
        self,
        question: str,
        parameters: Mapping[str, Any],
        shown_class: Any = None,
        progress: Progress | None = None,
        partial: Callable[[Any], None] | None = None,
    ) -> Any:
        """The frozen result of a question in QUESTIONS.

        `partial` is told the best so far, by questions whose answer gets better with time.

        A case is given by its code (`case="17"` for a row's position). Raises KlartextError: "unknown-question",
        "no-table", "unknown-class", "no-such-row", and whatever the question itself raises.
        """
        if question == "inspection":
            return self.inspection
        if question not in QUESTIONS:
            raise QuestionError("unknown-question", asked=question, known=", ".join(QUESTIONS))
        if self.explainer is None:
            raise QuestionError("no-table")
        if question == "quality" and shown_class is None:  # measured when it was opened
            return self.inspection.quality or self.explainer.quality()
        if question == "describe":
            return _describe(self._showing(shown_class), tuple(self.cases))
        more = {**parameters, "progress": progress} if question in _LONG else dict(parameters)
        more |= {"partial": partial} if question in _BETTERED else {}
        if question == "contributions":
            return _block(self._showing(shown_class), **more)
        if question in _ABOUT_THE_MODEL:
            return getattr(self._showing(shown_class), question)(**more)
        return self._about_a_case(question, str(more.pop("case", "")), more, shown_class)

    def _about_a_case(self, question: str, code: str, more: dict[str, Any], shown_class: Any) -> Any:
        row = self._row(code)
        explainer = self._showing(self._answered_class(row) if shown_class is None else shown_class)
        if question == "case":
            return _case(explainer, row, code, None if code in self.cases else int(code))
        if question == "ceteris_paribus":  # the curve starts from the case as it has been changed
            row = with_values(row, more.pop("changes", {}), explainer.data)
        return getattr(explainer, question)(frame=row, **more)

    def _showing(self, shown_class: Any) -> Explainer:
        """The explainer for another class than its own; both share model and data."""
        if shown_class is None:
            return self.explainer
        model, other = self.explainer.model, copy.copy(self.explainer)
        known = {text_of(label): label for label in model.classes}
        asked = text_of(shown_class)
        if asked not in known:
            raise QuestionError("unknown-class", asked=asked, known=", ".join(known))
        other.target_class = known[asked]
        return other

    def _answered_class(self, row: pd.DataFrame) -> Any:
        """With several classes, a case is explained by the one the model answers, unless somebody chose another."""
        model = self.explainer.model
        return plain_scalar(model.answer(row)[0]) if model.task == "multiclass" else None

    def _row(self, code: str) -> pd.DataFrame:
        """(1, columns) the case as the model sees it."""
        data = self.explainer.data
        if code in self.cases:
            return with_values(data.frame.iloc[[0]], dict(self.cases[code]), data)
        try:
            position = int(code)
        except ValueError as error:
            raise QuestionError("no-such-row", row=code or "–", rows=len(data.frame)) from error
        return self.explainer.rows(position, None)


def _block(explainer: Explainer, first: int, **more: Any) -> Attribution:
    """The contributions of as many rows as are explained at once, from position `first` on."""
    total = len(explainer.data.frame)
    if type(first) is not int or not 0 <= first < total:
        raise QuestionError("no-such-row", row=str(first), rows=total)
    return next(explainer.contributions(first, **more))


def _case(explainer: Explainer, row: pd.DataFrame, code: str, position: int | None) -> Case:
    model, target = explainer.model, explainer.data.target
    known = position is not None and target is not None
    shown = explainer.target_class
    return Case(
        code=code,
        position=position,
        values={name: plain_scalar(row[name].iloc[0]) for name in row.columns},
        prediction=float(model.predict(row)[0, 0 if shown is None else model.class_index(shown)]),
        answer=plain_scalar(model.answer(row)[0]),
        actual=plain_scalar(target.iloc[position]) if known else None,
        target_class=shown,
        unit=model.unit,
    )


def _describe(explainer: Explainer, cases: tuple[str, ...]) -> Description:
    model, data = explainer.model, explainer.data
    return Description(
        task=model.task,
        classes=model.classes,
        target_class=explainer.target_class,
        unit=model.unit,
        target=data.target_name,
        rows=len(data.frame),
        columns=data.columns,
        steps=model.steps,
        unused=data.unused,
        cases=cases,
        methods=explainer.methods,
    )

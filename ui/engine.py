"""THE SEAM: the only place where the app touches the engine. Questions by name, plain parameters, frozen results.

Nothing else in `ui/` or `pages/` may import the explainer or the opening of files, or hold a model.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from ui import sources, state
from ui.answers import Answers
from ui.description import Case, ColumnNames, Description
from ui.sources import Source
from xai.data import nearest_name, with_values
from xai.errors import QuestionError
from xai.explainer import Explainer
from xai.model import expected_columns
from xai.opening import demos, open_estimator, read_table
from xai.opening.both import Opened, open_both
from xai.inspection import Check, Inspection
from xai.progress import Progress
from xai.results import plain_scalar
from xai.texts import Labels
from xai.texts.wording import text_of

__all__ = [
    "Case",
    "Check",
    "ColumnNames",
    "Description",
    "Inspection",
    "ask",
    "case",
    "demo",
    "demo_names",
    "describe",
    "labels",
]

_MOST_ANSWERS = 256  # of demos, shared by all visitors
_MOST_OWN_ANSWERS = 64  # of one visitor's upload
_ABOUT_A_CASE = ("explain", "counterfactuals", "what_if", "ceteris_paribus")
_ABOUT_THE_MODEL = ("quality", "importance", "dependence", "predictions")
_LONG = ("importance", "explain", "counterfactuals")  # these report their progress


def ask(question: str, *, progress: Progress | None = None, source: Source | None = None, **parameters: Any) -> Any:
    """The frozen result of a question about a source (default: the current one).

    A case is given by its code (`case="rose"`, `case="17"`); the class of the current source defaults to the one chosen
    in the frame. `progress` is called between blocks of work and may raise to leave. Raises KlartextError.
    """
    shown_class = parameters.pop("target_class", None)
    if source is None:
        source = sources.find(state.model() or demo_names()[0])
        shown_class = shown_class or state.target_class()
    key = (sources.identity(source), question, shown_class, json.dumps(parameters, sort_keys=True))
    report = progress or _silent
    answers = _shared_answers() if "demo" in source else _own_answers()
    return answers.get(
        key,
        lambda: _answer(source, question, shown_class, parameters, report),
        lambda: report(0.0, "waiting"),
    )


def describe() -> Description:
    """What the current model and its data look like."""
    return ask("describe")


def case(code: str) -> Case:
    """A case of the current model, and what the model says about it."""
    return ask("case", case=code)


def demo_names() -> tuple[str, ...]:
    """The demos, the one to begin with first."""
    return demos.demo_names()


def demo(name: str) -> demos.Demo:
    """What the manifest says about a demo: plain data, no model."""
    return demos.demo(name)


def labels(source: Source, language: str) -> Labels:
    """Friendly names of columns, values and classes, where there are some."""
    if "demo" not in source:
        return Labels()
    found, known = demos.demo_labels(source["demo"], language), demos.demo(source["demo"])
    return replace(found, positive=None if known.positive is None else text_of(known.positive))


class Desk:
    """Where an opened model and its data lie, with ready-made cases, to be asked by name. Shared and only read."""

    def __init__(self, opened: Opened, cases: Mapping[str, Mapping[str, Any]]) -> None:
        self.inspection = opened.inspection
        self.explainer = opened.explainer
        self.cases = cases

    def answer(self, question: str, shown_class: str | None, parameters: Mapping[str, Any], progress: Progress) -> Any:
        """Raises KlartextError: QuestionError("unknown-class") and whatever the question itself raises."""
        if question == "inspection":
            return self.inspection
        more = {**parameters, "progress": progress} if question in _LONG else dict(parameters)
        if question == "describe":
            return _describe(self._showing(shown_class), tuple(self.cases))
        if question in _ABOUT_THE_MODEL:
            return getattr(self._showing(shown_class), question)(**more)
        if question not in (*_ABOUT_A_CASE, "case"):
            raise ValueError(f"no such question: {question}")
        code = more.pop("case")
        row = self._row(code)
        explainer = self._showing(shown_class or self._answered_class(row))
        if question == "case":
            return _case(explainer, row, code, None if code in self.cases else int(code))
        if question == "ceteris_paribus":  # the curve starts from the case as it has been changed
            row = with_values(row, more.pop("changes", {}), explainer.data)
        return getattr(explainer, question)(frame=row, **more)

    def _showing(self, shown_class: str | None) -> Explainer:
        """The explainer for another class than its own; both share model and data."""
        if shown_class is None:
            return self.explainer
        model, other = self.explainer.model, copy.copy(self.explainer)
        known = {text_of(label): label for label in model.classes}
        if shown_class not in known:
            raise QuestionError("unknown-class", asked=shown_class, known=", ".join(known))
        other.target_class = known[shown_class]
        return other

    def _answered_class(self, row: pd.DataFrame) -> str | None:
        """With several classes, a case is explained by the one the model answers, unless somebody chose another."""
        model = self.explainer.model
        return text_of(plain_scalar(model.answer(row)[0])) if model.task == "multiclass" else None

    def _row(self, code: str) -> pd.DataFrame:
        """(1, columns) the case as the model sees it. QuestionError("no-such-row") for a position outside the data."""
        data = self.explainer.data
        if code in self.cases:
            return with_values(data.frame.iloc[[0]], dict(self.cases[code]), data)
        return self.explainer.rows(int(code), None)


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


def _silent(fraction: float, note: str) -> None:
    """For questions that are answered at once."""


def _answer(
    source: Source, question: str, shown_class: str | None, parameters: Mapping[str, Any], progress: Progress
) -> Any:
    if question in ("inspection", "column_names"):
        progress(0.0, "opening")
    if question == "column_names":
        return _column_names(source)
    return _desk(source).answer(question, shown_class, parameters, progress)


def _desk(source: Source) -> Desk:
    return _demo_desk(source["demo"]) if "demo" in source else _own_desk(sources.identity(source), source)


# Demos are the same for everybody and only read; an upload belongs to its session. No frame and no model is ever
# hashed: Streamlit samples large ones and would take an edited table for the one it knows.
@st.cache_resource(max_entries=8, show_spinner=False)
def _demo_desk(name: str) -> Desk:
    return Desk(open_both(f"demo:{name}"), demos.demo(name).cases)


@st.cache_resource(max_entries=2, show_spinner=False, scope="session")
def _own_desk(identity: str, _source: Source) -> Desk:
    return Desk(_open(_source), {})


def _open(source: Source) -> Opened:
    """Open uploaded files; without a table there is only an inspection. Raises KlartextError where that fails."""
    names, options = source["names"], source["options"]
    companion = options.get("companion")
    return open_both(
        sources.bytes_of(source["model"]),
        sources.bytes_of(source["data"]) if source.get("data") else None,
        model_name=names[0],
        data_name=names[1] if len(names) > 1 else None,
        target=options.get("target"),
        object_key=options.get("object_key"),
        companion=sources.bytes_of(companion) if companion else None,
        companion_name=options.get("companion_name"),
        renames=options.get("renames"),
    )


def _column_names(source: Source) -> ColumnNames:
    """Which columns the model wants and the table has, for a reader who is to match them."""
    options = source["options"]
    opened = open_estimator(sources.bytes_of(source["model"]), source["names"][0], options.get("object_key"))
    found = tuple(map(str, read_table(sources.bytes_of(source["data"]), source["names"][1]).frame.columns))
    wanted = expected_columns(opened.estimator) or ()
    missing = tuple(name for name in wanted if name not in found)
    free = tuple(name for name in found if name not in wanted)
    near = {name: match for name in missing if (match := nearest_name(name, list(free)))}
    return ColumnNames(missing, free, near)


@st.cache_resource(show_spinner=False)
def _shared_answers() -> Answers:
    return Answers(_MOST_ANSWERS)


@st.cache_resource(show_spinner=False, scope="session")
def _own_answers() -> Answers:
    return Answers(_MOST_OWN_ANSWERS)

"""THE SEAM: the only place where the app touches the engine. Questions by name, plain parameters, frozen results.

Nothing else in `ui/` or `pages/` may import the explainer or the opening of files, or hold a model.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from ui import given, sources, state, workers
from ui.answers import Answers
from ui.description import Case, ColumnNames, Description
from ui.sources import Source
from xai.contents import FileFacts
from xai.inspection import Check, Inspection
from xai.opening import demos
from xai.opening.containers import sniff
from xai.progress import Progress
from xai.results import Attribution
from xai.texts import Labels
from xai.texts.wording import text_of
from xai.worker.source import Source as Files

__all__ = [
    "Case",
    "Check",
    "ColumnNames",
    "Description",
    "FileFacts",
    "Inspection",
    "ask",
    "case",
    "contributions",
    "demo",
    "demo_names",
    "describe",
    "is_known",
    "kind_of",
    "known",
    "labels",
    "model_codes",
]

_SAID = ("target", "object_key", "companion_name", "renames", "accept", "undo", "environment")
Partial = Callable[[Any], None]
_MOST_ANSWERS = 256  # about what all visitors share
_MOST_OWN_ANSWERS = 64  # of one visitor's upload


def ask(
    question: str,
    *,
    progress: Progress | None = None,
    partial: Partial | None = None,
    source: Source | None = None,
    **parameters: Any,
) -> Any:
    """The frozen result of a question about a source (default: the current one).

    A case is given by its code (`case="rose"`, `case="17"`); the class of the current source defaults to the one chosen
    in the frame. `progress` is called between blocks of work, `partial` with answers that will still get better; both
    may raise to leave. Raises KlartextError.
    """
    shown_class = parameters.pop("target_class", None)
    if source is None:
        source, shown_class = _current(shown_class)
    key, report = _key(source, question, shown_class, parameters), progress or _silent
    return _answers(source).get(
        key,
        lambda: _answer(source, question, shown_class, parameters, report, partial),
        lambda: report(0.0, "waiting"),
    )


def is_known(question: str, **parameters: Any) -> bool:
    """Whether the answer about the current source is at hand already."""
    source, shown_class = _current(parameters.pop("target_class", None))
    return _key(source, question, shown_class, parameters) in _answers(source)


def known(question: str, source: Source, **parameters: Any) -> Any:
    """The answer about a source that is there for everybody, where it is at hand already; else None. At once."""
    return _shared_answers().find(_key(source, question, None, parameters))


def contributions(progress: Progress) -> Iterator[Attribution]:
    """The SHAP values of all rows of the current source, block after block; too many to be kept."""
    (source, _), first, total = _current(None), 0, describe().rows
    while first < total:
        progress(first / total, "contributions")
        block = _answer(source, "contributions", state.target_class(), {"first": first}, progress)
        yield block
        first += len(block.values)


def describe() -> Description:
    """What the current model and its data look like."""
    return ask("describe")


def case(code: str) -> Case:
    """A case of the current model, and what the model says about it."""
    return ask("case", case=code)


def demo_names() -> tuple[str, ...]:
    """The demos, the one to begin with first."""
    return demos.demo_names()


def model_codes() -> tuple[str, ...]:
    """Of the models that are there for everybody, the one to begin with first."""
    return (*([] if given.given() is None else [given.CODE]), *demo_names())


def demo(name: str) -> demos.Demo:
    """What the manifest says about a demo: plain data, no model."""
    return demos.demo(name)


def kind_of(data: bytes) -> str:
    """What a file is by its first bytes; "pickle", "zip", "text" and others."""
    return sniff(data)


def labels(source: Source, language: str) -> Labels:
    """Friendly names of columns, values and classes, where there are some."""
    if "demo" not in source:
        return Labels()
    found, known = demos.demo_labels(source["demo"], language), demos.demo(source["demo"])
    return replace(found, positive=None if known.positive is None else text_of(known.positive))


def _current(shown_class: str | None) -> tuple[Source, str | None]:
    """What the pages speak about: the source, and the class unless another is asked for."""
    return sources.find(state.model() or model_codes()[0]), shown_class or state.target_class()


def _key(source: Source, question: str, shown_class: str | None, parameters: Mapping[str, Any]) -> Hashable:
    about = {"model": source["model"]} if question == "file_facts" else source  # no table, no option changes that
    return sources.identity(about), question, shown_class, json.dumps(parameters, sort_keys=True)


def _answers(source: Source) -> Answers:
    return _shared_answers() if sources.everybodys(source) else _own_answers()


def _silent(fraction: float, note: str) -> None:
    """For questions that are answered at once."""


def _answer(
    source: Source,
    question: str,
    shown_class: str | None,
    parameters: Mapping[str, Any],
    progress: Progress,
    partial: Partial | None,
) -> Any:
    files, session = _files(source), _session(source)
    if question == "file_facts":
        return workers.workers().file_facts(session, files, progress)
    if question in ("column_names", "template", "proof"):  # the first two: about files that may not fit together yet
        return getattr(workers.workers(), question)(files, progress)
    inspection = workers.workers().open(session, files, progress)  # at once where it is open already
    if question == "inspection":
        return inspection
    limits = workers.workers().limits
    deadline = limits.table_seconds if parameters.get("rows") == "all" else None
    return workers.workers().ask(session, question, parameters, shown_class, progress, deadline, partial)


def _session(source: Source) -> str:
    """Opened once for everybody, or for a visitor; each visitor has one upload open at a time."""
    if "demo" in source:
        return f"demo:{source['demo']}"
    return given.CODE if "given" in source else workers.visit()


def _files(source: Source) -> Files:
    """What is sent to a worker: the name of a demo, or the bytes and what was said about them."""
    if "demo" in source:
        return Files(f"demo:{source['demo']}")
    names, options = source["names"], source["options"]
    companion = options.get("companion")
    said = {name: options.get(name) for name in _SAID}
    return Files(
        sources.bytes_of(source["model"]),
        sources.bytes_of(source["data"]) if source.get("data") else None,
        sources.bytes_of(companion) if companion else None,
        {**said, "model_name": names[0], "data_name": names[1] if len(names) > 1 else None},
        trusted="given" in source,
    )


@st.cache_resource(show_spinner=False)
def _shared_answers() -> Answers:
    return Answers(_MOST_ANSWERS)


@st.cache_resource(show_spinner=False, scope="session")
def _own_answers() -> Answers:
    return Answers(_MOST_OWN_ANSWERS)

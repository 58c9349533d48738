"""Words for the current reader: the language, the labels of the model at hand, and how the case is called."""

from __future__ import annotations

from typing import Any

from ui import engine, overview, sources, state
from ui.description import Case
from xai.results import Label
from xai.sentences import demo as demo_words
from xai.sentences import phrases
from xai.sentences.who import Who
from xai.texts import Wording
from xai.texts.wording import Medium

__all__ = [
    "Wording",
    "amount",
    "case_description",
    "case_name",
    "is_named",
    "model_name",
    "name_of",
    "neutral",
    "quantity",
    "say",
    "who",
    "wording",
]


def wording(medium: Medium = "plain") -> Wording:
    """How columns, values, outcomes and numbers of the current model are called."""
    return Wording(state.language(), engine.labels(sources.find(state.model()), state.language()), medium)


def neutral(medium: Medium = "markdown") -> Wording:
    """The language alone: names and values as they stand in files that are not the current model's."""
    return Wording(state.language(), medium=medium)


def say(key: str, **facts: Any) -> str:
    """A sentence of the catalogue in the reader's language."""
    return Wording(state.language()).say(key, **facts)


def model_name(code: str, medium: Medium = "plain") -> str:
    """ "Titanic · Random Forest", or the names of the uploaded file."""
    return overview.model_name(sources.find(code), Wording(state.language(), medium=medium))


def name_of(code: str) -> str:
    """The name of a case, plain: "Rose", or "Zeile 17"."""
    demo, words = _demo(), wording()
    if demo is not None and code in demo.cases:
        return demo_words.case_name(demo, code, words)
    return Who.row(words, int(code)).name


def case_name() -> str:
    """The name of the current case, plain: "Rose", or "Zeile 17"."""
    return name_of(state.case())


def is_named() -> bool:
    """Whether the current case is somebody: a ready-made one, not a row."""
    return not state.case().isdecimal()


def who() -> Who:
    """The current case, for the sentences."""
    return Who(case_name(), is_named())


def case_description(words: Wording) -> str | None:
    """What was written about the current case; None where it is a row of the data."""
    demo = _demo()
    if demo is None or state.case() not in demo.cases:
        return None
    return demo_words.case_description(demo, state.case(), words)


def amount(case: Case) -> str:
    """The prediction of a case, short."""
    return phrases.amount(wording(), case.prediction, case.unit)


def quantity(words: Wording, unit: str, target_class: Label | None) -> str:
    """What a shown number is, short: "Überlebenschance", "Eselspinguin"."""
    if words.labels.positive is not None and phrases.speaks_of_chance(words, unit, target_class):
        return words.raw(words.labels.chance)
    return "" if target_class is None else words.outcome(target_class)


def _demo() -> engine.demos.Demo | None:
    source = sources.find(state.model())
    return engine.demo(source["demo"]) if "demo" in source else None

"""What the reader must know about a result, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xai.results import Notice
from xai.sentences import algorithms, phrases
from xai.texts import Wording

_COLUMNS = ("column", "other", "first", "second")  # facts that name a column
_OUTCOMES = ("label", "class", "answer")  # facts that name a class
_PAIRS = "correlated-columns"
_SHARES = ("share", "correlation", "auc")


def sentence(notice: Notice, wording: Wording) -> str:
    """The sentence of a notice, its facts escaped for the wording's medium."""
    facts = {name: _written(name, fact, notice, wording) for name, fact in notice.facts.items()}
    return wording.say(f"notices.{notice.code}", **facts)


def sentences(notices: Iterable[Notice], wording: Wording) -> tuple[str, ...]:
    """Each sentence once, in the order of the notices; correlated pairs together in one."""
    notices = list(notices)
    pairs = [notice for notice in notices if notice.code == _PAIRS]
    said = [_pairs(pairs, wording) if notice in pairs[:1] else sentence(notice, wording) for notice in notices]
    return tuple(dict.fromkeys(text for text, notice in zip(said, notices, strict=True) if notice not in pairs[1:]))


def _pairs(pairs: list[Notice], wording: Wording) -> str:
    if len(pairs) == 1:
        return sentence(pairs[0], wording)
    each = [
        wording.say(
            "notices.correlated-pair",
            **{name: _written(name, fact, pair, wording) for name, fact in pair.facts.items()},
        )
        for pair in pairs
    ]
    return wording.say("notices.correlated-pairs", pairs=wording.listing(each))


def _written(name: str, fact: Any, notice: Notice, wording: Wording) -> str:
    """Columns by their friendly names, outcomes in quotation marks, numbers in the reader's format."""
    if name in _COLUMNS:
        return wording.column(str(fact))
    if name == "columns":
        names = fact.split(", ") if isinstance(fact, str) else list(fact)
        return phrases.columns(wording, [str(item) for item in names])
    if name in _OUTCOMES:
        return phrases.quoted(wording, fact)
    if name == "reason" and notice.code == "trees-unreadable":
        return wording.say(f"notices.trees-unreadable-{fact}")
    if name == "method":
        return algorithms.name(f"dice-{fact}", wording)
    if name == "score":
        return wording.say(f"sentences.scores.{fact}")
    if name == "value" and "column" in notice.facts:
        return wording.value(notice.facts["column"], fact)
    if isinstance(fact, bool | str) or fact is None:
        return wording.raw(fact)
    if isinstance(fact, int):
        return wording.number(fact, 0)
    return wording.number(fact, 2) if name in _SHARES else wording.value("", fact)

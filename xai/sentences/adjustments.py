"""Adjustments in words: one line for all of a kind, what it is worth, and how to ask for it or take it back."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xai.adjustment import Adjustment, Evidence
from xai.sentences.overview import of_hundred
from xai.texts import Wording

_NAMED = 4  # columns, pairs or values in one sentence; the rest is counted
_SHOWN = 200  # lines of details
_APART = ("leave-out", "marks", "percent", "per-hundred", "date", "date-parts")  # the facts are those of one column


@dataclass(frozen=True)
class Group:
    """Adjustments of one kind: they are said in one sentence."""

    code: str
    items: tuple[Adjustment, ...]
    offered: bool

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(item.key for item in self.items)

    @property
    def evidence(self) -> Evidence | None:
        """What is measured of the whole group: of several, only where they were measured together."""
        found = {item.evidence and item.evidence.with_it for item in self.items}
        return self.items[0].evidence if len(found) == 1 else None

    @property
    def verdict(self) -> str:
        """ "good" for what was done, "care" for what waits for an answer."""
        return "care" if self.offered else "good"


def groups(adjustments: Iterable[Adjustment], offered: bool) -> list[Group]:
    """One for each kind, in the order of their first; offers with evidence of their own stay apart."""
    found: dict[Any, list[Adjustment]] = {}
    for item in adjustments:
        measured_alone = offered and item.evidence is not None and not item.evidence.together
        apart = item.code in _APART or measured_alone
        found.setdefault((item.code, item.column if apart else ""), []).append(item)
    return [Group(code, tuple(items), offered) for (code, _), items in found.items()]


def line(group: Group, wording: Wording) -> str:
    """The sentence of a group; its first words are bold (**)."""
    head = group.items[0]
    blanks = sum(item.facts.get("blanks", 0) for item in group.items)
    part = "offered" if group.offered else "done-blanks" if blanks else "done"
    facts = {name: _written(fact, wording) for name, fact in head.facts.items() if not isinstance(fact, Mapping)}
    facts |= {
        "columns": _columns(group, wording),
        "pairs": _listed([pair for item in group.items for pair in pairs(item, wording)], wording),
        "example": _example(head, wording),
        "names": _names(head, wording),
        "blanks": wording.number(blanks, 0),
    }
    return wording.say(f"adjustments.{_catalogued(group.code)}.{part}", **facts)


def evidence(found: Evidence | None, wording: Wording) -> str:
    """What the model is worth with it, and without it."""
    if found is None:
        return wording.say("adjustments.evidence.none")
    instead = "" if found.without is None else "-instead"
    written = of_hundred if found.score == "accuracy" else _r2
    facts = {"with_it": written(found.with_it, wording), "baseline": written(found.baseline, wording)}
    if found.without is not None:
        facts["without"] = written(found.without, wording)
    said = wording.say(f"adjustments.evidence.{found.score}{instead}", rows=wording.number(found.rows, 0), **facts)
    return said if found.convinces else f"{said} {wording.say('adjustments.evidence.weak')}"


def details(group: Group, wording: Wording) -> list[str]:
    """One line for each column: what becomes of its values."""
    lines = [f"{wording.raw(item.column)}: {_listed(pairs(item, wording), wording, 20)}" for item in group.items]
    if len(group.items) == 1 and not group.items[0].column:
        lines = pairs(group.items[0], wording)
    return lines[:_SHOWN]


def has_details(group: Group) -> bool:
    """Whether there is more to tell than the sentence says."""
    return any(isinstance(fact, Mapping) and fact for item in group.items for fact in item.facts.values())


def options(group: Group) -> str:
    """What to type in a terminal, to apply an offer or to undo what was done."""
    word = "--accept" if group.offered else "--undo"
    if not group.offered and group.items[0].asked:  # not to ask for it again is enough
        return ""
    several = len(group.items) > 1
    keys = [group.code] if several else list(group.keys)
    return " ".join(f"{word} {_quoted(key)}" for key in keys)


def belong_together(offers: Sequence[Adjustment]) -> bool:
    """Whether several offers only help, or were only measured, when all are taken."""
    keys = {offer.key for offer in offers}
    if len(keys) < 2:
        return False
    measured = [{offer.key, *offer.evidence.together} for offer in offers if offer.evidence is not None]
    if not measured:
        return all(offer.needed and not offer.code.startswith("array-") for offer in offers)
    return len(measured) == len(offers) and all(found == keys for found in measured)


def printed(offers: Sequence[Adjustment], wording: Wording) -> list[str]:
    """Offers for a terminal: each sentence, its evidence where it has its own, and the options to type."""
    lines, found, together = [], groups(offers, offered=True), belong_together(offers)
    for group in found:
        parts = [line(group, wording).replace("**", "")]
        parts += (
            []
            if together and len(found) > 1
            else [evidence(offers[0].evidence if together else group.evidence, wording)]
        )
        lines.append(" ".join([*parts, wording.say("adjustments.option", options=options(group))]))
    if together and len(found) > 1:
        every = " ".join(map(options, found))
        said = f"{wording.say('adjustments.evidence.together')} {evidence(offers[0].evidence, wording)}"
        lines.append(f"{said} {wording.say('adjustments.option', options=every)}")
    return lines


def pairs(item: Adjustment, wording: Wording) -> list[str]:
    """ "old → new" for everything an adjustment maps."""
    if item.code == "near":
        facts = {"similarity": wording.percent(item.facts["similarity"])}
        return [_pair(item.column, item.facts["wanted"], wording, "adjustments.near.pair", **facts)]
    if item.code == "rename":
        return [_pair(item.column, item.facts["wanted"], wording)]
    for name in ("pairs", "codes", "names"):
        if isinstance(mapping := item.facts.get(name), Mapping):
            return [_pair(old, new, wording) for old, new in mapping.items()]
    if isinstance(mapping := item.facts.get("columns"), Mapping):  # column of the model -> value of the table
        return [_pair(value, name, wording) for name, value in mapping.items()]
    return [wording.raw(value) for value in item.facts.get("categories", ())]


def _pair(old: Any, new: Any, wording: Wording, key: str = "adjustments.to", **facts: Any) -> str:
    return wording.say(key, old=wording.raw(old), new=wording.raw(new), **facts)


def _columns(group: Group, wording: Wording) -> str:
    """The columns it is about; for rows with gaps those that have some."""
    names = [item.column for item in group.items if item.column] or group.items[0].facts.get("columns", ())
    return _listed([wording.raw(name) for name in names], wording)


def _example(item: Adjustment, wording: Wording) -> str:
    if "example" in item.facts:
        return wording.raw(item.facts["example"])
    if isinstance(mapping := item.facts.get("columns"), Mapping):
        return _listed([wording.raw(name) for name in mapping], wording, 3)
    return _listed(pairs(item, wording), wording, 3)


def _names(item: Adjustment, wording: Wording) -> str:
    found = item.facts.get("names", item.facts.get("columns", ()))
    return _listed([wording.raw(name) for name in found], wording, 12)


def _listed(items: Sequence[str], wording: Wording, most: int = _NAMED) -> str:
    """The first ones, and how many more there are."""
    rest = len(items) - most
    if rest <= 1:  # one more takes no more room than to say so
        return ", ".join(items)
    return f"{', '.join(items[:most])}, {wording.say('adjustments.more', count=wording.number(rest, 0))}"


def _written(fact: Any, wording: Wording) -> str:
    if isinstance(fact, list | tuple):
        return _listed([wording.say("sentences.shared.quoted", text=wording.raw(item)) for item in fact], wording)
    if isinstance(fact, bool) or not isinstance(fact, int | float):
        return wording.raw(fact)
    return wording.number(fact, 0) if isinstance(fact, int) else wording.value("", fact)


def _r2(value: float, wording: Wording) -> str:
    return wording.number(value, 2)


def _catalogued(code: str) -> str:
    """All ways of one-hot encoding by position are said alike."""
    return "array-one-hot" if code.startswith("array-one-hot") else code


def _quoted(key: str) -> str:
    """For a shell: in quotation marks where a column's name has blanks or signs of its own."""
    return shlex.quote(key)

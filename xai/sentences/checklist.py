"""What was detected while opening, in words: one line per check and adjustment, and the line that counts them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xai.inspection import Check, Inspection, Repair
from xai.sentences import adjustments, notices
from xai.sentences.adjustments import Group
from xai.texts import Wording
from xai.texts.numbers import digits_for

Entry = Check | Group

_IN_PERCENT = ("accuracy", "balanced_accuracy")
_SAID_BY_CHECKS = (  # notices that one of the checks has said already
    "may-contain-training-rows",
    "worse-than-baseline",
    "classes-seem-swapped",
    "target-mismatch",
    "target-not-numbers",
    "proof-differs",
)
# After which check an adjustment is said; those not named here are about the columns.
_OF_THE_TABLE = (
    *("numbers", "marks", "percent", "same-values", "spelling", "index"),
    *("header-repeated", "header-lower", "header-missing", "leave-out", "leave-out-gaps"),
)
_PLACES = {
    "table": _OF_THE_TABLE,
    "target": ("class-names",),
    "quality": ("swap", "exp", "expm1", "power-of-ten", "square"),
}


def entries(inspection: Inspection) -> list[Entry]:
    """Checks and adjustments in the order in which they are read: offers stand beside what they would change."""
    found = adjustments.groups(inspection.adjustments, offered=False)
    found += adjustments.groups(inspection.offers, offered=True)
    lines: list[Entry] = []
    for check in inspection.checks:
        lines.append(check)
        here = [group for group in found if _belongs(group, check)]
        lines += here
        found = [group for group in found if group not in here]
    return [*lines, *found]


def _belongs(group: Group, check: Check) -> bool:
    place = next((place for place, codes in _PLACES.items() if group.code in codes), "columns")
    return check.code == place or check.code.startswith(
        (f"{place}-", "left-over") if place == "columns" else f"{place}-"
    )


def sentence(entry: Entry, wording: Wording) -> str:
    """The sentence of one line, with what an offer is worth; its first words are bold (**)."""
    if isinstance(entry, Check):
        return line(entry, wording)
    said = adjustments.line(entry, wording)
    return f"{said} {adjustments.evidence(entry.evidence, wording)}" if entry.offered else said


def line(check: Check, wording: Wording) -> str:
    """The sentence of one check; its first words are bold (**)."""
    facts = {name: _written(name, fact, check, wording) for name, fact in check.facts.items()}
    key = f"checklist.{check.code}"
    alone = f"{key}_one" if check.facts.get("count") == 1 else key
    return wording.say(alone if alone in wording.catalogue else key, **facts)


def repair(done: Repair, wording: Wording) -> str:
    """What was put right in the file's objects."""
    facts = {name: _written(name, fact, done, wording) for name, fact in done.facts.items()}
    return wording.say(f"repairs.{done.code}", **facts)


def further(inspection: Inspection, wording: Wording) -> tuple[str, ...]:
    """What was assumed on the way and is in none of the lines."""
    return notices.sentences((n for n in inspection.warnings if n.code not in _SAID_BY_CHECKS), wording)


def summary(lines: Sequence[Entry], wording: Wording) -> str:
    """ "7 points checked, 2 to look at, nothing missing." """
    missing = sum(entry.verdict == "missing" for entry in lines)
    which = ("nothing-missing", "one-missing")[missing] if missing < 2 else "several-missing"
    return wording.say(
        "checklist.summary.line",
        checked=len(lines),
        care=sum(entry.verdict == "care" for entry in lines),
        missing=wording.say(f"checklist.summary.{which}", count=missing),
    )


def printed(inspection: Inspection, wording: Wording) -> str:
    """The whole checklist for a terminal: verdict, sentence; then repairs, notices, and the count."""
    marks = {"good": "+", "care": "!", "missing": "?"}
    lines = entries(inspection)
    parts = [f"{marks[entry.verdict]} {_printed(entry, wording)}" for entry in lines]
    parts += [f"  {repair(done, wording)}" for done in inspection.repairs]
    parts += [f"  {said}" for said in further(inspection, wording)]
    return "\n".join([*parts, "", summary(lines, wording)])


def _printed(entry: Entry, wording: Wording) -> str:
    """The sentence, and for an adjustment what to type to apply it or to take it back."""
    said = sentence(entry, wording).replace("**", "")
    if isinstance(entry, Check) or not (options := adjustments.options(entry)):
        return said
    word = "option" if entry.offered else "undo"
    return f"{said} {wording.say(f'adjustments.{word}', options=options)}"


def _written(name: str, fact: Any, about: Check | Repair, wording: Wording) -> str:
    """Counts and scores in the reader's format; what comes from files escaped."""
    if name == "score":
        return _score_name(wording, str(fact))
    if name == "label":
        return wording.outcome(fact)
    if isinstance(fact, bool) or not isinstance(fact, int | float):
        return wording.raw(fact)
    if name in ("model", "baseline") and about.facts.get("score") in _IN_PERCENT:
        return wording.percent(fact)
    if isinstance(fact, int):
        return wording.number(fact, 0)
    return wording.number(fact, 2 if name in ("model", "baseline", "auc") else digits_for(fact))


def _score_name(wording: Wording, score: str) -> str:
    """The name of a score at the beginning of a sentence."""
    name = wording.say(f"sentences.scores.{score}")
    return name[:1].upper() + name[1:]

"""What was detected while opening, in words: one line per check, and the line that counts them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xai.inspection import Check, Inspection, Repair
from xai.sentences import notices
from xai.texts import Wording


def line(check: Check, wording: Wording) -> str:
    """The sentence of one check; its first words are bold (**)."""
    facts = {name: _written(name, fact, wording) for name, fact in check.facts.items()}
    return wording.say(f"checklist.{check.code}", **facts)


def repair(done: Repair, wording: Wording) -> str:
    """What was put right in the file's objects."""
    facts = {name: _written(name, fact, wording) for name, fact in done.facts.items()}
    return wording.say(f"repairs.{done.code}", **facts)


def summary(checks: Sequence[Check], wording: Wording) -> str:
    """ "7 points checked, 2 to look at, nothing missing." """
    missing = sum(check.verdict == "missing" for check in checks)
    which = ("nothing-missing", "one-missing")[missing] if missing < 2 else "several-missing"
    return wording.say(
        "checklist.summary.line",
        checked=len(checks),
        care=sum(check.verdict == "care" for check in checks),
        missing=wording.say(f"checklist.summary.{which}", count=missing),
    )


def printed(inspection: Inspection, wording: Wording) -> str:
    """The whole checklist for a terminal: verdict, sentence; then repairs, notices, and the count."""
    marks = {"good": "+", "care": "!", "missing": "?"}
    parts = [f"{marks[check.verdict]} {line(check, wording).replace('**', '')}" for check in inspection.checks]
    parts += [f"  {repair(done, wording)}" for done in inspection.repairs]
    parts += [f"  {sentence}" for sentence in notices.sentences(inspection.warnings, wording)]
    return "\n".join([*parts, "", summary(inspection.checks, wording)])


def _written(name: str, fact: Any, wording: Wording) -> str:
    """Counts and scores in the reader's format; what comes from files escaped."""
    if name == "score":
        return _score_name(wording, str(fact))
    if name == "label":
        return wording.outcome(fact)
    if isinstance(fact, bool) or not isinstance(fact, int | float):
        return wording.raw(fact)
    return wording.number(fact, 0 if isinstance(fact, int) else 2)


def _score_name(wording: Wording, score: str) -> str:
    """The name of a score at the beginning of a sentence."""
    name = wording.say(f"sentences.scores.{score}")
    return name[:1].upper() + name[1:]

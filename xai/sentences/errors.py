"""What went wrong and what to do about it, in words."""

from __future__ import annotations

from typing import Any

from xai.errors import KlartextError
from xai.texts import Wording

_NONE = "–"  # what stands for a name where none is similar, or known at all


def message(error: KlartextError, wording: Wording) -> str:
    """What went wrong, in one sentence."""
    return _say(error, "message", wording)


def remedy(error: KlartextError, wording: Wording) -> str:
    """What to do about it."""
    return _say(error, "remedy", wording)


def _say(error: KlartextError, part: str, wording: Wording) -> str:
    """Facts come from files and are escaped; a code without words reads as "unexpected", with the code to quote."""
    known = f"errors.{error.code}.{part}" in wording.catalogue
    facts = {name: _written(name, fact, error, wording) for name, fact in error.facts.items()}
    facts = {"reference": error.code, **facts, "code": error.code}
    for fact, other in (("similar", "unlike"), ("known", "none")):
        if known and error.facts.get(fact) == _NONE and f"errors.{error.code}.{part}_{other}" in wording.catalogue:
            part = f"{part}_{other}"
    return wording.say(f"errors.{error.code if known else 'unexpected'}.{part}", **facts)


def _written(name: str, fact: Any, error: KlartextError, wording: Wording) -> str:
    """A column's number in the reader's format; everything else as it came."""
    column = error.facts.get("column") or error.facts.get("target")
    if name == "value" and isinstance(fact, float) and column:
        return wording.value(column, fact)
    return wording.raw(fact)

"""What somebody typed in a terminal, as parameters of a question: pairs, ranges, categories and outcomes."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from xai.errors import QuestionError
from xai.inspection import Inspection
from xai.texts.numbers import with_point


def pair(text: str) -> tuple[str, str]:
    """COL=VALUE. Raises QuestionError "not-a-pair"."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise QuestionError("not-a-pair", text=text)
    return name, value


def parts(text: str) -> list[str]:
    """What stands between the commas."""
    return [part.strip() for part in text.split(",")]


def changes(texts: Sequence[str], inspection: Inspection, language: str) -> dict[str, str]:
    """COL=VALUE each; numbers as the reader writes them, where the column holds numbers."""
    numeric = {column.name for column in inspection.columns if column.numeric}
    found = dict(pair(text) for text in texts)
    return {name: with_point(value, language) if name in numeric else value for name, value in found.items()}


def desired(text: str | None, inspection: Inspection, language: str) -> tuple[Any, float | None]:
    """A class, perhaps with the probability it must reach (yes@0.8); LO:HI for regression."""
    if text is None:
        return None, None
    if inspection.task == "regression":
        return _bounds(text, language), None
    label, at, number = text.rpartition("@")
    if at and text not in map(str, inspection.classes):
        with contextlib.suppress(ValueError):  # then it is a class of that name, known or not
            return label or None, float(with_point(number, language))
    return text, None


def ranges(texts: Sequence[str], language: str) -> dict[str, Any]:
    """COL=LO:HI for numbers and dates, COL=a,b,c for categories."""
    found = dict(pair(text) for text in texts)
    return {name: _ends(value, language) if ":" in value else parts(value) for name, value in found.items()}


def allowed(texts: Sequence[str]) -> dict[str, list[str]]:
    """COL=a,b,c; more values of the same column may follow."""
    found: dict[str, list[str]] = {}
    for text in texts:
        name, value = pair(text)
        found.setdefault(name, []).extend(parts(value))
    return found


def _ends(value: str, language: str) -> str:
    return ":".join(with_point(end, language) for end in value.split(":"))


def _bounds(text: str, language: str) -> tuple[float, float]:
    low, colon, high = _ends(text, language).partition(":")
    try:
        if colon:
            return float(low or "-inf"), float(high or "inf")
    except ValueError:
        pass  # said below, for both reasons at once
    raise QuestionError("not-a-range", text=text)

"""How columns, values, predictions and numbers are called, in one language and for one medium."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Number
from typing import Any, Literal

import pandas as pd

from xai.texts import numbers
from xai.texts.catalogue import Catalogue, catalogue

Medium = Literal["plain", "markdown", "html"]
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:&])")
_CONTROL = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LONGEST = 200


@dataclass(frozen=True)
class Labels:
    """Friendly names, where somebody gave them: for columns, their values, the outcomes, and one row."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # column -> text of the raw value -> label
    outcomes: Mapping[str, str] = field(default_factory=dict)  # text of the class -> label
    chance: str | None = None  # what the probability of the positive class is called: "chance of survival"
    positive: str | None = None  # text of the class that `chance` speaks of; None: of no class
    rows: str | None = None  # what rows are called: "passengers"


@dataclass(frozen=True)
class Wording:
    """One language, one medium. Names and values come from files: they are escaped for the medium, always."""

    language: str
    labels: Labels = Labels()
    medium: Medium = "plain"

    @property
    def catalogue(self) -> Catalogue:
        return catalogue(self.language)

    def on(self, medium: Medium) -> Wording:
        """The same words for another medium (Markdown text, Plotly's HTML subset, plain text)."""
        return replace(self, medium=medium)

    def say(self, key: str, /, **facts: Any) -> str:
        """A sentence of the catalogue. Facts go in as they are: pass them through `column`, `value`… first."""
        return self.catalogue.say(key, **facts)

    def raw(self, text: Any) -> str:
        """Text from a file, harmless in this medium and of bearable length; control characters are dropped."""
        text = _CONTROL.sub("", str(text))
        text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
        if self.medium == "markdown":
            return _MARKDOWN.sub(r"\\\1", text)
        return html.escape(text, quote=False) if self.medium == "html" else text

    def column(self, name: str) -> str:
        return self.raw(self.labels.columns.get(name, name))

    def value(self, name: str, value: Any) -> str:
        """A value of a column: its label, a number in the reader's format, or the word for "missing"."""
        if is_missing(value):
            return self.say("words.missing")
        value = value.item() if hasattr(value, "item") else value
        known = self.labels.values.get(name, {})
        if (key := text_of(value)) in known:
            return self.raw(known[key])
        if isinstance(value, bool):
            return self.say("words.yes" if value else "words.no")
        if isinstance(value, Number):
            return numbers.value(float(value), self.language)  # type: ignore[arg-type]
        return self.raw(value)

    def outcome(self, label: Any) -> str:
        return self.raw(self.labels.outcomes.get(text_of(label), text_of(label)))

    def number(self, x: float, digits: int = 1, sign: bool = False) -> str:
        return numbers.number(x, self.language, digits, sign)

    def percent(self, p: float, digits: int = 0) -> str:
        return numbers.percent(p, self.language, digits)

    def amount(self, x: float, unit: str, digits: int = 0, scale: float | None = None) -> str:
        """A prediction: "63 %" for a probability, else a number with digits fitting `scale` (default: its own size)."""
        if unit == "probability":
            return self.percent(x, digits)
        return self.number(x, numbers.digits_for(x if scale is None else scale))

    def effect(self, x: float, unit: str, digits: int = 1, scale: float | None = None) -> str:
        """A difference of predictions, always signed; probabilities in percentage points."""
        if unit == "probability":
            return self.number(100 * x, digits, sign=True)
        return self.number(x, numbers.digits_for(x if scale is None else scale), sign=True)

    def listing(self, items: Sequence[str], last: str = "and") -> str:
        """ "a, b and c" in the reader's language."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.say(f'words.{last}')} {items[-1]}"


def is_missing(value: Any) -> bool:
    return value is None or (not isinstance(value, str | bool | list | tuple | dict) and bool(pd.isna(value)))


def text_of(value: Any) -> str:
    """The key of a raw value in the labels: "3" for 3, 3.0 and "3"; "true" for True."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

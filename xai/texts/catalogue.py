"""The catalogues: `xai/texts/<language>/<section>.toml`. A key is `section.table.name`; placeholders are `{names}`.

What is counted may be told in one and in many: `{rows:row has|rows have}` reads "1 row has" and "7 rows have".
"""

from __future__ import annotations

import locale
import string
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("de", "en")
_FOLDER = Path(__file__).parent


class _Filling(string.Formatter):
    """As `str.format`, and with a word for one and one for many."""

    def format_field(self, value: Any, spec: str) -> str:
        one, bar, many = spec.partition("|")
        if not bar:
            return super().format_field(value, spec)
        return f"{value} {one if str(value) == '1' else many}"


_FILLING = _Filling()


class Catalogue:
    """All sentences of one language."""

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        self.language = language
        self.sentences = sentences

    def __contains__(self, key: str) -> bool:
        return key in self.sentences

    def say(self, key: str, /, **facts: Any) -> str:
        """The sentence of `key`, placeholders filled. A missing key or fact is a programming error: KeyError."""
        return _FILLING.vformat(self.sentences[key], (), facts)

    def section(self, prefix: str) -> dict[str, str]:
        """Everything below `prefix`, without it."""
        start = prefix + "."
        return {key.removeprefix(start): text for key, text in self.sentences.items() if key.startswith(start)}


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language code; an unknown code reads as English."""
    folder = _FOLDER / (language if language in LANGUAGES else "en")
    sentences: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        sentences |= dict(_flatten(path.stem, tomllib.loads(path.read_text("utf-8"))))
    return Catalogue(folder.name, sentences)


def placeholders(sentence: str) -> frozenset[str]:
    """The names between braces, for comparing the languages."""
    return frozenset(name.split(".")[0] for _, name, _, _ in string.Formatter().parse(sentence) if name)


def _flatten(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(f"{prefix}.{name}", value)
        else:
            yield f"{prefix}.{name}", str(value).strip("\n")


def language_of_the_environment() -> str:
    """German where the terminal's settings say so, else English."""
    return "de" if str(locale.getlocale()[0] or "").lower().startswith(("de", "german")) else "en"

"""Typed errors: a code and the facts. The sentences live in the catalogues (`xai/texts/<language>/errors.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xai.adjustment import Adjustment


class KlartextError(Exception):
    """Something a person can mend: what went wrong (`code`), where (`facts`); the catalogue adds the remedy.

    Every code has `<code>.message` and `<code>.remedy` in each language's `errors.toml`.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        self.code = code
        self.offers: tuple[Adjustment, ...] = ()  # what would help, where something may
        self.facts: Mapping[str, Any] = MappingProxyType(facts)
        super().__init__(f"{code}: {dict(facts)}" if facts else code)


class OpeningError(KlartextError):
    """The model file cannot be opened."""


class DataError(KlartextError):
    """The table cannot be read or used."""


class MatchError(KlartextError):
    """The model and the table do not fit together."""


class QuestionError(KlartextError):
    """The question cannot be answered as it was asked."""


class WorkerError(KlartextError):
    """The process that holds the model did not answer."""

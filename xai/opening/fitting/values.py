"""What the table's cells hold: numbers written as text, marks for missing values, per cents, dates."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from xai.adjustment import Adjustment, Step
from xai.opening.cells import plain_numbers
from xai.opening.fitting.draft import Draft, is_text
from xai.results import plain_scalar

_PERCENT = re.compile(r"\s*%$")
_MOSTLY = 0.5  # so many cells are numbers where the others are marks for missing values
_MOST_MARKS = 5
_FIRST_LOOK = 50
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{2}.*)?|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}/\d{1,2}/\d{4}")
_PARTS = ("year", "month", "day", "dayofweek", "hour", "quarter", "dayofyear")


def settle(draft: Draft) -> None:
    """Columns that were read as numbers although they hold text: said, and text again where somebody wants it."""
    for column, reading in draft.readings.items():
        facts = {"example": reading.example, "blanks": reading.blanks, "decimal": reading.decimal}
        wants = [draft.wanted.of(name).kind for name, source in draft.sources.items() if source == column]
        needed = any(kind in ("number", "unknown") for kind in wants)
        if not draft.does(Adjustment("numbers", column, facts, needed), by_itself=True):
            draft.replace_column(column, reading.text)


def offer_numbers(draft: Draft, wanted: str) -> bool:
    """Offers for a column of words where the model wants a number; whether one was found."""
    column = draft.sources[wanted]
    if any(offer.code == "numbers" and offer.column == column for offer in draft.offers):
        return True
    if not _has_digits(draft.frame[column]):
        return False
    return any(offer(draft, wanted, draft.frame[column]) for offer in (_percent, _marks, _dates))


def _has_digits(column: pd.Series) -> bool:
    """Whether any of the first cells has one: most words have none, and need no closer look."""
    return any(character.isdigit() for cell in column.dropna().head(_FIRST_LOOK) for character in str(cell))


def _percent(draft: Draft, wanted: str, column: pd.Series) -> bool:
    """ "12,5 %" may mean 12.5 or 0.125: the model knows."""
    texts = column.dropna().astype(str).str.strip()
    if not len(texts) or not texts.head(20).str.contains(_PERCENT).all() or not texts.str.contains(_PERCENT).all():
        return False
    found = plain_numbers(texts.str.replace(_PERCENT, "", regex=True))
    if found is None:
        return False
    numbers, decimal = found
    facts = {"example": str(texts.iloc[0]), "number": plain_scalar(numbers.iloc[0]), "decimal": decimal}
    if draft.does(Adjustment("percent", str(column.name), facts, needed=True)):
        draft.replace_column(str(column.name), numbers.reindex(column.index))
        share = Adjustment("per-hundred", str(column.name), {**facts, "number": facts["number"] / 100})
        if draft.does(share):
            draft.steps[wanted] = (Step("scaled", {"center": 0.0, "scale": 100.0}),)
    return True


def _marks(draft: Draft, wanted: str, column: pd.Series) -> bool:
    """Numbers, and a few words that stand for "missing": ?, -, unknown."""
    texts = column.dropna().astype(str).str.strip()
    numbers = pd.to_numeric(texts, errors="coerce")
    words = texts[numbers.isna()]
    if not len(words) or numbers.notna().mean() < _MOSTLY or words.nunique() > _MOST_MARKS:
        return False
    facts = {"marks": sorted(words.unique()), "cells": len(words)}
    if draft.does(Adjustment("marks", str(column.name), facts, needed=True)):
        draft.replace_column(str(column.name), numbers.reindex(column.index))
    return True


def _dates(draft: Draft, wanted: str, column: pd.Series) -> bool:
    """A date is no number; which one stood for it is a guess: days since 1970 are offered."""
    if not dates(column):
        return False
    facts = {"example": str(column.dropna().iloc[0]), "dayfirst": _dayfirst(column)}
    if draft.does(Adjustment("date", str(column.name), facts, needed=True)):
        _as_dates(draft, str(column.name))
        draft.steps[wanted] = (Step("days"),)
    return True


def offer_date_parts(draft: Draft) -> None:
    """Columns such as sold_year and sold_month, made of a date outside the model."""
    for column in [name for name in draft.unclaimed if dates(draft.frame[name])]:
        parts = {part: name for part in _PARTS if (name := _named_part(draft, column, part))}
        facts = {"columns": {name: part for part, name in parts.items()}, "dayfirst": _dayfirst(draft.frame[column])}
        if not parts:
            continue
        if not draft.does(Adjustment("date-parts", column, facts, needed=True)):
            draft.claim(column, parts.values())
        else:
            _as_dates(draft, column)
            for part, name in parts.items():
                draft.sources[name] = column
                draft.steps[name] = (Step("date-part", {"part": part}),)


def _named_part(draft: Draft, column: str, part: str) -> str | None:
    """The column of the model that is called like this part of the date."""
    spellings: dict[str, tuple[str, ...]] = {"dayofweek": ("dayofweek", "weekday", "wochentag", "day_of_week")}
    german = {"year": ("jahr",), "month": ("monat",), "day": ("tag",), "hour": ("stunde",), "quarter": ("quartal",)}
    words = spellings.get(part, (part, *german.get(part, ())))
    bare: Callable[[str], str] = lambda text: re.sub(r"[^a-z0-9äöüß]", "", text.lower())  # noqa: E731
    wanted = {bare(word) for word in words} | {bare(column + word) for word in words}
    return next((name for name in draft.unexplained if bare(name) in wanted), None)


def dates(column: pd.Series) -> bool:
    """Whether every value is a date, as such or as text."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return True
    if not is_text(column):
        return False
    texts = column.dropna().astype(str).str.strip()
    return bool(len(texts)) and all(map(_DATE.fullmatch, texts.head(50))) and all(map(_DATE.fullmatch, texts))


def _dayfirst(column: pd.Series) -> bool:
    """31.12.2024, not 12/31/2024."""
    return bool(column.dropna().astype(str).str.contains(".", regex=False).all())


def _as_dates(draft: Draft, name: str) -> None:
    """Dates as pandas has them; day first where points stand between."""
    column = draft.frame[name]
    if is_text(column):
        read = pd.to_datetime(column, dayfirst=_dayfirst(column), errors="coerce", format="mixed")
        if read.isna().sum() == column.isna().sum():
            draft.replace_column(name, read.astype("datetime64[ns]"))


def as_texts(column: pd.Series, texts: dict[object, object]) -> pd.Series:
    """Each value by its counterpart; what has none stays."""
    replaced = column.astype(object).map(lambda value: texts.get(plain_scalar(value), value))
    return replaced.where(column.notna(), np.nan).infer_objects()

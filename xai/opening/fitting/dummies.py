"""Models trained on one-hot columns that were made outside: city_Paris, city_Rome, … are one column, city."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xai.adjustment import Adjustment, Step
from xai.labels import label_text
from xai.opening.fitting.draft import Draft, distinct
from xai.opening.fitting.spelling import alike, forms
from xai.opening.targets import counts_rows

MOST_VALUES = 1000  # more distinct values were hardly made into columns
_FEWEST_OTHERWISE = 2  # columns, where what stands before the value is not the column's name
_SEPARATORS = re.compile(r"(__|[_=:.\- /|\[(<]+)$")
_GAPS = ("nan", "none", "missing", "<na>")


@dataclass(frozen=True)
class OneHot:
    """Columns of the model that are values of one column of the table."""

    column: str  # of the table
    values: dict[str, Any]  # column of the model -> value
    gaps: str | None  # the model's column for missing values
    absent: tuple[str, ...]  # columns of the model with values the table does not have
    left_out: tuple[str, ...]  # values without a column: one where the first was dropped

    @property
    def names(self) -> tuple[str, ...]:
        """The model's columns it explains."""
        return (*self.values, *self.absent, *([self.gaps] if self.gaps else []))

    def facts(self) -> dict[str, Any]:
        known = {"columns": self.values, "count": len(self.names)}
        return {**known, "left_out": list(self.left_out), "absent": list(self.absent)}


def settle(draft: Draft) -> None:
    """Offer the encoding of each column whose values are names of missing columns."""
    for found in one_hots(draft, draft.missing):
        if not draft.does(Adjustment("one-hot", found.column, found.facts(), needed=True)):
            draft.claim(found.column, found.names)
        else:
            for name, value in found.values.items():
                _take(draft, found.column, name, Step("equals", {"value": value}))
            for name in found.absent:
                _take(draft, found.column, name, Step("equals", {"value": _rest(found, name)}))
            if found.gaps:
                _take(draft, found.column, found.gaps, Step("missing"))
            _note_unknown(draft, found)


def one_hots(draft: Draft, missing: Sequence[str]) -> list[OneHot]:
    """The columns of the table that explain most of the missing ones, each missing one once."""
    candidates = [found for column in draft.free if (found := _one_hot(draft, column, missing)) is not None]
    chosen: list[OneHot] = []
    taken: set[str] = set()
    for found in sorted(candidates, key=lambda one: (-_by_name(draft, one), -len(one.values))):
        if taken.isdisjoint(found.names):
            chosen.append(found)
            taken.update(found.names)
    return chosen


def _by_name(draft: Draft, found: OneHot) -> bool:
    """Whether the model's columns begin with the name of the table's."""
    first = next(iter(found.values))
    return any(form.startswith(name) for form in forms(first) for name in forms(_called(draft, found.column)))


def _called(draft: Draft, column: str) -> str:
    return draft.aliases.get(column, column)


def _one_hot(draft: Draft, column: str, missing: Sequence[str]) -> OneHot | None:
    series, called = draft.frame[column], _called(draft, column)
    if counts_rows(column, series) or (values := distinct(series, MOST_VALUES)) is None or len(values) < 2:
        return None
    by_prefix: dict[str, dict[str, Any]] = {}
    for value, name, before in _matches(values, missing):
        by_prefix.setdefault(before, {}).setdefault(name, value)
    named = {before: found for before, found in by_prefix.items() if before and alike(_bare(before), called)}
    others = {before: found for before, found in by_prefix.items() if len(found) >= _enough(values)}
    before, found = max((named or others).items(), key=lambda item: len(item[1]), default=("", {}))
    if not found:
        return None
    rest = [name for name in missing if before and name not in found and name.startswith(before)]
    gaps = next((name for name in rest if name.removeprefix(before).lower() in _GAPS), None)
    covered = {label_text(value) for value in found.values()}
    left_out = tuple(label_text(value) for value in values if label_text(value) not in covered)
    absent = tuple(name for name in rest if name != gaps) if named else ()
    return OneHot(column, found, gaps, absent, left_out)


def _enough(values: list[Any]) -> int:
    """How many values must be names of columns where the column's own name is not part of them."""
    return max(_FEWEST_OTHERWISE, len(values) // 2)


def _matches(values: list[Any], missing: Sequence[str]) -> Iterator[tuple[Any, str, str]]:
    """(value, column of the model, what stands before the value in its name)."""
    endings: dict[str, list[tuple[str, str]]] = {}
    for name in missing:
        for place in range(len(name)):
            before = name[:place]
            if place and not _SEPARATORS.search(before) and not _word_begins(name, place):
                continue
            for form in forms(name[place:]) or {name[place:]}:
                endings.setdefault(form, []).append((name, before))
    for value in values:
        texts = {str(value), label_text(value)}
        exact = [(name, name[: -len(text)]) for text in texts for name in missing if text and name.endswith(text)]
        exact = [(name, before) for name, before in exact if not before or _SEPARATORS.search(before)]
        loose = [pair for text in texts for form in forms(text) or {text} for pair in endings.get(form, [])]
        for name, before in dict.fromkeys([*exact, *loose]):
            yield value, name, before


def _word_begins(name: str, place: int) -> bool:
    """cityParis: a capital after a small letter, or a digit after a letter."""
    before, here = name[place - 1], name[place]
    return (before.islower() and here.isupper()) or (before.isalpha() and here.isdigit())


def _bare(before: str) -> str:
    return _SEPARATORS.sub("", before)


def _rest(found: OneHot, name: str) -> str:
    """The value a column of the model stands for that the table does not have."""
    known, value = next(iter(found.values.items()))
    texts = sorted({str(value), label_text(value)}, key=len, reverse=True)
    ending = next((text for text in texts if known.endswith(text)), "")
    return name[len(known) - len(ending) :] if ending else name


def _take(draft: Draft, column: str, name: str, step: Step) -> None:
    draft.sources[name] = column
    draft.steps[name] = (step,)


def _note_unknown(draft: Draft, found: OneHot) -> None:
    """One value without a column is the one that was left out. Of several, the model cannot tell one from another."""
    if len(found.left_out) > 1:
        texts = draft.frame[found.column].dropna().map(label_text)
        counts = texts[texts.isin(found.left_out)].value_counts()
        draft.unknown[found.column] = {str(value): int(rows) for value, rows in counts.items()}


def blocks(frame: pd.DataFrame, columns: Sequence[str], drop_first: bool) -> Iterator[tuple[str, str, Any]]:
    """(name, column, value) of the columns that one-hot encoding makes of some columns, in its order."""
    for column in columns:
        values = distinct(frame[column], MOST_VALUES) or []
        for value in values[int(drop_first) :]:
            yield f"{column}_{label_text(value)}", column, value

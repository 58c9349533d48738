"""Models that were fitted on a plain array know no names, only how many columns there were.

Columns in their order where the number agrees; every other way of getting that number is a guess, and only offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from xai.adjustment import Adjustment, Step
from xai.errors import MatchError
from xai.opening.fitting import values
from xai.opening.fitting.codes import yes_and_no
from xai.opening.fitting.draft import Draft, distinct, is_text, named
from xai.opening.fitting.dummies import MOST_VALUES, blocks
from xai.opening.targets import counts_rows


@dataclass(frozen=True)
class Layout:
    """One way to get the right number of columns: for each its name, its column of the table, and what is done."""

    code: str
    columns: tuple[tuple[str, str, tuple[Step, ...]], ...]
    left_out: tuple[str, ...] = ()


def settle(draft: Draft) -> None:
    """Take the columns by position, or offer the layouts that come to the right number."""
    count = draft.wanted.count
    inputs = draft.free
    if count is None:  # it says nothing about its columns, and takes what it gets
        draft.sources = {name: name for name in inputs}
        return
    if len(inputs) > count:
        inputs = _without_counting(draft, inputs, count)
    words = [name for name in inputs if is_text(draft.frame[name]) or values.dates(draft.frame[name])]
    if len(inputs) == count and not any(_refused(draft, place, name in words) for place, name in enumerate(inputs)):
        draft.sources = {str(place): name for place, name in enumerate(inputs)}
        return
    for layout in _layouts(draft, inputs, words, count):
        shown = [name for name, _, _ in layout.columns]
        facts = {"names": shown[:50], "count": count, "left_out": list(layout.left_out)}
        if not draft.sources and draft.does(Adjustment(layout.code, "", facts, needed=True)):
            _take(draft, layout)


def _refused(draft: Draft, place: int, is_word: bool) -> bool:
    """Whether the model cannot take words at this position; a preprocessing of its own may."""
    kind = draft.wanted.of(str(place)).kind
    return is_word and (kind == "number" or (kind == "unknown" and draft.strict))


def check(draft: Draft) -> MatchError | None:
    """The error that says what the model wants and the table has."""
    if draft.sources:
        return None
    inputs = draft.free
    words = [name for name in inputs if is_text(draft.frame[name])]
    if len(inputs) == draft.wanted.count and words:  # an array of numbers was fitted: text cannot stand in it
        return MatchError("text-without-names", columns=named(words), wanted=len(inputs))
    return MatchError("column-count", wanted=draft.wanted.count, found=len(inputs), columns=named(inputs))


def _without_counting(draft: Draft, inputs: list[str], count: int) -> list[str]:
    """Without the columns that only count the rows, where they are what is too much, or part of it."""
    for name in [name for name in inputs if counts_rows(name, draft.frame[name])]:
        if len(inputs) > count and draft.does(Adjustment("index", name), by_itself=True):
            inputs = [other for other in inputs if other != name]
    return inputs


def _layouts(draft: Draft, inputs: Sequence[str], words: Sequence[str], count: int) -> Iterator[Layout]:
    numbers = [name for name in inputs if name not in words]
    if words and len(inputs) == count and (coded := _coded(draft, inputs, words)):
        yield Layout("array-codes", coded)
    if words:
        yield from _one_hot(draft, inputs, words, count)
    if words and len(numbers) == count:
        yield Layout("array-numbers", tuple((name, name, ()) for name in numbers), tuple(words))


def _coded(draft: Draft, inputs: Sequence[str], words: Sequence[str]) -> tuple[Any, ...] | None:
    """All columns in their order, words as numbers from A to Z."""
    steps = {name: _codes(draft, name) for name in words}
    if not all(steps.values()):
        return None
    return tuple((name, name, steps.get(name, ())) for name in inputs)


def _codes(draft: Draft, name: str) -> tuple[Step, ...]:
    found = distinct(draft.frame[name], MOST_VALUES)
    if not found:
        return ()
    codes = yes_and_no(found) or {value: place for place, value in enumerate(found)}
    return (Step("codes", {"codes": draft.turned(name, codes)}),)


def _one_hot(draft: Draft, inputs: Sequence[str], words: Sequence[str], count: int) -> Iterator[Layout]:
    """One column for each category: behind the numbers as pandas does it, or before them as scikit-learn often has it;
    with the first category or without; columns with two values as one number or not."""
    if any(distinct(draft.frame[name], MOST_VALUES) is None for name in words):
        return
    pairs = [name for name in words if len(distinct(draft.frame[name], 2) or []) == 2]
    for coded, drop_first, front in product((False, True), (False, True), (False, True)):
        if coded and (not pairs or len(pairs) == len(words)):
            continue
        several = [name for name in words if not (coded and name in pairs)]
        plain = [(n, n, _codes(draft, n) if n in pairs and coded else ()) for n in inputs if n not in several]
        made = blocks(draft.frame, several, drop_first)
        dummies = [(name, column, (Step("equals", {"value": value}),)) for name, column, value in made]
        if len(plain) + len(dummies) != count:
            continue
        ends = [("-coded", coded), ("-without-first", drop_first), ("-in-front", front)]
        code = "array-one-hot" + "".join(end for end, there in ends if there)
        yield Layout(code, tuple([*dummies, *plain] if front else [*plain, *dummies]))


def _take(draft: Draft, layout: Layout) -> None:
    for name, column, steps in layout.columns:
        draft.sources[name] = column
        if steps:
            draft.steps[name] = steps
        if len(steps) == 1 and steps[0].code == "codes":
            draft.encode(name, steps[0].facts["codes"])

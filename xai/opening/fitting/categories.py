"""Categories the model's encoder knows, beside those of the table: the same ones, written otherwise, or unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xai.adjustment import Adjustment
from xai.labels import label_text
from xai.opening.fitting.codes import NO, YES, yes_and_no
from xai.opening.fitting.draft import Draft, distinct
from xai.opening.fitting.spelling import pairs_alike
from xai.opening.fitting.values import as_texts
from xai.opening.fitting.wanted import Want

_MOST_VALUES = 5000


def settle(draft: Draft) -> None:
    """Each column of which the model knows the categories."""
    for name, column in list(draft.sources.items()):
        want = draft.wanted.of(name)
        if want.kind in ("categories", "category-type") and want.categories:
            _compare(draft, name, column, want)


def _compare(draft: Draft, name: str, column: str, want: Want) -> None:
    found = distinct(draft.frame[column], _MOST_VALUES)
    known = [value for value in want.categories if value is not None]
    if found == [] and not all(isinstance(value, int | float) for value in known):
        draft.replace_column(column, draft.frame[column].astype(object))  # gaps among words, not among numbers
    if found is None or not (unknown := [value for value in found if value not in known]):
        return
    needed = not want.tolerant
    if same := _same(unknown, known):
        if draft.does(Adjustment("same-values", column, {"pairs": same}, needed), by_itself=True):
            draft.replace_column(column, as_texts(draft.frame[column], same))
            unknown = [value for value in unknown if value not in same]
    elif len(unknown) == len(found) and (codes := _coded(found, known)):
        codes = draft.turned(column, codes)
        code = "yes-no" if yes_and_no(found) or yes_and_no(known) else "codes"
        if draft.does(Adjustment(code, column, {"codes": codes, "count": len(codes)}, needed)):
            draft.encode(name, codes)
            return
    spelled = _spelled(unknown, known)
    spelling = Adjustment("spelling", column, {"pairs": spelled, "count": len(spelled)}, needed)
    if spelled and draft.does(spelling):
        draft.replace_column(column, as_texts(draft.frame[column], dict(spelled)))
        unknown = [value for value in unknown if value not in spelled]
    if unknown:
        _note(draft, column, unknown, want)


def _note(draft: Draft, column: str, unknown: list[Any], want: Want) -> None:
    counts = draft.frame[column].value_counts()
    draft.unknown[column] = {label_text(value): int(counts[value]) for value in unknown}
    if want.tolerant:
        return
    rows = draft.frame[column].isin(unknown)
    facts = {"rows": int(rows.sum()), "total": len(rows), "values": unknown}
    if not rows.all() and draft.does(Adjustment("leave-out", column, facts, needed=True)):
        draft.frame = draft.frame[~rows].reset_index(drop=True)
        del draft.unknown[column]


def _same(unknown: Sequence[Any], known: Sequence[Any]) -> dict[Any, Any]:
    """1, 1.0 and "1" are the same category, whichever the model knows."""
    by_text = {label_text(value): value for value in known}
    return {value: by_text[label_text(value)] for value in unknown if label_text(value) in by_text}


def _spelled(unknown: Sequence[Any], known: Sequence[Any]) -> dict[str, str]:
    """Value of the table -> category that differs from it only in case, punctuation, blanks or umlauts.

    Several spellings of one category are no contradiction.
    """
    texts = [value for value in known if isinstance(value, str)]
    found: dict[str, str] = {}
    for value in unknown:
        if isinstance(value, str):
            found |= pairs_alike(texts, [value])
    return found


def _coded(found: Sequence[Any], known: Sequence[Any]) -> dict[Any, Any] | None:
    """Values -> categories where none is known: yes and no by their words, else numbers in the order of the words."""
    if len(found) == len(known) == 2:
        here, there = _by_meaning(found), _by_meaning(known)
        if here and there:
            return {here[answer]: there[answer] for answer in (False, True)}
    numbers = [value for value in known if isinstance(value, int | float) and not isinstance(value, bool)]
    words = all(isinstance(value, str) for value in found)
    if words and len(numbers) == len(known) == len(found):
        return dict(zip(found, sorted(numbers), strict=True))
    return None


def _by_meaning(values: Sequence[Any]) -> dict[bool, Any] | None:
    bare = {str(value).strip().lower().removesuffix(".0"): value for value in values}
    yes, no = [bare[word] for word in bare if word in YES], [bare[word] for word in bare if word in NO]
    return {True: yes[0], False: no[0]} if len(yes) == len(no) == 1 else None

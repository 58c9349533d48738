"""Words where the model wants numbers: yes and no as 1 and 0, or the categories numbered from A to Z."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xai.adjustment import Adjustment, Step
from xai.errors import MatchError
from xai.opening.fitting import values
from xai.opening.fitting.draft import Draft, distinct, is_text
from xai.opening.fitting.wanted import Want

YES = frozenset({"yes", "ja", "true", "wahr", "y", "j", "t", "1", "oui", "si", "sí"})
NO = frozenset({"no", "nein", "false", "falsch", "n", "f", "0", "non"})
_MOST_CODES = 2000


def settle(draft: Draft) -> None:
    """Each column of words that goes into the model as it is, though the model wants numbers of it."""
    for name in [name for name in draft.sources if name not in draft.steps and name not in draft.coded]:
        column, want = draft.sources[name], draft.wanted.of(name)
        if want.kind == "category-type":
            _as_categories(draft, name, want)
        elif want.kind == "number" or (want.kind == "unknown" and draft.strict):
            dated = values.dates(draft.frame[column])
            if (dated or is_text(draft.frame[column])) and not values.offer_numbers(draft, name):
                _offer_codes(draft, name, column)


def _offer_codes(draft: Draft, name: str, column: str) -> None:
    found = distinct(draft.frame[column], _MOST_CODES)
    if not found:
        return
    words = yes_and_no(found)
    codes = draft.turned(column, words or {value: place for place, value in enumerate(found)})
    facts = {"codes": codes, "count": len(codes)}
    if draft.does(Adjustment("yes-no" if words else "codes", column, facts, needed=True)):
        draft.encode(name, codes)


def yes_and_no(found: Sequence[Any]) -> dict[Any, int] | None:
    """1 for the word that means yes and 0 for the one that means no, where the values are such words."""
    if len(found) != 2:
        return None
    bare = {value: str(value).strip().lower() for value in found}
    yes = [value for value, word in bare.items() if word in YES]
    no = [value for value, word in bare.items() if word in NO]
    return {no[0]: 0, yes[0]: 1} if len(yes) == len(no) == 1 else None


def _as_categories(draft: Draft, name: str, want: Want) -> None:
    """The type the model was trained with. Where it does not know its categories, their order is a guess."""
    column = draft.sources[name]
    known = bool(want.categories)
    categories = list(want.categories) if known else distinct(draft.frame[column], _MOST_CODES)
    if categories is None:
        return
    adjustment = Adjustment("category-type", column, {"categories": categories}, needed=True)
    if draft.does(adjustment, by_itself=known):
        draft.steps[name] = (Step("category", {"categories": categories}),)


def check(draft: Draft) -> MatchError | None:
    """The error where a model knows its categories by their numbers only, and the table has words."""
    wants = [(name, draft.wanted.of(name)) for name in draft.sources if name not in draft.steps]
    unnamed = [draft.sources[name] for name, want in wants if want.kind == "category-type" and not want.categories]
    words = [column for column in unnamed if is_text(draft.frame[column])]
    return MatchError("categories-without-names", columns=", ".join(words)) if words else None

"""Texts that mean the same though they are written differently, and texts that only resemble each other."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from itertools import product

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa"})
_SIMILAR = 0.75
_SHORTEST = 3  # characters: shorter names are contained in far too many others
_MOST_PAIRS = 20_000  # comparisons of two names


def forms(text: str) -> frozenset[str]:
    """Letters and digits alone, in small letters; umlauts both as two letters and without their dots."""
    lower = text.lower()
    plain = unicodedata.normalize("NFKD", lower)
    without = "".join(c for c in plain if not unicodedata.combining(c)).replace("ß", "ss")
    found = {_bare(lower.translate(_UMLAUTS)), _bare(without)}
    return frozenset(form for form in found if form)


def alike(one: str, other: str) -> bool:
    """Whether two texts differ only in case, punctuation, blanks or umlauts."""
    return one == other or bool(forms(one) & forms(other))


def pairs_alike(wanted: Sequence[str], found: Sequence[str]) -> dict[str, str]:
    """Found -> wanted, where exactly one text on either side is alike one on the other."""
    partners = {name: [other for other in found if alike(name, other)] for name in wanted}
    taken = [others[0] for others in partners.values() if len(others) == 1]
    return {others[0]: name for name, others in partners.items() if len(others) == 1 and taken.count(others[0]) == 1}


def similarity(one: str, other: str) -> float:
    """0..1: the share of letters in common (Ratcliff and Obershelp), 1 where only case or punctuation differ."""
    if alike(one, other):
        return 1.0
    pairs = product(forms(one) or {one}, forms(other) or {other})
    return max(difflib.SequenceMatcher(None, a, b).ratio() for a, b in pairs)


def resembles(one: str, other: str) -> bool:
    """Whether one name may stand for the other: most letters agree, or one is the end or the beginning of the other."""
    if similarity(one, other) >= _SIMILAR:
        return True
    both = [sorted(pair, key=len) for pair in product(forms(one), forms(other))]
    return any(len(short) >= _SHORTEST and long.startswith(short) | long.endswith(short) for short, long in both)


def best_pairs(wanted: Sequence[str], found: Sequence[str]) -> dict[str, str]:
    """Wanted -> found: the most similar first, each text once. Nothing where there are too many to compare."""
    if len(wanted) * len(found) > _MOST_PAIRS:
        return {}
    scored = sorted(
        ((similarity(name, other), name, other) for name in wanted for other in found if resembles(name, other)),
        key=lambda entry: -entry[0],
    )
    chosen: dict[str, str] = {}
    for _, name, other in scored:
        if name not in chosen and other not in chosen.values():
            chosen[name] = other
    return chosen


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())

"""Columns that move together: which ones do in the data, and which of their values occur together.

Three kinds are recognised: dummy columns of one category; a column that another one determines (a code and its label,
an age and its group); a number computed exactly from others (a sum, a product, another unit).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from xai.codec import Codec

LOOKED_AT = 2000  # rows on which suspicions are raised; every row must then confirm them
LEAST = 20  # rows, for anything to be more than chance
FEW = 60  # a column with at most so many values can be a code or a group
EACH = 5  # rows a value must have before what it determines is no coincidence
LARGEST_SHARE = 0.9  # of a determined column's most frequent value
TOLERANCE = 1e-9  # relative, of computed numbers
MOST_NUMBERS = 20  # columns of many numbers among which sums and products are looked for


@dataclass(frozen=True)
class Bound:
    """Columns whose values must occur together in a row of the data."""

    places: np.ndarray  # (G,) positions of the columns
    values: np.ndarray  # (V, G) the values that occur together, each once

    @classmethod
    def of(cls, places: Sequence[int], rows: np.ndarray, row: np.ndarray) -> Bound:
        """From the data's rows (N, C); what the explained row has together counts as well."""
        chosen = np.asarray(places)
        return cls(chosen, np.unique(np.vstack([rows[:, chosen], row[chosen]]) + 0.0, axis=0))

    def holds(self, matrix: np.ndarray) -> np.ndarray:
        """(R,) bool: rows (R, C) whose values occur together."""
        known = {values.tobytes() for values in self.values}
        return np.array([values.tobytes() in known for values in matrix[:, self.places] + 0.0], dtype=bool)


def groups(rows: np.ndarray, codec: Codec) -> tuple[tuple[str, ...], ...]:
    """Names of the columns that move together in rows (N, C), each group once; overlapping ones are merged."""
    if len(rows) < LEAST:
        return ()
    some = rows[: LOOKED_AT // 2]
    some = np.vstack([some, rows[-(LOOKED_AT - len(some)) :]]) if len(rows) > LOOKED_AT else rows
    found = [*_dummies(some, rows, codec), *_determined(some, rows), *_computed(some, rows, codec)]
    return tuple(tuple(codec.names[place] for place in sorted(group)) for group in merged(found))


def merged(found: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Groups that share a column, as one; in the order of their first columns."""
    result: list[frozenset[int]] = []
    for group in found:
        touching = [other for other in result if other & group]
        result = [other for other in result if not other & group] + [group.union(*touching)]
    return sorted(result, key=min)


def _dummies(some: np.ndarray, rows: np.ndarray, codec: Codec) -> Iterator[frozenset[int]]:
    """Columns of 0 and 1 with a common beginning of their names, of which never two are 1."""
    families: dict[str, list[int]] = {}
    for place in range(rows.shape[1]):
        if np.isin(some[:, place], (0.0, 1.0)).all() and some[:, place].any():
            families.setdefault(re.sub(r"[^\W_]+\W*$", "", codec.names[place]), []).append(place)
    for beginning, places in families.items():
        if len(places) < 2 or not beginning:
            continue
        block = rows[:, places]
        totals = block.sum(axis=1)
        if np.isin(block, (0.0, 1.0)).all() and totals.max() == 1 and (totals.min() == 1 or _telling(block)):
            yield frozenset(places)


def _telling(block: np.ndarray) -> bool:
    """Whether columns that were independent would have met in some rows."""
    shares = block.mean(axis=0)
    together = (shares.sum() ** 2 - (shares**2).sum()) / 2
    return bool(together * len(block) >= EACH)


def _determined(some: np.ndarray, rows: np.ndarray) -> Iterator[frozenset[int]]:
    """A column of few values, each of which always comes with the same value of another column."""
    coded = [np.unique(some[:, place], return_inverse=True)[1] for place in range(rows.shape[1])]
    few = [place for place, codes in enumerate(coded) if 2 <= codes.max() + 1 <= FEW]
    for first, second in combinations(few, 2):
        both = len(np.unique(coded[first] * (FEW + 1) + coded[second]))
        for finer, coarser in ((first, second), (second, first)):
            if both == coded[finer].max() + 1 and _surely(rows[:, finer], rows[:, coarser]):
                yield frozenset((first, second))
                break


def _surely(finer: np.ndarray, coarser: np.ndarray) -> bool:
    """Whether it holds for every row, and so often that it is no coincidence."""
    values, codes, counts = np.unique(finer, return_inverse=True, return_counts=True)
    others, other_codes, shares = np.unique(coarser, return_inverse=True, return_counts=True)
    if len(np.unique(codes * len(others) + other_codes)) != len(values):
        return False
    often = counts[counts >= EACH].sum() >= MOST_ROWS * len(finer)
    return bool(often and shares.max() <= LARGEST_SHARE * len(coarser) and len(values) <= len(finer) / (2 * EACH))


MOST_ROWS = 0.95  # of the rows must have a value that at least EACH rows have


def _computed(some: np.ndarray, rows: np.ndarray, codec: Codec) -> Iterator[frozenset[int]]:
    """Numbers of many values that are a multiple, a sum or a product of others."""
    many = [
        place
        for place in np.flatnonzero(codec.numeric)
        if not np.isnan(rows[:, place]).any() and len(np.unique(some[:, place])) > FEW
    ]
    found: list[frozenset[int]] = []
    for first, second in combinations(many, 2):
        if _straight(some[:, first], some[:, second]) and _straight(rows[:, first], rows[:, second]):
            found.append(frozenset((int(first), int(second))))
    yield from found
    known = {place for group in found for place in group}
    open_ = [place for place in many if place not in known][:MOST_NUMBERS]
    for first, second in combinations(open_, 2):
        for third in open_:
            if third in (first, second):
                continue
            for compute in (np.add, np.multiply):
                if all(_equal(part, third, compute, first, second) for part in (some[:8], some, rows)):
                    yield frozenset((int(first), int(second), int(third)))


def _straight(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether one is the other in another unit: a straight line through all points."""
    low, high = np.argmin(first), np.argmax(first)
    if first[low] == first[high]:
        return False
    slope = (second[high] - second[low]) / (first[high] - first[low])
    line = second[low] + slope * (first - first[low])
    return bool(slope and np.allclose(line, second, rtol=TOLERANCE, atol=TOLERANCE * np.abs(second).max()))


def _equal(rows: np.ndarray, third: int, compute: np.ufunc, first: int, second: int) -> bool:
    size = np.abs(rows[:, third]).max()
    return bool(
        np.allclose(compute(rows[:, first], rows[:, second]), rows[:, third], rtol=TOLERANCE, atol=TOLERANCE * size)
    )

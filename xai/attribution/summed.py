"""Blends of a model that begins with a sum: what the columns contribute is mixed, and no row is built at all.

The outcomes inside sampled orders are in single precision where the model has it (`Additive.single`) and it does not
show: neither for the background rows, nor on the way from some of them to every explained row, may an output be off by
more than 1e-5 of the background's spread. That is far below the standard error at which a sample is stopped, a quarter
of a point (2.5e-3 for a probability). It is checked and not left to the measured error, which would only tell what
differs from one order to the next. The sum of the contributions is not touched: the ends of every order are known in
double precision, and whatever an outcome between them is rounded to, one step's gain is the next one's loss
(`permutation.py`). All other coalitions, and all that is exact, are in double precision.

Shapes: B pairs of an explained and a background row, Q coalitions, C original columns, H states of an additive model,
R explained rows, m background rows, K outputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xai.attribution.coalitions import Blends, Coalitions, Pairs, apart, walk
from xai.lean import Additive

NUMBERS_SUMMED = 500_000  # worked on at once: so few that they stay in the processor's cache
LARGEST_EXPONENT = 50.0  # products of larger powers of e would lose digits, and at last overflow
MOST_DIFFERENCES = 1_000_000  # of explained rows from background rows in the states, that are kept
APART = 1e-5  # of the spread of the background's outputs, what single precision may be off
TRIED = 4  # background rows from which both precisions go to each explained row


@dataclass(frozen=True)
class _Sums:
    """An additive model and its background, in one precision."""

    lean: Additive
    terms: np.ndarray  # (m, C, H) contributions, in double precision
    states: np.ndarray  # (m, H) complete

    @cached_property
    def rounded(self) -> np.ndarray:
        """(m, C, H) contributions in the precision of the states."""
        return self.terms.astype(self.states.dtype, copy=False)

    @property
    def outputs(self) -> np.ndarray:
        """(m, K) of the background rows."""
        return self.lean.finish(self.states.copy())


class Summing:
    """An additive model with an encoded background (m, E), prepared once; owners (E,) of the encoded columns."""

    def __init__(self, lean: Additive, background: np.ndarray, owners: np.ndarray, columns: int) -> None:
        self.owners, self.columns = owners, columns
        terms = lean.by_column(background, owners, columns)
        self.double = _Sums(lean, terms, terms.sum(axis=1) + lean.constant)

    def beside(self, rows: np.ndarray) -> Summed:
        """Blends with encoded explained rows (R, E)."""
        return Summed(self, self.double.lean.by_column(rows, self.owners, self.columns))

    @cached_property
    def single(self) -> _Sums | None:
        """In single precision, where the model has it and it does not show in the background's outputs."""
        with np.errstate(all="ignore"):  # numbers that are too large for it
            lean = self.double.lean.single()
            if lean is None:
                return None
            found = _Sums(lean, self.double.terms, self.double.states.astype(np.float32))
            return found if self.alike(self._outputs, found.outputs) else None

    def alike(self, exact: np.ndarray, rounded: np.ndarray) -> bool:
        """Whether outputs (..., K) are so close that single precision does not show. Never where one is no number."""
        gap = np.abs(rounded - exact).reshape(-1, len(self._allowed)).max(axis=0, initial=0.0)
        return bool((gap <= self._allowed).all())

    @cached_property
    def _outputs(self) -> np.ndarray:
        return self.double.outputs

    @cached_property
    def _allowed(self) -> np.ndarray:
        return APART * np.ptp(self._outputs, axis=0)


class Summed(Blends):
    """States of the background row plus, for each column taken, the difference it makes."""

    def __init__(self, background: Summing, terms: np.ndarray) -> None:
        self.background, self.terms = background, terms  # (R, C, H) contributions of the explained rows
        self.width = terms.shape[2]

    @property
    def at_once(self) -> int:
        return NUMBERS_SUMMED

    def block(self, games: Sequence[Coalitions], last: bool) -> list[np.ndarray]:
        if all(game.sampled and game.kind == "walk" for game in games) and self.single is not None:
            return self.single.walked(games, last)
        return [self.double.outcomes(game, last) for game in games]

    @cached_property
    def double(self) -> _Differences:
        return _Differences(self.background.double, self.terms)

    @cached_property
    def single(self) -> _Differences | None:
        """In single precision, where that does not show on the way to any of the explained rows."""
        if self.background.single is None:
            return None
        with np.errstate(all="ignore"):  # numbers that are too large for it
            found = _Differences(self.background.single, self.terms)
            double = _Differences(self.background.double, self.terms, keep=False)
            for tried in self._tried():
                if not self.background.alike(double.outcomes(tried, False), found.walked([tried], False)[0]):
                    return None
        return found

    def _tried(self) -> Iterator[Coalitions]:
        """From some background rows to each explained row, column by column, each time beginning with another one."""
        (rows, columns, states), background_rows = self.terms.shape, len(self.background.double.states)
        some = min(TRIED, background_rows)
        others = np.arange(some) * background_rows // some
        first = np.arange(some)[:, None] * columns // some
        order = (np.arange(columns) + first) % columns
        step = max(1, NUMBERS_SUMMED // (some * 2 * columns * states))
        for start in range(0, rows, step):
            explained = np.arange(start, min(start + step, rows))
            again = len(explained)
            yield walk(Pairs(explained.repeat(some), np.concatenate([others] * again), np.concatenate([order] * again)))


class _Differences:
    """What the columns of explained rows make of a difference from background rows, in one precision.

    keep : whether all differences are computed once, where they are not too many.
    """

    def __init__(self, sums: _Sums, terms: np.ndarray, keep: bool = True) -> None:
        self.sums, self.width = sums, terms.shape[2]
        self.kept: np.ndarray | None = None  # (R * m * C, H)
        kind = sums.states.dtype
        if keep and len(terms) * sums.terms.size <= MOST_DIFFERENCES:
            kept = np.empty((len(terms), *sums.terms.shape), dtype=kind)
            np.subtract(terms[:, None], sums.terms, out=kept, casting="same_kind")
            self.kept = kept.reshape(-1, self.width)
        else:
            self.terms = terms.astype(kind, copy=False)

    def outcomes(self, game: Coalitions, last: bool) -> np.ndarray:
        """(Q, B, K)"""
        change, lean = self._changes(game.pairs), self.sums.lean
        start = self.sums.states[game.pairs.others].ravel()
        if game.kind == "all" and lean.exponential and _harmless(start, change):
            powers = _table(np.exp(start), np.exp(change), np.multiply)
            found = lean.of_exponentials(powers.reshape(-1, self.width), last)
        else:
            states = _states(game, start, change).reshape(-1, self.width)
            found = lean.finish_last(states) if last else lean.finish(states)
        return found.reshape(*game.shape, found.shape[1])

    def walked(self, games: Sequence[Coalitions], last: bool) -> list[np.ndarray]:
        """Each (Q, B, K) of walks, finished all at once."""
        sizes = [members * pairs for members, pairs in (game.shape for game in games)]
        states, first = np.empty((sum(sizes), self.width), dtype=self.sums.states.dtype), 0
        for game, size in zip(games, sizes, strict=True):
            start = self.sums.states[game.pairs.others].ravel()
            _along(start, self._changes(game.pairs), states[first : first + size].reshape(len(game.members), -1))
            first += size
        return apart(self.sums.lean.finish_last(states) if last else self.sums.lean.finish(states), games, last)

    def _changes(self, pairs: Pairs) -> np.ndarray:
        """(d, B * H) what each place makes of a difference, in the order of the pair's own."""
        order = pairs.columns.T  # (d, B)
        if self.kept is None:
            found = self.terms[pairs.rows, order] - self.sums.rounded[pairs.others, order]
        else:
            rows, columns = self.sums.terms.shape[:2]
            found = self.kept.take((pairs.rows * rows + pairs.others) * columns + order, axis=0)
        return found.reshape(len(order), -1)


def _table(start: np.ndarray, change: np.ndarray, step: np.ufunc) -> np.ndarray:
    """(2^d, n) from (n,) and (d, n): every coalition is one that is known already and one more place."""
    found = np.empty((1 << len(change), len(start)))
    found[0] = start
    for place, each in enumerate(change):
        half = 1 << place
        step(found[:half], each, out=found[half : 2 * half])
    return found


def _states(game: Coalitions, start: np.ndarray, change: np.ndarray) -> np.ndarray:
    """(Q, n) from (n,) and (d, n)."""
    if game.kind == "all":
        return _table(start, change, np.add)
    if game.kind == "walk":
        return _along(start, change, np.empty((len(game.members), len(start))))
    return game.members.astype(np.float64) @ change + start


def _along(start: np.ndarray, change: np.ndarray, found: np.ndarray) -> np.ndarray:
    """(2 (d - 1), n) of a walk from (n,) and (d, n): every coalition is its neighbour and one more place."""
    ahead = behind = start
    for step in range(len(change) - 1):
        ahead = np.add(ahead, change[step], out=found[step])
        behind = np.add(behind, change[-1 - step], out=found[-1 - step])
    return found


def _harmless(start: np.ndarray, change: np.ndarray) -> bool:
    return bool((np.abs(start) + np.abs(change).sum(axis=0)).max(initial=0.0) <= LARGEST_EXPONENT)

"""Blends: what the model says of rows that are partly an explained row and partly a background row.

Every enumeration and every sampler asks for blends only. Three ways lead to them: mixing what the columns contribute,
where the model begins with a sum (no row is built at all); building encoded rows; building rows of the original
columns, where preprocessing mixes them.

Shapes: B pairs of an explained and a background row, Q coalitions, C original columns, E encoded columns, H states of
an additive model, K outputs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xai.lean import Additive, Combined, Lean, Restricted

# Numbers that are worked on at once: for sums so few that they stay in the processor's cache, for an estimator so many
# that being called does not count.
NUMBERS_SUMMED, NUMBERS_BUILT = 500_000, 10_000_000
LARGEST_EXPONENT = 50.0  # products of larger powers of e would lose digits, and at last overflow
MOST_DIFFERENCES = 1_000_000  # of explained rows from background rows in the states, that are kept
MOST_TERMS = 10_000_000  # contributions of the background's columns to the states that are kept

Predict = Callable[[np.ndarray], np.ndarray]
Beside = Callable[[np.ndarray], "Blends"]
"""From encoded explained rows (R, E) to their blends with a background that was prepared once."""


@dataclass(frozen=True)
class Pairs:
    """Explained rows beside background rows; of each pair only the columns in which they differ play.

    `columns` are in an order of the pair's own, so that one coalition of places (the first, the third) is a different
    coalition of columns for every pair.
    """

    rows: np.ndarray  # (B,) positions of explained rows
    others: np.ndarray  # (B,) positions of background rows
    columns: np.ndarray  # (B, d) original columns

    def part(self, start: int, stop: int) -> Pairs:
        chosen = slice(start, stop)
        return Pairs(self.rows[chosen], self.others[chosen], self.columns[chosen])


@dataclass(frozen=True)
class Coalitions:
    """Coalitions of places, members (Q, d) bool, that are played by every one of the pairs.

    kind : "all" of them, where coalition k holds the places whose bit is set in k; a "walk" of 2 (d - 1), which are the
    first place, the first two, … and then what each of these leaves out; or just "some".
    """

    pairs: Pairs
    members: np.ndarray
    kind: Literal["all", "walk", "some"] = "some"

    @property
    def shape(self) -> tuple[int, int]:
        """(Q, B)"""
        return len(self.members), len(self.pairs.rows)

    def taken(self, columns: int) -> np.ndarray:
        """(Q, B, C) bool: the columns that come from the explained row."""
        found = np.zeros((*self.shape, columns), dtype=bool)
        found[:, np.arange(len(self.pairs.rows))[:, None], self.pairs.columns] = self.members[:, None, :]
        return found


@dataclass(frozen=True)
class _Piece:
    """A part of the coalitions of one of several games."""

    game: int
    where: tuple[slice, slice]
    coalitions: Coalitions


class Blends(ABC):
    """Outcomes of blended rows."""

    width: int  # numbers that one blended row takes

    @property
    def at_once(self) -> int:
        """Numbers that are worked on together."""
        return NUMBERS_BUILT

    def outcomes(self, games: Sequence[Coalitions], last: bool = False) -> list[np.ndarray]:
        """Each (Q, B, K) outputs. `last`: of the last output only, K = 1."""
        found: list[np.ndarray | None] = [None] * len(games)
        for pieces in self._packed(games):
            outputs = self.block([piece.coalitions for piece in pieces], last)
            for piece, each in zip(pieces, outputs, strict=True):
                if each.size and each.shape[:2] == games[piece.game].shape:
                    found[piece.game] = each
                    continue
                if found[piece.game] is None:
                    found[piece.game] = np.empty((*games[piece.game].shape, each.shape[2]))
                found[piece.game][piece.where] = each
        return found

    @abstractmethod
    def block(self, games: Sequence[Coalitions], last: bool) -> list[np.ndarray]:
        """The same, all at once."""

    def _packed(self, games: Sequence[Coalitions]) -> Iterator[list[_Piece]]:
        """Pieces of at most `at_once` numbers, as many together as fit."""
        most, packed, size = max(1, self.at_once // max(1, self.width)), [], 0
        for piece in _pieces(games, most):
            rows = int(np.prod(piece.coalitions.shape))
            if packed and size + rows > most:
                yield packed
                packed, size = [], 0
            packed.append(piece)
            size += rows
        if packed:
            yield packed


def _pieces(games: Sequence[Coalitions], most: int) -> Iterator[_Piece]:
    """Pieces of at most `most` blended rows."""
    for game, coalitions in enumerate(games):
        members, pairs = coalitions.shape
        pairs_at_once = max(1, most // max(1, members))
        members_at_once = max(1, most // pairs_at_once)
        for b in range(0, pairs, pairs_at_once):
            part = coalitions.pairs.part(b, b + pairs_at_once)
            for q in range(0, members, members_at_once):
                where = slice(q, q + members_at_once), slice(b, b + pairs_at_once)
                kind = coalitions.kind if members_at_once >= members else "some"
                yield _Piece(game, where, Coalitions(part, coalitions.members[where[0]], kind))


class Summed(Blends):
    """Of an additive model: states of the background row plus, for each column taken, the difference it makes."""

    @property
    def at_once(self) -> int:
        return NUMBERS_SUMMED

    def __init__(self, lean: Additive, terms: np.ndarray, background: np.ndarray, states: np.ndarray) -> None:
        self.lean = lean
        self.terms, self.background = terms, background  # (R, C, H), (m, C, H) contributions
        self.states = states  # (m, H) of the background rows
        self.width = lean.states
        few = len(terms) * background.size <= MOST_DIFFERENCES
        self.differences = (terms[:, None] - background).reshape(-1, self.width) if few else None  # (R * m * C, H)

    def block(self, games: Sequence[Coalitions], last: bool) -> list[np.ndarray]:
        return [self._outcomes(game, last).reshape(*game.shape, -1) for game in games]

    def _outcomes(self, game: Coalitions, last: bool) -> np.ndarray:
        """(Q * B, K)"""
        change = self._changes(game.pairs)
        start = self.states[game.pairs.others].ravel()
        if game.kind == "all" and self.lean.exponential and _harmless(start, change):
            powers = _table(np.exp(start), np.exp(change), np.multiply)
            return self.lean.of_exponentials(powers.reshape(-1, self.width), last)
        states = _states(game, start, change).reshape(-1, self.width)
        return self.lean.finish_last(states) if last else self.lean.finish(states)

    def _changes(self, pairs: Pairs) -> np.ndarray:
        """(d, B * H) what each place makes of a difference, in the order of the pair's own."""
        order = pairs.columns.T  # (d, B)
        if self.differences is None:
            found = self.terms[pairs.rows, order] - self.background[pairs.others, order]
        else:
            rows, columns = self.background.shape[:2]
            found = self.differences.take((pairs.rows * rows + pairs.others) * columns + order, axis=0)
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
    return _along(start, change) if game.kind == "walk" else game.members.astype(np.float64) @ change + start


def _along(start: np.ndarray, change: np.ndarray) -> np.ndarray:
    """(2 (d - 1), n) of a walk from (n,) and (d, n): every coalition is its neighbour and one more place."""
    places = len(change)
    found = np.empty((2 * (places - 1), len(start)))
    ahead = behind = start
    for step in range(places - 1):
        ahead = np.add(ahead, change[step], out=found[step])
        behind = np.add(behind, change[-1 - step], out=found[-1 - step])
    return found


def _harmless(start: np.ndarray, change: np.ndarray) -> bool:
    return bool((np.abs(start) + np.abs(change).sum(axis=0)).max(initial=0.0) <= LARGEST_EXPONENT)


class Rowwise(Blends):
    """Of a model that is given rows, described by numbers."""

    def __init__(self, predict: Predict, width: int) -> None:
        self.predict, self.width = predict, width

    @abstractmethod
    def rows(self, game: Coalitions) -> np.ndarray:
        """(Q * B, width) descriptions of the blended rows."""

    def block(self, games: Sequence[Coalitions], last: bool) -> list[np.ndarray]:
        rows = [self.rows(game) for game in games]
        return _apart(self.predict(rows[0] if len(rows) == 1 else np.concatenate(rows)), games, last)


class Built(Rowwise):
    """Rows in encoded space."""

    def __init__(
        self, predict: Predict, explained: np.ndarray, background: np.ndarray, players: np.ndarray, columns: int
    ) -> None:
        super().__init__(predict, max(background.shape[1], columns))
        self.explained, self.background = explained, background
        self.players, self.columns = np.maximum(players, 0), columns

    def rows(self, game: Coalitions) -> np.ndarray:
        taken = game.taken(self.columns)[:, :, self.players]
        rows = np.where(taken, self.explained[game.pairs.rows], self.background[game.pairs.others])
        return rows.reshape(-1, self.background.shape[1])


class Placed(Rowwise):
    """Rows by the places their original columns come from, among background rows and, below them, explained rows."""

    def __init__(self, predict: Predict, background_rows: int, columns: int) -> None:
        super().__init__(predict, columns)
        self.background_rows, self.columns = background_rows, columns

    def rows(self, game: Coalitions) -> np.ndarray:
        explained = (self.background_rows + game.pairs.rows)[:, None]
        return np.where(game.taken(self.columns), explained, game.pairs.others[:, None]).reshape(-1, self.columns)


class Together(Blends):
    """Of a model that predicts from the outputs of others."""

    def __init__(self, lean: Combined, parts: Sequence[Blends], rows: Built) -> None:
        self.lean, self.parts, self.rows = lean, parts, rows
        self.width = sum(part.width for part in parts)

    @property
    def at_once(self) -> int:
        return max(part.at_once for part in self.parts)

    def block(self, games: Sequence[Coalitions], last: bool) -> list[np.ndarray]:
        parts = [_below(part.block(games, False)) for part in self.parts]
        matrix = np.concatenate([self.rows.rows(game) for game in games]) if self.lean.passthrough else None
        return _apart(self.lean.combine(parts, matrix), games, last)


def _below(outputs: Sequence[np.ndarray]) -> np.ndarray:
    """(n, K) all outcomes below each other."""
    flat = [each.reshape(-1, each.shape[2]) for each in outputs]
    return flat[0] if len(flat) == 1 else np.concatenate(flat)


def _apart(outputs: np.ndarray, games: Sequence[Coalitions], last: bool) -> list[np.ndarray]:
    """Each (Q, B, K) from all outcomes below each other."""
    chosen = outputs[:, -1:] if last else outputs
    ends = np.cumsum([np.prod(game.shape) for game in games])[:-1]
    return [part.reshape(*game.shape, -1) for part, game in zip(np.split(chosen, ends), games, strict=True)]


def beside(lean: Lean, background: np.ndarray, players: np.ndarray, columns: int) -> Beside:
    """Blends with an encoded background (m, E), prepared once: what does not depend on explained rows is kept."""
    if isinstance(lean, Restricted):
        chosen = players if lean.features is None else players[lean.features]
        inner = beside(lean.inner, lean.seen(background), chosen, columns)
        return lambda rows: inner(lean.seen(rows))
    if isinstance(lean, Additive) and background.shape[0] * columns * lean.states <= MOST_TERMS:
        owners = np.maximum(players, 0)
        terms = lean.by_column(background, owners, columns)
        states = terms.sum(axis=1) + lean.constant
        return lambda rows: Summed(lean, lean.by_column(rows, owners, columns), terms, states)
    if isinstance(lean, Combined):
        parts = [beside(part, background, players, columns) for part in lean.parts]
        return lambda rows: Together(
            lean, [part(rows) for part in parts], Built(lean.predict, rows, background, players, columns)
        )
    return lambda rows: Built(lean.predict, rows, background, players, columns)

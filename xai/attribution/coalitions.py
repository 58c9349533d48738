"""Coalitions of the columns in which two rows differ, and blends: what a model says where only these are taken over.

Every enumeration and every sampler asks for blends only, and never how they come about (`blends.py`, `summed.py`).

Shapes: B pairs of an explained and a background row, Q coalitions, C original columns, K outputs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from xai.results import freeze


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
    sampled : whether they are part of a sample whose error is measured, so that single precision will do.
    """

    pairs: Pairs
    members: np.ndarray
    kind: Literal["all", "walk", "some"] = "some"
    sampled: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """(Q, B)"""
        return len(self.members), len(self.pairs.rows)

    def taken(self, columns: int) -> np.ndarray:
        """(Q, B, C) bool: the columns that come from the explained row."""
        found = np.zeros((*self.shape, columns), dtype=bool)
        found[:, np.arange(len(self.pairs.rows))[:, None], self.pairs.columns] = self.members[:, None, :]
        return found


def walk(pairs: Pairs, sampled: bool = False) -> Coalitions:
    """The places of each pair in their order and in the reverse of it, without the ends that both orders share."""
    return Coalitions(pairs, _members(pairs.columns.shape[1]), "walk", sampled)


@lru_cache(maxsize=512)
def _members(size: int) -> np.ndarray:
    """(2 (d - 1), d) bool: the first place, the first two, … and, for the reverse order, what these leave out."""
    forward = np.tril(np.ones((size - 1, size), dtype=bool))
    return freeze(np.concatenate([forward, ~forward]))


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
    @abstractmethod
    def at_once(self) -> int:
        """Numbers that are worked on together."""

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
                yield _Piece(game, where, Coalitions(part, coalitions.members[where[0]], kind, coalitions.sampled))


def apart(outputs: np.ndarray, games: Sequence[Coalitions], last: bool) -> list[np.ndarray]:
    """Each (Q, B, K) from all outcomes below each other."""
    chosen = outputs[:, -1:] if last else outputs
    found, first = [], 0
    for game in games:
        members, pairs = game.shape
        found.append(chosen[first : first + members * pairs].reshape(members, pairs, chosen.shape[1]))
        first += members * pairs
    return found

"""Explained rows by coalitions: exactly where asked to, else sampled until the stated error is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from xai.asking import one_thread
from xai.attribution.coalitions import Blends
from xai.attribution.enumeration import enumerated
from xai.attribution.game import Game
from xai.attribution.permutation import orders, walked
from xai.attribution.tally import Tally
from xai.progress import Progress, report
from xai.results import freeze

NUMBERS_KEPT = 4_000_000  # of the tally of a block of rows
KEYS_KEPT = 100_000  # random numbers of a round of orders, which are the same for the next row
FEW = 5  # so few columns have hardly more coalitions than two orders and their reverses visit
LEAST_FREEDOM = 24  # repetitions beyond the first over all background rows, before an error is believed


@dataclass(frozen=True)
class Found:
    """Contributions of rows (R, C, K) with both of their errors, and how many pairs of orders they took."""

    values: np.ndarray
    background_error: np.ndarray
    sampling_error: np.ndarray
    pairs: np.ndarray  # (R,) pairs of orders over all background rows; 0 where exact


@dataclass(frozen=True)
class Plan:
    """Whether all coalitions are played; else until which standard error orders are drawn, and how many at most."""

    exact: bool
    tolerance: float
    most: int  # pairs of orders for each background row
    seed: int


def coalitions(game: Game) -> tuple[int, int]:
    """How many outcomes all coalitions of all pairs would take, and how many those of the largest pair."""
    sizes = [game.differs(start, stop).sum(axis=2, dtype=np.float64) for start, stop in _blocks(game)]
    largest = max(float(size.max(initial=0)) for size in sizes)
    return int(min(sum((2.0**size).sum() for size in sizes), 2.0**62)), int(2 ** min(largest, 62))


def played(game: Game, plan: Plan, progress: Progress | None = None) -> Found:
    """All explained rows, in blocks that fit into memory."""
    found = []
    for start, stop in _blocks(game):
        report(progress, start / len(game.explained), "shap")
        with one_thread():
            found.append(_Rows(game, start, stop, plan).played(progress))
    parts = zip(*((each.values, each.background_error, each.sampling_error, each.pairs) for each in found), strict=True)
    return Found(*(np.concatenate(part) for part in parts))


class _Rows:
    """A block of explained rows."""

    def __init__(self, game: Game, start: int, stop: int, plan: Plan) -> None:
        self.game, self.plan = game, plan
        self.share = (start / len(game.explained), (stop - start) / len(game.explained))
        self.last = game.mirrored
        self.blends: Blends = game.blends(start, stop)
        self.differs = game.differs(start, stop)
        chosen = slice(-1, None) if self.last else slice(None)
        self.ends = game.blending.outputs[:, chosen], game.explained[start:stop, chosen]
        self.tally = Tally(*self.differs.shape, self.ends[0].shape[1])

    def played(self, progress: Progress | None) -> Found:
        exact = (self.differs.sum(axis=2) <= FEW) | self.plan.exact  # (R, m)
        self._enumerate(exact)
        repeats = self._sample(exact, progress)
        pairs = repeats * (~exact).sum(axis=1)
        parts = self.tally.values, self.tally.background_error, self.tally.error
        return Found(*(self._both(part, sign) for part, sign in zip(parts, (-1, 1, 1), strict=True)), pairs)

    def _both(self, part: np.ndarray, sign: int) -> np.ndarray:
        """The first of two outputs from the second: its contributions have the other sign, its errors are the same."""
        return np.concatenate([sign * part, part], axis=2) if self.last else part

    def _enumerate(self, exact: np.ndarray) -> None:
        any_order = np.zeros((1, *self.differs.shape[1:]))
        groups = orders(self.differs & exact[:, :, None], any_order)
        for pairs, values in zip(groups, enumerated(self.blends, groups, self.last), strict=True):
            self.tally.add(pairs, values, exact=True)

    def _sample(self, exact: np.ndarray, progress: Progress | None) -> np.ndarray:
        """(R,) repetitions: rounds of orders, each as many as all before it, until a row is within the tolerance."""
        left = ~exact.all(axis=1)  # (R,)
        repeats = np.zeros(len(left), dtype=np.int64)
        for done, wanted in _rounds(self.plan.most, exact.shape[1]):
            if not left.any():
                break
            report(progress, self.share[0] + self.share[1] * done / self.plan.most, "shap")
            self._walk(self.differs & ~exact[:, :, None] & left[:, None, None], done, wanted)
            repeats[left] = wanted
            left = left & (self.tally.error.reshape(len(left), -1).max(axis=1) > self.plan.tolerance)
        return repeats

    def _walk(self, differs: np.ndarray, done: int, wanted: int) -> None:
        at_once = max(1, NUMBERS_KEPT // differs.size)
        for start in range(done, wanted, at_once):
            repeats = range(start, min(start + at_once, wanted))
            groups = orders(differs, _keys(self.plan.seed, repeats, differs.shape[1:]))
            for pairs, values in zip(groups, walked(self.blends, groups, *self.ends, self.last), strict=True):
                self.tally.add(pairs, values)


def _keys(seed: int, repeats: range, shape: tuple[int, int]) -> np.ndarray:
    """(N, m, C) random numbers of some repetitions, whichever rows are explained."""
    few = len(repeats) * shape[0] * shape[1] <= KEYS_KEPT
    return _few_keys(seed, repeats, shape) if few else _drawn(seed, repeats, shape)


@lru_cache(maxsize=16)
def _few_keys(seed: int, repeats: range, shape: tuple[int, int]) -> np.ndarray:
    return freeze(_drawn(seed, repeats, shape))


def _drawn(seed: int, repeats: range, shape: tuple[int, int]) -> np.ndarray:
    return np.stack([np.random.default_rng([seed, repeat]).random(shape) for repeat in repeats])


def _rounds(most: int, background_rows: int) -> Iterator[tuple[int, int]]:
    """From how many to how many pairs of orders for each background row: 2, 4, 8, …; more where there are few rows."""
    done, wanted = 0, 1 + int(np.ceil(LEAST_FREEDOM / background_rows))
    while done < most:
        wanted = min(max(wanted, 2), most)
        yield done, wanted
        done, wanted = wanted, 2 * wanted


def _blocks(game: Game) -> Iterator[tuple[int, int]]:
    rows, numbers = len(game.explained), game.background_rows * game.columns * game.outputs.shape[1]
    size = max(1, NUMBERS_KEPT // numbers)
    return ((start, min(start + size, rows)) for start in range(0, rows, size))

"""Exact Shapley values by enumeration: all coalitions are played, nothing is sampled (Shapley 1953)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import factorial

import numpy as np

from xai.attribution.coalitions import Blends, Coalitions, Pairs

OUTCOMES_AT_ONCE = 2_000_000
KEPT = 14  # players up to which coalitions and weights are kept (2 MB at most)


def all_coalitions(players: int) -> np.ndarray:
    """(2^A, A) bool; coalition k holds the players whose bit is set in k."""
    return (np.arange(1 << players)[:, None] >> np.arange(players) & 1).astype(bool)


def shapley_weights(coalitions: np.ndarray) -> np.ndarray:
    """(A, 2^A) weights: `weights @ values` are the Shapley values. |S|!(A-|S|-1)!/A!, negative without the player."""
    players = coalitions.shape[1]
    size = coalitions.sum(axis=1)
    weight = np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)] + [0.0])
    return np.where(coalitions.T, weight[size - 1], -weight[size])


@lru_cache(maxsize=16)
def _small(players: int) -> tuple[np.ndarray, np.ndarray]:
    return _prepared(players)


def _prepared(players: int) -> tuple[np.ndarray, np.ndarray]:
    coalitions = all_coalitions(players)
    found = coalitions, shapley_weights(coalitions)
    for each in found:
        each.setflags(write=False)
    return found


def enumerated(blends: Blends, groups: Sequence[Pairs], last: bool = False) -> list[np.ndarray]:
    """For each group (B, d, K) exact contributions of the columns of each pair, in the pair's own order."""
    found: list[list[np.ndarray]] = [[] for _ in groups]
    for packed in _packed(groups):
        sizes = [pairs.columns.shape[1] for _, pairs in packed]
        known = [_small(size) if size <= KEPT else _prepared(size) for size in sizes]
        games = [Coalitions(pairs, members, "all") for (_, pairs), (members, _) in zip(packed, known, strict=True)]
        played = zip(packed, known, blends.outcomes(games, last), strict=True)
        for (group, pairs), (_, weights), outcomes in played:
            values = weights @ outcomes.reshape(len(outcomes), -1)
            found[group].append(values.reshape(len(weights), len(pairs.rows), -1).transpose(1, 0, 2))
    return [np.concatenate(each) for each in found]


def _packed(groups: Sequence[Pairs]) -> Iterator[list[tuple[int, Pairs]]]:
    """Parts of the groups, as many together as their outcomes fit into memory."""
    packed, size = [], 0
    for group, pairs in enumerate(groups):
        coalitions = 1 << pairs.columns.shape[1]
        at_once = max(1, OUTCOMES_AT_ONCE // coalitions)
        for start in range(0, len(pairs.rows), at_once):
            part = pairs.part(start, start + at_once)
            if packed and size + coalitions * len(part.rows) > OUTCOMES_AT_ONCE:
                yield packed
                packed, size = [], 0
            packed.append((group, part))
            size += coalitions * len(part.rows)
    if packed:
        yield packed

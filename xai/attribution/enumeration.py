"""Exact Shapley values by enumeration: all coalitions are played, nothing is sampled (Shapley 1953)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import factorial

import numpy as np

from xai.attribution.blends import Blends, Coalitions, Pairs

OUTCOMES_AT_ONCE = 2_000_000


@lru_cache(maxsize=32)
def all_coalitions(players: int) -> np.ndarray:
    """(2^A, A) bool; coalition k holds the players whose bit is set in k."""
    found = (np.arange(1 << players)[:, None] >> np.arange(players) & 1).astype(bool)
    found.setflags(write=False)
    return found


@lru_cache(maxsize=32)
def shapley_weights(players: int) -> np.ndarray:
    """(A, 2^A) weights: `weights @ values` are the Shapley values. |S|!(A-|S|-1)!/A!, negative without the player."""
    coalitions = all_coalitions(players)
    size = coalitions.sum(axis=1)
    weight = np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)] + [0.0])
    found = np.where(coalitions.T, weight[size - 1], -weight[size])
    found.setflags(write=False)
    return found


def enumerated(blends: Blends, groups: Sequence[Pairs], last: bool = False) -> list[np.ndarray]:
    """For each group (B, d, K) exact contributions of the columns of each pair, in the pair's own order."""
    found: list[list[np.ndarray]] = [[] for _ in groups]
    for packed in _packed(groups):
        games = [Coalitions(pairs, all_coalitions(pairs.columns.shape[1])) for _, pairs in packed]
        for (group, _), outcomes in zip(packed, blends.outcomes(games, last), strict=True):
            coalitions, pairs, outputs = outcomes.shape
            weights = shapley_weights(coalitions.bit_length() - 1)
            values = weights @ outcomes.reshape(coalitions, -1)
            found[group].append(values.reshape(-1, pairs, outputs).transpose(1, 0, 2))
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

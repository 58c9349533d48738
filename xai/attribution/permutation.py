"""Shapley values by sampling orders of the columns, each order together with its reverse (antithetic).

Castro, Gómez & Tejada 2009 for the sampling; Mitchell et al. 2022, section 4.3, for the reverse orders. Every pair of
an explained and a background row has orders of its own (Štrumbelj & Kononenko 2014, Algorithm 1, with each background
row taken equally often): what one pair errs, another makes up for, which at equal numbers of evaluations beats orders,
and regressions, that all background rows share (`benchmarks/samplers.py`). Every order sums to the prediction exactly,
so additivity holds at any sample size; the error is measured from the repetitions for each pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from xai.attribution.blends import Blends, Coalitions, Pairs
from xai.results import freeze


def orders(differs: np.ndarray, keys: np.ndarray) -> list[Pairs]:
    """Pairs with their differing columns in the order of random keys; one group for each number of columns.

    differs (R, m, C) bool, keys (N, m, C): N orders for each pair, the same for every explained row, so that
    explanations of similar rows differ by the rows and not by chance.
    """
    rows, others = differs.shape[:2]
    ranked = np.argsort(np.where(differs, keys[:, None], np.inf), axis=3)  # (N, R, m, C)
    count = np.broadcast_to(differs.sum(axis=2), ranked.shape[:3])
    place = np.broadcast_to(np.arange(rows)[:, None], count.shape)
    other = np.broadcast_to(np.arange(others), count.shape)
    groups = [(count == size, size) for size in np.unique(count[count > 0])]
    return [Pairs(place[chosen], other[chosen], ranked[chosen][:, :size]) for chosen, size in groups]


def walked(
    blends: Blends, groups: Sequence[Pairs], background: np.ndarray, explained: np.ndarray, last: bool = False
) -> list[np.ndarray]:
    """For each group (B, d, K) the mean of the steps along each pair's order and along its reverse.

    background (m, K), explained (R, K): what the model says of the unblended rows.
    """
    games = [Coalitions(pairs, _walk(pairs.columns.shape[1]), "walk") for pairs in groups]
    parts = zip(groups, blends.outcomes(games, last), strict=True)
    return [_steps(outcomes, background[pairs.others], explained[pairs.rows]) for pairs, outcomes in parts]


@lru_cache(maxsize=512)
def _walk(size: int) -> np.ndarray:
    """(2 (d - 1), d) bool: the first place, the first two, … and, for the reverse order, what these leave out."""
    forward = np.tril(np.ones((size - 1, size), dtype=bool))
    return freeze(np.concatenate([forward, ~forward]))


def _steps(outcomes: np.ndarray, nothing: np.ndarray, everything: np.ndarray) -> np.ndarray:
    """(B, d, K) from the outcomes inside both orders (2 (d - 1), B, K) and those of their ends (B, K)."""
    inside = len(outcomes) // 2
    start, end = nothing[None], everything[None]
    if not inside:
        return (end - start).transpose(1, 0, 2)
    along = np.concatenate([start, outcomes[:inside], end])
    back = np.concatenate([end, outcomes[inside:], start])
    return ((np.diff(along, axis=0) - np.diff(back, axis=0)) / 2).transpose(1, 0, 2)

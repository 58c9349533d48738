"""Shapley values by sampling orders of the columns, each order together with its reverse (antithetic).

Castro, Gómez & Tejada 2009 for the sampling; Mitchell et al. 2022, section 4.3, for the reverse orders. Every pair of
an explained and a background row has orders of its own (Štrumbelj & Kononenko 2014, Algorithm 1, with each background
row taken equally often): what one pair errs, another makes up for, which at equal numbers of evaluations beats orders,
and regressions, that all background rows share. Every order sums to the prediction exactly, so additivity holds at any
sample size; the error is measured from the repetitions for each pair.

The outcomes inside an order may be in single precision, where that was checked to be far below the error at which
sampling stops (`summed.py`). Additivity is not touched: the ends of every order, and all the steps, are in double
precision, and an outcome that is a little too high makes one step longer and the next one shorter by the same amount.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xai.attribution.coalitions import Blends, Pairs, walk


def orders(differs: np.ndarray, keys: np.ndarray) -> list[Pairs]:
    """Pairs with their differing columns in the order of random keys; one group for each number of columns.

    differs (R, m, C) bool, keys (N, m, C): N orders for each pair, the same for every explained row, so that
    explanations of similar rows differ by the rows and not by chance.
    """
    ranked = np.argsort(np.where(differs, keys[:, None], np.inf), axis=3)  # (N, R, m, C)
    count, repeats = differs.sum(axis=2), len(keys)  # (R, m)
    found = []
    for size in np.unique(count[count > 0]):
        row, other = np.nonzero(count == size)
        columns = ranked[:, row, other, :size].reshape(-1, size)
        found.append(Pairs(np.concatenate([row] * repeats), np.concatenate([other] * repeats), columns))
    return found


def walked(
    blends: Blends, groups: Sequence[Pairs], background: np.ndarray, explained: np.ndarray, last: bool = False
) -> list[np.ndarray]:
    """For each group (B, d, K), d > 1, the mean of the steps along each pair's order and along its reverse.

    background (m, K), explained (R, K): what the model says of the unblended rows.
    """
    games = [walk(pairs, sampled=True) for pairs in groups]
    parts = zip(groups, blends.outcomes(games, last), strict=True)
    return [_steps(outcomes, background[pairs.others], explained[pairs.rows]) for pairs, outcomes in parts]


def _steps(outcomes: np.ndarray, nothing: np.ndarray, everything: np.ndarray) -> np.ndarray:
    """(B, d, K) from the outcomes inside both orders (2 (d - 1), B, K) and those of their ends (B, K)."""
    inside, (pairs, outputs) = len(outcomes) // 2, nothing.shape
    path = np.empty((2, inside + 2, pairs, outputs))  # along the order, and along its reverse
    path[:, 1:-1] = outcomes.reshape(2, inside, pairs, outputs)
    path[0, 0] = path[1, -1] = nothing
    path[0, -1] = path[1, 0] = everything
    step = path[:, 1:] - path[:, :-1]
    found = np.subtract(step[0], step[1], out=step[0])
    found /= 2
    return found.transpose(1, 0, 2)

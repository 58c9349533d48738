"""Shapley values by sampling orders of the columns, each order together with its reverse (antithetic).

Castro, Gómez & Tejada 2009 for the sampling; Mitchell et al. 2022, section 4.3, for the reverse orders. Every order
sums to the prediction exactly, so additivity holds at any sample size; the error is measured from the pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xai.attribution.game import Game


@dataclass(frozen=True)
class Sampled:
    """Contributions of one row, their sampling error, and how many pairs of orders were needed."""

    values: np.ndarray  # (m, C, K) against each background row
    error: np.ndarray  # (C, K) standard error of the mean over pairs; nan for a single pair
    pairs: int


def sample_row(
    game: Game, row: int, random: np.random.Generator, tolerance: float, least: int = 4, most: int = 200
) -> Sampled:
    """Draw pairs of orders until every standard error is at most `tolerance` (outputs' unit), or `most` pairs."""
    players = len(game.active)
    total = np.zeros((game.background_rows, players, game.outputs.shape[1]))
    means: list[np.ndarray] = []
    while len(means) < most:
        orders = [random.permutation(players) for _ in range(min(least, most - len(means)))]
        for found in _pairs(game, row, orders):
            total += found
            means.append(found.mean(axis=0))
        if len(means) > 1 and _error(means).max(initial=0.0) <= tolerance:
            break
    values = np.zeros((game.background_rows, game.columns, total.shape[2]))
    values[:, game.active] = total / len(means)
    error = np.zeros((game.columns, total.shape[2]))
    error[game.active] = _error(means)
    return Sampled(values, error, len(means))


def _pairs(game: Game, row: int, orders: list[np.ndarray]) -> list[np.ndarray]:
    """Each (m, A, K): mean of the steps along one order and along its reverse. All orders are evaluated at once."""
    walks = [np.tril(np.ones((len(order) + 1, len(order)), dtype=bool), -1)[:, np.argsort(order)] for order in orders]
    # the reverse order visits the complements; both ends are shared
    coalitions = [np.concatenate([walk, ~walk[1:-1]]) for walk in walks]
    outcomes = np.split(game.outcomes(row, np.concatenate(coalitions)), len(orders))
    return [_steps(found, order) for found, order in zip(outcomes, orders, strict=True)]


def _steps(outcomes: np.ndarray, order: np.ndarray) -> np.ndarray:
    """(m, A, K) what each player adds, from the outcomes along the order (A + 1) and inside its reverse (A - 1)."""
    forward = outcomes[: len(order) + 1]
    backward = np.concatenate([forward[-1:], outcomes[len(order) + 1 :], forward[:1]])
    steps = np.empty((len(order), *outcomes.shape[1:]))
    steps[order] = (np.diff(forward, axis=0) - np.diff(backward, axis=0)) / 2
    return steps.transpose(1, 0, 2)


def _error(means: list[np.ndarray]) -> np.ndarray:
    if len(means) < 2:
        return np.full(means[0].shape, np.nan)
    return np.std(means, axis=0, ddof=1) / np.sqrt(len(means))

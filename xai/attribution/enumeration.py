"""Exact Shapley values by enumeration: all coalitions are played, nothing is sampled (Shapley 1953)."""

from __future__ import annotations

from math import factorial

import numpy as np

from xai.attribution.game import Game


def all_coalitions(players: int) -> np.ndarray:
    """(2^A, A) bool; coalition k holds the players whose bit is set in k."""
    return (np.arange(1 << players)[:, None] >> np.arange(players) & 1).astype(bool)


def shapley_weights(coalitions: np.ndarray) -> np.ndarray:
    """(A, 2^A) weights: `weights @ values` are the Shapley values. |S|!(A-|S|-1)!/A!, negative without the player."""
    players = coalitions.shape[1]
    size = coalitions.sum(axis=1)
    weight = np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)] + [0.0])
    return np.where(coalitions.T, weight[size - 1], -weight[size])


def enumerate_row(game: Game, row: int) -> np.ndarray:
    """(m, C, K) exact contributions of one row against each single background row; their mean is the answer."""
    coalitions = all_coalitions(len(game.active))
    outcomes = game.outcomes(row, coalitions)
    _, m, outputs = outcomes.shape
    found = np.zeros((m, game.columns, outputs))
    values = shapley_weights(coalitions) @ outcomes.reshape(len(coalitions), -1)
    found[:, game.active] = values.reshape(len(game.active), m, outputs).transpose(1, 0, 2)
    return found

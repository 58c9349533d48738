"""Weights of the players at a leaf: how much of its value each of them gains or loses."""

from __future__ import annotations

from functools import cache

import numpy as np


@cache
def weights(most: int) -> tuple[np.ndarray, np.ndarray]:
    """Two tables (most + 1, most + 1) by how many players gain (only the explained row fulfils them) and lose.

    A player that gains has (g - 1)! l! / (g + l)!, one that loses g! (l - 1)! / (g + l)! (Lundberg et al. 2020,
    algorithm 3). Both are one over a binomial coefficient and a number of players, which stay finite.
    """
    together = np.ones((most + 1, most + 1))  # binomial coefficients g + l over g
    with np.errstate(over="ignore", divide="ignore"):  # beyond all numbers the weight is 0
        for gaining in range(1, most + 1):
            together[gaining] = np.cumsum(together[gaining - 1])
        count = np.arange(most + 1)
        gain = np.where(count[:, None] > 0, 1 / together / np.maximum(count, 1)[:, None], 0.0)
        loss = np.where(count[None, :] > 0, 1 / together / np.maximum(count, 1)[None, :], 0.0)
    gain.setflags(write=False)
    loss.setflags(write=False)
    return gain, loss

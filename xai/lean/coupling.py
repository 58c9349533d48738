"""Probabilities of several classes from those of each pair of them, as libsvm computes them.

Wu, Lin & Weng, "Probability Estimates for Multi-class Classification by Pairwise Coupling" (2004), the second method,
with libsvm's own starting point, order of updates and stopping rule: another rule would give other numbers.
"""

from __future__ import annotations

import numpy as np

_NEAREST = 1e-7  # pairwise probabilities are kept away from 0 and 1


def pairwise(scores: np.ndarray, slope: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Platt's sigmoid for each pair of classes (n, P), kept away from its ends."""
    raw = scores * slope + offset
    small = np.exp(-np.abs(raw))
    found = np.where(raw >= 0, small / (1 + small), 1 / (1 + small))
    return np.clip(found, _NEAREST, 1 - _NEAREST)


def coupled(pairs: np.ndarray, classes: int) -> np.ndarray:
    """(n, K) probabilities from those of the first class of each pair, (n, P), pairs in the order (0, 1), (0, 2), …"""
    n = len(pairs)
    first, second = np.triu_indices(classes, 1)
    between = np.zeros((n, classes, classes))
    between[:, first, second], between[:, second, first] = pairs, 1 - pairs
    system = -between.transpose(0, 2, 1) * between
    own = np.arange(classes)
    system[:, own, own] = np.square(between).sum(axis=1)
    found = np.full((n, classes), 1 / classes)
    left = np.arange(n)
    for _ in range(max(100, classes)):
        p, q = found[left], system[left]
        product = (q @ p[:, :, None])[:, :, 0]
        whole = (p * product).sum(axis=1)
        going = np.abs(product - whole[:, None]).max(axis=1) >= 0.005 / classes
        left, p, q, product, whole = left[going], p[going], q[going], product[going], whole[going]
        if not len(left):
            break
        found[left] = _updated(p, q, product, whole)
    return found


def _updated(p: np.ndarray, q: np.ndarray, product: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """One round: each class in turn."""
    for t in range(p.shape[1]):
        step = (whole - product[:, t]) / q[:, t, t]
        p[:, t] += step
        grown = (1 + step)[:, None]
        whole = (whole + step * (step * q[:, t, t] + 2 * product[:, t])) / (1 + step) / (1 + step)
        product = (product + step[:, None] * q[:, t]) / grown
        p /= grown
    return p

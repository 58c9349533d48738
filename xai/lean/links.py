"""From the scores of a classifier to its outputs."""

from __future__ import annotations

import numpy as np


def same(scores: np.ndarray) -> np.ndarray:
    """The scores are the outputs."""
    return scores


def two_sided(scores: np.ndarray) -> np.ndarray:
    """(n, 2) scores of both classes from that of the second, (n, 1); more classes stay as they are."""
    return np.concatenate([-scores, scores], axis=1) if scores.shape[1] == 1 else scores


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """The logistic function, in place."""
    with np.errstate(over="ignore"):  # exp(∞) leads to 0, as it should
        np.negative(scores, out=scores)
        np.exp(scores, out=scores)
    scores += 1
    return np.divide(1, scores, out=scores)


def logistic(scores: np.ndarray) -> np.ndarray:
    """Binary: the logistic function; more classes: each against the rest, then normed."""
    found = sigmoid(scores)
    if scores.shape[1] == 1:
        return np.concatenate([1 - found, found], axis=1)
    return normed(found)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Exponentials, normed."""
    found = np.exp(scores - scores.max(axis=1, keepdims=True))
    found /= found.sum(axis=1, keepdims=True)
    return found


def clipped(scores: np.ndarray) -> np.ndarray:
    """Scores from -1 to 1 become 0 to 1 (Zadrozny & Elkan 2002, for the modified Huber loss)."""
    found = (np.clip(scores, -1, 1) + 1) / 2
    if scores.shape[1] == 1:
        return np.concatenate([1 - found, found], axis=1)
    return normed(found)


def normed(shares: np.ndarray) -> np.ndarray:
    """Rows that sum to one; equal shares where everything is zero."""
    total = shares.sum(axis=1, keepdims=True)
    return np.divide(shares, total, out=np.full_like(shares, 1 / shares.shape[1]), where=total != 0)

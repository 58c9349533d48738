"""Whether a lean prediction is the estimator's own."""

from __future__ import annotations

import numpy as np

from xai.errors import KlartextError
from xai.lean.base import Additive, Lean

TOLERANCE = 1e-12


def verified(found: Lean | None, matrix: np.ndarray, expected: np.ndarray) -> Lean | None:
    """`found`, where it gives the expected outputs (n, K) for rows (n, E) to 1e-12 of their scale; None otherwise."""
    if found is None or not np.isfinite(matrix).all():
        return None
    try:
        with np.errstate(all="ignore"):
            predicted = found.predict(matrix)
            summed = _by_column(found, matrix)
    except (KlartextError, ValueError, IndexError, TypeError, AttributeError):
        return None  # learnt numbers of another shape than those of the known versions
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    same = predicted.shape == expected.shape and np.allclose(predicted, expected, rtol=0, atol=TOLERANCE * scale)
    added = summed is None or np.allclose(summed, expected, rtol=0, atol=10 * TOLERANCE * scale)
    return found if same and added else None


def _by_column(found: Lean, matrix: np.ndarray) -> np.ndarray | None:
    """The outputs, every column's contribution added up one after the other; None where there are none."""
    if not isinstance(found, Additive):
        return None
    every = np.arange(matrix.shape[1])
    return found.finish(found.by_column(matrix, every, len(every)).sum(axis=1) + found.constant)

"""Arrays for the kernels, in the three types they take."""

from __future__ import annotations

import numpy as np


def ints(*shape: int) -> np.ndarray:
    return np.zeros(shape, dtype=np.int32)


def words(*shape: int) -> np.ndarray:
    return np.zeros(shape, dtype=np.uint64)


def reals(*shape: int) -> np.ndarray:
    return np.zeros(shape)

"""Scalers: what they do to numbers, column by column and in their own order of operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Scale = Callable[[np.ndarray], np.ndarray]


def scale_of(step: Any) -> Scale | None:
    """From rows (n, E) to rescaled rows; None for other transformers."""
    kind = type(step).__name__ if type(step).__module__.startswith("sklearn.") else ""
    if kind == "MinMaxScaler" and not step.clip:
        return lambda matrix: matrix * step.scale_ + step.min_
    if kind == "MaxAbsScaler" and not getattr(step, "clip", False):
        return lambda matrix: matrix / step.scale_
    center = {"StandardScaler": "mean_", "RobustScaler": "center_"}.get(kind)
    if center is None:
        return None
    shifted = step.with_mean if kind == "StandardScaler" else step.with_centering
    shift = getattr(step, center) if shifted else 0.0
    scale = 1.0 if step.scale_ is None else step.scale_
    return lambda matrix: (matrix - shift) / scale

"""Sparse matrices and splines: their index arrays are followed by compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.interpolate import BSpline

from xai.errors import OpeningError


def check_sparse(matrix: Any) -> None:
    """Indices lie inside the shape. Raises OpeningError "corrupt-model"."""
    shape = matrix.shape
    if not (len(shape) == 2 and all(isinstance(length, int | np.integer) and length >= 0 for length in shape)):
        raise OpeningError("corrupt-model", part=type(matrix).__name__, found="shape")
    if hasattr(matrix, "check_format"):
        matrix.check_format(full_check=True)
    elif sparse.issparse(matrix) and matrix.format == "coo":
        matrix._check()


def check_spline(spline: BSpline) -> None:
    """Knots and coefficients are of lengths that belong together: SciPy's own constructor says so."""
    BSpline(spline.t, spline.c, spline.k, extrapolate=spline.extrapolate, axis=spline.axis)

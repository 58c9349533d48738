"""Sparse matrices and splines: their index arrays are followed by compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.interpolate import BSpline

from xai.errors import OpeningError


def check_sparse(matrix: Any) -> None:
    """Indices lie inside the shape. Raises OpeningError "corrupt-model".

    SciPy's own check leaves out the pointers of a matrix that says it is empty.
    """
    shape, name = matrix.shape, type(matrix).__name__
    if not (len(shape) == 2 and all(isinstance(length, int | np.integer) and length >= 0 for length in shape)):
        raise _corrupt(name, "shape")
    if matrix.format in ("csr", "csc"):
        _check_compressed(matrix, shape if matrix.format == "csr" else shape[::-1], name)
    elif matrix.format == "coo":
        for places, length in zip(matrix.coords, shape, strict=True):
            _check_places(places, length, len(matrix.data), name)
    else:
        raise _corrupt(name, "format")


def _check_compressed(matrix: Any, shape: tuple[int, int], name: str) -> None:
    pointers = matrix.indptr
    if pointers.dtype.kind != "i" or pointers.shape != (shape[0] + 1,) or matrix.data.ndim != 1:
        raise _corrupt(name, "indptr")
    if pointers[0] != 0 or (np.diff(pointers) < 0).any() or pointers[-1] != len(matrix.data):
        raise _corrupt(name, "indptr")
    _check_places(matrix.indices, shape[1], len(matrix.data), name)


def _check_places(places: Any, length: int, count: int, name: str) -> None:
    if places.dtype.kind != "i" or places.shape != (count,) or (places < 0).any() or (places >= length).any():
        raise _corrupt(name, "indices")


def _corrupt(name: str, found: str) -> OpeningError:
    return OpeningError("corrupt-model", part=name, found=found)


def check_spline(spline: BSpline) -> None:
    """Knots and coefficients are of lengths that belong together: SciPy's own constructor says so."""
    BSpline(spline.t, spline.c, spline.k, extrapolate=spline.extrapolate, axis=spline.axis)

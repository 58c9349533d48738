"""Which sizes within one answer must agree. A figure may rely on it that every column has its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from xai.worker.wire.errors import WireError
from xai.worker.wire.text import code

# class -> field -> its shapes: letters stand for lengths that agree within the answer, "1" and "2" for themselves.
# Several shapes are alternatives; None is always allowed where the class allows it.
_SHAPES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Quality": {"classes": ("K",), "confusion": ("KK",)},
    "Predictions": {"answers": ("R",), "shown": ("R",), "actual": ("R",), "error": ("R",), "closeness": ("R",)},
    "Importance": {
        "columns": ("C",),
        "importance": ("C",),
        "low": ("C",),
        "high": ("C",),
        "direction": ("C",),
        "values": ("SC",),
        "data": ("SC",),
    },
    "Attribution": {
        "columns": ("C",),
        "data": ("RC",),
        "values": ("C", "RC"),
        "spread": ("C", "RC"),
        "prediction": ("", "R"),
    },
    "Counterfactual": {"changes": ("N",), "steps": ("N",)},
    "Effect": {
        "grid": ("G",),
        "prediction": ("G",),
        "average": ("G",),
        "low": ("G",),
        "high": ("G",),
        "individual": ("LG",),
        "cases": ("L",),
    },
}
_CODED = ("Notice", "Measure", "Check", "Repair", "Adjustment", "Step")
_LABELLED = {"Predictions": ("answers", "actual")}  # arrays that may hold labels; all others hold numbers


def check(value: Any) -> None:
    """WireError where the parts of a result do not fit together."""
    name = type(value).__name__
    if name in _CODED:
        code(value.code)
    lengths: dict[str, int] = {}
    for field, shapes in _SHAPES.get(name, {}).items():
        part = getattr(value, field)
        if part is None:
            continue
        found = _shape(part)
        if isinstance(part, np.ndarray) and field not in _LABELLED.get(name, ()) and part.dtype.kind not in "biuf":
            raise WireError(f"{field} are not numbers")
        if not any(_fits(found, shape, lengths) for shape in shapes):
            raise WireError(f"{field} have another shape")
    if isinstance(getattr(value, "data", None), pd.DataFrame) and list(value.data.columns) != list(value.columns):
        raise WireError("columns of another name")
    if name == "Effect":
        _check_support(value)


def _fits(found: tuple[int, ...], shape: str, lengths: dict[str, int]) -> bool:
    """Whether the lengths agree with those seen before; new letters take the length they meet."""
    if len(found) != len(shape):
        return False
    known = dict(lengths)
    if any(known.setdefault(letter, length) != length for letter, length in zip(shape, found, strict=True)):
        return False
    lengths.update(known)
    return True


def _shape(part: Any) -> tuple[int, ...]:
    if isinstance(part, np.ndarray | pd.DataFrame):
        return part.shape
    return (len(part),) if isinstance(part, tuple | Mapping) else ()


def _check_support(effect: Any) -> None:
    """Bins of a number's range, or one count per category."""
    bins = len(effect.edges) - 1 if effect.edges is not None else len(effect.grid)
    if len(effect.support) != bins:
        raise WireError("support of another length")

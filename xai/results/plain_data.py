"""Plain copies of results for JSON, and arrays nobody can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

from xai.scalars import plain_scalar


def freeze(array: np.ndarray) -> np.ndarray:
    """The same array, read-only: results are shared between users of the app."""
    array = np.asarray(array)
    array.setflags(write=False)
    return array


def plain(value: Any) -> Any:
    """A JSON-ready copy: NumPy and pandas scalars become Python's, missing values None, arrays lists."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if is_dataclass(value):
        own = getattr(value, "to_dict", None)  # what says itself how it is written does so
        return own() if own else {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, pd.DataFrame):
        return [plain(row) for row in value.to_dict(orient="records")]
    if isinstance(value, np.ndarray | list | tuple | set | frozenset | pd.Index | pd.Series):
        return [plain(item) for item in value]
    return plain_scalar(value)

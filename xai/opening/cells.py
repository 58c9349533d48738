"""What single cells hold: numbers that were stored as text, and types that models do not know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pandas as pd

from xai.results import Notice

# Leading zeros mark codes (postal codes, account numbers), not numbers.
_PLAIN = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-]?\.\d+")
_GERMAN = re.compile(r"[+-]?(?:0|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d*)(?:,\d+)?")
_ENGLISH = re.compile(r"[+-]?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)(?:\.\d+)?")
_MARKS = ((_PLAIN, {}), (_GERMAN, {".": "", ",": "."}), (_ENGLISH, {",": ""}))


def numbers_from_text(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Notice, ...]]:
    """Text columns in which every value is a number become numbers; mixed ones stay as they are."""
    changed = {}
    for name in frame.columns:
        numbers = _as_numbers(frame[name])
        if numbers is not None:
            changed[name] = numbers
    if not changed:
        return frame, ()
    example = next(iter(changed))
    facts = {"columns": ", ".join(changed), "count": len(changed), "example": str(frame[example].dropna().iloc[0])}
    return _exchange(frame, changed), (Notice("numbers-from-text", facts),)


def _as_numbers(column: pd.Series) -> pd.Series | None:
    if not (column.dtype == object or isinstance(column.dtype, pd.StringDtype)):
        return None
    present = column.dropna()
    if not len(present) or not all(isinstance(value, str) for value in present.head(1000)):
        return None
    bare = present.astype(str).str.strip()
    bare = bare[bare != ""]  # a cell of blanks holds nothing
    for pattern, exchange in _MARKS:
        if len(bare) and bare.map(pattern.fullmatch).notna().all():
            plain = bare.map(lambda text, exchange=exchange: text.translate(str.maketrans(exchange)))
            return pd.to_numeric(plain).reindex(column.index)
    return None


def known_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Nullable and Arrow types as the types models were trained on: the same values, missing ones as NaN.

    Estimators stumble over pd.NA ("boolean value of NA is ambiguous").
    """
    return _exchange(frame, {name: _known_type(frame[name]) for name in frame.columns if _foreign(frame[name])})


def _exchange(frame: pd.DataFrame, columns: Mapping[str, pd.Series]) -> pd.DataFrame:
    frame = frame.copy(deep=False)
    for name, column in columns.items():
        frame[name] = column
    return frame


def _foreign(column: pd.Series) -> bool:
    dtype = column.dtype
    if pd.api.types.is_object_dtype(dtype):
        return isinstance(next(iter(column.dropna()), None), Decimal)
    if isinstance(dtype, pd.CategoricalDtype | pd.DatetimeTZDtype | pd.SparseDtype):
        return False
    return isinstance(dtype, pd.api.extensions.ExtensionDtype) and not _own_strings(dtype)


def _own_strings(dtype: object) -> bool:
    return isinstance(dtype, pd.StringDtype) and dtype.na_value is np.nan


def _known_type(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column):
        return column.astype(object).where(column.notna(), np.nan) if column.isna().any() else column.astype(bool)
    if pd.api.types.is_integer_dtype(column):
        return column.astype("float64" if column.isna().any() else "int64")
    if pd.api.types.is_numeric_dtype(column) or column.dtype == object:
        return column.astype("float64")
    return column.astype(object).where(column.notna(), np.nan)

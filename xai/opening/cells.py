"""What single cells hold: numbers that were stored as text, and types that models do not know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

_Way = tuple[re.Pattern[str], Mapping[str, str], str]  # how numbers are written, what to exchange, the decimal mark
# Leading zeros mark codes (postal codes, account numbers), not numbers.
_PLAIN = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-]?\.\d+")
_GERMAN = re.compile(r"[+-]?(?:0|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d*)(?:,\d+)?")
_ENGLISH = re.compile(r"[+-]?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)(?:\.\d+)?")
_POINT, _COMMA = {",": ""}, {".": "", ",": "."}
_MARKS = ((_PLAIN, {}, "."), (_GERMAN, _COMMA, ","), (_ENGLISH, _POINT, "."))
# Of money there are at most two decimals: three digits behind a mark are thousands.
_SUMS = (
    (re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d{1,2})?"), _COMMA, ","),
    (re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?"), _POINT, "."),
)
_MONEY = r"(?:[€$£¥]|EUR|USD|GBP|CHF|Rs\.?|₹)"
_BEFORE, _AFTER = re.compile(rf"^([+-]?)\s*{_MONEY}\s*"), re.compile(rf"\s*{_MONEY}$")
_FIRST_LOOK = 200  # values: most columns of words are told by these


@dataclass(frozen=True)
class Reading:
    """A column of text in which every value is a number, and that was read as numbers."""

    column: str
    text: pd.Series  # (n,) as it was
    example: str
    blanks: int  # cells of blanks: they hold nothing
    money: bool  # a currency sign was taken off
    decimal: str  # "," or "."
    plain: bool  # written as numbers are in code: it was text only because of something else in the column


def numbers_from_text(frame: pd.DataFrame, decimal: str | None = None) -> tuple[pd.DataFrame, tuple[Reading, ...]]:
    """Text columns in which every value is a number become numbers; mixed ones stay as they are.

    `decimal`: the mark of the other columns, which decides what 1.234 means.
    """
    ways = (_MARKS[1], _MARKS[0], _MARKS[2]) if decimal == "," else _MARKS
    changed, readings = {}, []
    for name in frame.columns:
        found = _as_numbers(frame[name], ways)
        if found is not None:
            changed[name], reading = found
            readings.append(reading)
    return (_exchange(frame, changed), tuple(readings)) if changed else (frame, ())


def _as_numbers(column: pd.Series, ways: Sequence[_Way]) -> tuple[pd.Series, Reading] | None:
    if not (column.dtype == object or isinstance(column.dtype, pd.StringDtype)):
        return None
    present = column.dropna()
    if not len(present) or not all(isinstance(value, str) for value in present.head(1000)):
        return None
    bare = present.astype(str).str.strip()
    bare = bare[bare != ""]  # a cell of blanks holds nothing
    example = str(present.loc[bare.index[0]]) if len(bare) else ""
    found = plain_numbers(bare, ways)
    without = None
    if found is None and len(bare) and (_BEFORE.search(bare.iloc[0]) or _AFTER.search(bare.iloc[0])):
        without = bare.map(lambda text: _AFTER.sub("", _BEFORE.sub(r"\1", text)))
        found = plain_numbers(without, _SUMS)
    if found is None:
        return None
    numbers, decimal = found
    blanks, money = len(present) - len(bare), without is not None
    plain = not money and not blanks and all(bare.map(_PLAIN.fullmatch))
    reading = Reading(str(column.name), column, example, blanks, money, decimal, plain)
    return numbers.reindex(column.index), reading


def plain_numbers(texts: pd.Series, ways: Sequence[_Way] = _MARKS) -> tuple[pd.Series, str] | None:
    """(n,) numbers and their decimal mark where all texts are numbers, written in one way; else None."""
    for pattern, exchange, decimal in ways:
        if len(texts) and all(texts.head(_FIRST_LOOK).map(pattern.fullmatch)) and all(texts.map(pattern.fullmatch)):
            plain = texts.map(lambda text, marks=exchange: text.translate(str.maketrans(marks)))
            return pd.to_numeric(plain), decimal
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

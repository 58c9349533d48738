"""A table as CSV that a spreadsheet of the reader's language opens correctly, and that cannot run anything in it."""

from __future__ import annotations

import csv
import io
import math
from numbers import Integral, Real
from typing import Any

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell of text that starts so is computed by a spreadsheet


def csv_bytes(frame: pd.DataFrame, language: str, continued: bool = False) -> bytes:
    """The table with a header: semicolons and decimal commas in German, commas and points elsewhere; UTF-8 with a mark.

    Numbers keep all their digits. Text that a spreadsheet would take for a formula gets an apostrophe in front.
    `continued`: these are further rows of a file that has its mark and its header.
    """
    german = language == "de"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if german else ",", lineterminator="\r\n")
    if not continued:
        writer.writerow([_guarded(str(name)) for name in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        writer.writerow([_cell(value, german) for value in row])
    return text.getvalue().encode("utf-8" if continued else "utf-8-sig")


def _cell(value: Any, german: bool) -> str:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Integral):
        return str(value)
    if isinstance(value, Real):
        number = "" if math.isnan(value) else repr(float(value))
        return number.replace(".", ",") if german else number
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    return _guarded(str(value))


def _guarded(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text

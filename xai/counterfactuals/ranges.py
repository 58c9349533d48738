"""Ranges as somebody writes them: two ends, one of them perhaps open, of numbers or of dates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xai.codec import days
from xai.errors import QuestionError


def numbers(asked: Any) -> tuple[float, float]:
    """The ends of a range as numbers, infinite where open. QuestionError("not-a-range"), ("range-reversed")."""
    low, high = _ends(asked)
    try:
        ends = (-np.inf if low is None else float(low), np.inf if high is None else float(high))
    except (TypeError, ValueError) as error:
        raise QuestionError("not-a-range", text=str(asked)) from error
    return _in_order(ends, asked)


def dates(asked: Any) -> tuple[float, float]:
    """The ends of a range of dates in days since 1970. QuestionError("not-a-range"), ("range-reversed")."""
    try:
        low, high = (None if end is None else days(pd.Series([pd.Timestamp(end)]))[0] for end in _two_dates(asked))
    except (TypeError, ValueError) as error:
        raise QuestionError("not-a-range", text=str(asked)) from error
    return _in_order((-np.inf if low is None else low, np.inf if high is None else high), asked)


def _ends(asked: Any) -> tuple[Any, Any]:
    """The two ends as they were written: of a pair, or of text "2000:3000"; None for an open end."""
    ends = asked.split(":") if isinstance(asked, str) else asked
    if not isinstance(ends, tuple | list | np.ndarray) or len(ends) != 2:
        raise QuestionError("not-a-range", text=str(asked))
    low, high = (None if end is None or (isinstance(end, str) and not end.strip()) else end for end in ends)
    return low, high


def _two_dates(asked: Any) -> tuple[Any, Any]:
    """Times of day have colons of their own: text is split at its middle one."""
    if not isinstance(asked, str):
        return _ends(asked)
    parts = asked.split(":")
    half = len(parts) // 2
    return _ends([":".join(parts[:half]), ":".join(parts[half:])])


def _in_order(ends: tuple[float, float], asked: Any) -> tuple[float, float]:
    if np.isnan(ends).any():
        raise QuestionError("not-a-range", text=str(asked))
    if ends[0] > ends[1]:
        raise QuestionError("range-reversed", low=f"{ends[0]:g}", high=f"{ends[1]:g}")
    return ends

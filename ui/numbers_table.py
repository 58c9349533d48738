"""The numbers of a result as a table, in the reader's words and format."""

from __future__ import annotations

from numbers import Number
from typing import Any

import pandas as pd
import streamlit as st

from ui import words
from xai.results import Result
from xai.texts import Wording

_MOST_ROWS = 5000  # what a browser shows without stumbling; the download has all of them


def numbers_table(result: Result) -> None:
    """A closed box with the table in it."""
    with st.expander(words.say("frame.page.table"), icon=":material/table:"):
        frame = result.to_frame()
        if len(frame) > _MOST_ROWS:
            st.markdown(words.say("frame.page.table_head", shown=_MOST_ROWS, rows=len(frame)))
        st.dataframe(readable(frame.head(_MOST_ROWS), words.wording()), hide_index=True)


def readable(frame: pd.DataFrame, wording: Wording) -> Any:
    """The frame with translated headings, labels for columns and values, and numbers in the reader's format.

    The numbers stay numbers below, so that sorting sorts them.
    """
    return _named(frame, wording).style.format(lambda cell: _cell(wording, cell), na_rep="–")


def texts(frame: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    """The same as plain text, for a report."""
    named = _named(frame, wording)
    return pd.DataFrame({name: [_cell(wording, cell) for cell in named[name]] for name in named})


def _named(frame: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    named = frame.copy()
    if "column" in frame:
        for heading in ("value", "before", "after", "from", "to"):
            if heading in frame:
                values = zip(frame["column"], frame[heading], strict=True)
                named[heading] = [wording.value(name, value) for name, value in values]
        named["column"] = [wording.column(name) for name in frame["column"]]
    if "metric" in frame:
        named["metric"] = [_known(wording, f"frame.metric.{name}", name) for name in frame["metric"]]
    named.columns = [_heading(wording, str(name)) for name in frame.columns]
    return named


def _heading(wording: Wording, name: str) -> str:
    return _known(wording, f"frame.table.{name}", wording.column(name))


def _known(wording: Wording, key: str, otherwise: str) -> str:
    return wording.say(key) if key in wording.catalogue else otherwise


def _cell(wording: Wording, cell: Any) -> str:
    if isinstance(cell, bool) or not isinstance(cell, Number):
        return str(cell)
    return wording.number(float(cell), 0 if float(cell).is_integer() else 4)  # type: ignore[arg-type]

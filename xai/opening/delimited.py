"""Text tables: which delimiter and which decimal mark, and whether every line fits the header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pandas as pd

from xai.errors import DataError
from xai.limits import limits
from xai.opening.sizes import check_shape
from xai.results import Notice

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 200
_COMMA_NUMBER = re.compile(r"\s*[+-]?\d+,\d+\s*")
_POINT_NUMBER = re.compile(r"\s*[+-]?\d+\.\d+\s*")


@dataclass(frozen=True)
class Layout:
    """How a text table is written."""

    delimiter: str
    decimal: str
    header: tuple[str, ...]


def read_delimited(text: str, tabs: bool = False) -> tuple[pd.DataFrame, Layout, tuple[Notice, ...]]:
    """The table, how it is written, and notices on lines that were filled up.

    `tabs`: the file's name says that tabs separate, which decides between equals.
    Raises DataError "empty-table", "unreadable-table" (line, expected, found), "too-many-columns", "too-many-rows",
    "duplicate-columns".
    """
    layout = layout_of(text, tabs)
    check_header(layout.header)
    check_shape(text.count("\n"), len(layout.header))
    notices = _check_lines(text, layout)
    frame = pd.read_csv(
        io.StringIO(text),
        sep=layout.delimiter,
        decimal=layout.decimal,
        names=range(len(layout.header)),  # the header was read already: pandas would rename equal names
        header=0,
        index_col=False,
        low_memory=False,
    )
    frame.columns = pd.Index(layout.header)
    return frame, layout, notices


def layout_of(text: str, tabs: bool = False) -> Layout:
    """Delimiter, decimal mark and header. The delimiter is the one most lines agree on."""
    if not text.strip():
        raise DataError("empty-table")
    first_choice = ("\t", *DELIMITERS) if tabs else DELIMITERS
    delimiter = max(first_choice, key=lambda candidate: _agreement(text, candidate))
    rows = [record for _, record in islice(_records(text, delimiter), _SAMPLE)]
    return Layout(delimiter, _decimal(rows[1:], delimiter), tuple(rows[0]))


def check_header(header: tuple[str, ...]) -> None:
    """Raise DataError where the header cannot name columns."""
    if len(header) > limits().table_columns:
        raise DataError("too-many-columns", columns=len(header), limit=limits().table_columns)
    bare = [name.strip() for name in header if name.strip()]
    twice = sorted({name for name in bare if bare.count(name) > 1})
    if twice:
        raise DataError("duplicate-columns", columns=", ".join(twice))


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line number, fields) of every line that is not empty, as pandas sees them.

    A field beyond Python's limit of 128 kB is an error: no table has such values, a stray quote makes them.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            if record and (len(record) > 1 or record[0].strip()):
                yield reader.line_num, record
    except csv.Error as error:
        raise DataError("unreadable-line", line=reader.line_num, said=str(error)) from error


def _agreement(text: str, delimiter: str) -> tuple[float, int]:
    """Share of the sample's lines with as many fields as the header (0 where it has only one), and how many."""
    try:
        widths = [len(record) for _, record in islice(_records(text, delimiter), _SAMPLE)]
    except DataError:
        return 0.0, 0
    if not widths or widths[0] < 2:
        return 0.0, 0
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]


def _decimal(rows: list[list[str]], delimiter: str) -> str:
    if delimiter == ",":
        return "."
    fields = [field for row in rows for field in row]
    commas = sum(bool(_COMMA_NUMBER.fullmatch(field)) for field in fields)
    return "," if commas > sum(bool(_POINT_NUMBER.fullmatch(field)) for field in fields) else "."


def _check_lines(text: str, layout: Layout) -> tuple[Notice, ...]:
    """pandas would fill short lines with missing values and say nothing."""
    width, short, first = len(layout.header), 0, 0
    for line, record in _records(text, layout.delimiter):
        if len(record) > width:
            raise DataError("unreadable-table", line=line, expected=width, found=len(record))
        if len(record) < width:
            short, first = short + 1, first or line
    return (Notice("short-lines", {"count": short, "line": first}),) if short else ()

"""From a data file to a table: delimiter, decimal mark and encoding are detected, and what was assumed is said."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from xai.errors import DataError, OpeningError
from xai.limits import MEGABYTE, limits
from xai.opening.cells import Reading, known_types, numbers_from_text
from xai.opening.containers import compressed, looks_like_text, size_text, sniff, unpack
from xai.opening.delimited import check_header, read_delimited
from xai.opening.encodings import decode
from xai.opening.native import formats
from xai.opening.reading import load_bytes
from xai.opening.scanning import scan
from xai.opening.sizes import check_archive, check_cells, check_feather, check_parquet, check_shape, check_workbook
from xai.opening.skops_files import SCHEMA
from xai.results import Notice

# A typed file says itself what is a number; in the others text may be one.
_UNTYPED = ("csv", "tsv", "excel")


@dataclass(frozen=True)
class Table:
    """A data file as a frame (n rows, m columns), and how it was read."""

    frame: pd.DataFrame
    format: str  # "csv", "tsv", "parquet", "feather", "excel", "json", "json lines"
    encoding: str | None
    delimiter: str | None
    decimal: str | None
    notices: tuple[Notice, ...]
    sha256: str
    readings: tuple[Reading, ...] = ()  # columns of text that were read as numbers, and their texts


@dataclass(frozen=True)
class _Read:
    """One format's answer."""

    frame: pd.DataFrame
    format: str
    notices: tuple[Notice, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None


def read_table(source: bytes | Path, name: str | None = None, narrow: bool = False) -> Table:
    """Read CSV, TSV (also .gz or .zip), Parquet, Feather, Excel, JSON records or JSON lines.

    `narrow`: a single column is enough for the model; else it is a sign of a delimiter that was not recognised.
    Raises DataError: "no-such-file", "empty-table", "one-column-table", "too-many-columns",
    "unreadable-table" (line, expected, found), "unreadable-line", "unreadable-file" (format, said),
    "too-large", "unpacks-too-large", "too-many-rows", "cell-too-large", "unsafe-workbook", "truncated-file",
    "zero-bytes", "unknown-encoding",
    "pickled-table", "model-as-table", "not-a-table" (with what it is), "old-excel".
    """
    try:
        data, name = load_bytes(source, name)
    except OpeningError as error:
        raise DataError(error.code, **error.facts) from error
    if len(data) > limits().table_unpacked_bytes:
        limit = f"{limits().table_unpacked_bytes // MEGABYTE} MB"
        raise DataError("too-large", size=size_text(len(data)), limit=limit)
    read = _read(data, name, packed=False)
    frame, renamed = _bare_names(read.frame)
    _check(frame, least=1 if narrow else 2)
    frame = known_types(frame.reset_index(drop=True))
    frame, readings = numbers_from_text(frame, read.decimal) if read.format in _UNTYPED else (frame, ())
    digest = hashlib.sha256(data).hexdigest()
    notices = (*read.notices, *renamed)
    return Table(frame, read.format, read.encoding, read.delimiter, read.decimal, notices, digest, readings)


def _read(data: bytes, name: str, packed: bool) -> _Read:
    kind = sniff(data)
    if compressed(kind) and not packed:
        return _read(unpack(data, kind, DataError, limits().table_unpacked_bytes), name, packed=True)
    if (model := formats.format_of(data)) is not None:
        raise DataError("model-as-table", found=model)
    if kind == "zip":
        return _read_archive(data, name, packed)
    if kind in ("Parquet", "Feather"):
        return _read_arrow(data, kind)
    if kind == "pickle":
        raise _pickled(data)
    if kind == "empty":
        raise DataError("empty-table")
    if kind == "OLE":
        raise DataError("old-excel")
    if kind not in ("text", "binary"):
        names = {"git-lfs": "Git LFS", "html": "HTML"}
        raise DataError("not-a-table", found=names.get(kind, kind))
    if kind == "binary" and not looks_like_text(data[:512].replace(b"\x00", b"")):
        raise DataError("not-a-table", found=f"Bytes {data[:4].hex(' ')} …")
    return _read_text(data, name)


def _pickled(data: bytes) -> DataError:
    """A table that was pickled, or a model in the wrong place. Nothing of it is executed."""
    try:
        seen = scan(data)
    except OpeningError:
        return DataError("pickled-table")
    if seen.holds_model:
        return DataError("model-as-table", found=seen.top_class.rsplit(".", 1)[-1])
    return DataError("pickled-table")


def _read_text(data: bytes, name: str) -> _Read:
    text, encoding, notices = decode(data)
    start = text.lstrip()[:1]
    if start in ("[", "{") and (found := _json(text)) is not None:
        return _Read(_records(found[0]), found[1], notices, encoding)
    tabs = ".tsv" in name.lower()
    frame, layout, more = read_delimited(text, tabs)
    form = "tsv" if layout.delimiter == "\t" else "csv"
    return _Read(frame, form, (*notices, *more), encoding, layout.delimiter, layout.decimal)


def _json(text: str) -> tuple[Any, str] | None:
    """Records of a JSON list, or one per line; None where the text is something else that begins with a bracket."""
    try:
        found = json.loads(text)
        return (found, "json") if isinstance(found, list) else ([found], "json")
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()], "json lines"
    except ValueError as error:
        if text.lstrip().startswith(('[{"', '{"')):
            raise DataError("unreadable-file", format="JSON", said=_first_line(error)) from error
        return None


def _records(found: list[Any]) -> pd.DataFrame:
    """A frame of flat records; {"column": [values]} also counts as a table."""
    if len(found) == 1 and isinstance(found[0], dict) and all(isinstance(v, list) for v in found[0].values()):
        lengths = {len(values) for values in found[0].values()}
        if len(lengths) == 1:
            return pd.DataFrame(found[0])
    if not all(isinstance(record, dict) for record in found):
        raise DataError("not-a-table", found="JSON")
    nested = {key for record in found for key, value in record.items() if isinstance(value, list | dict)}
    if nested:
        raise DataError("nested-table", columns=", ".join(sorted(map(str, nested))))
    return pd.DataFrame(found)


def _read_arrow(data: bytes, kind: str) -> _Read:
    """Parquet and Feather. What they will take in memory is asked before it is taken."""
    try:
        if kind == "Parquet":
            check_header(check_parquet(data))
            frame = pd.read_parquet(io.BytesIO(data))
        else:
            check_feather(data)
            frame = pd.read_feather(io.BytesIO(data))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError("unreadable-file", format=kind, said=_first_line(error)) from error
    named = [name for name in frame.index.names if name is not None]
    return _Read(frame.reset_index() if named else frame, kind.lower())


def _read_archive(data: bytes, name: str, packed: bool) -> _Read:
    """Excel workbooks are zip archives; otherwise an archive may hold one file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            workbook = any(member.filename == "xl/workbook.xml" for member in members)
            check_archive(members, len(data), limits().archive_ratio if workbook else limits().unpacked_ratio)
            if workbook:
                check_workbook(archive)
                return _read_excel(data)
            # macOS adds a folder of its own to every archive
            if any(member.filename == SCHEMA for member in members):
                raise DataError("model-as-table", found="skops")
            files = [member for member in members if not member.filename.startswith("__MACOSX/")]
            if len(files) != 1 or packed:
                raise DataError("not-a-table", found=f"ZIP ({', '.join(file.filename for file in files[:5])})")
            inner = archive.read(files[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise DataError("truncated-file", size=size_text(len(data))) from error
    return _read(inner, files[0].filename, packed=True)


def _read_excel(data: bytes) -> _Read:
    try:
        with pd.ExcelFile(io.BytesIO(data), engine="openpyxl") as book:
            sheets = [str(sheet) for sheet in book.sheet_names]
            cells = pd.read_excel(book, sheet_name=sheets[0], header=None)
    # openpyxl raises many kinds of errors on damaged workbooks
    except (ValueError, KeyError, TypeError, OSError, AttributeError, zipfile.BadZipFile) as error:
        raise DataError("unreadable-file", format="Excel", said=_first_line(error)) from error
    if not len(cells):
        raise DataError("empty-table")
    header = tuple("" if pd.isna(cell) else str(cell) for cell in cells.iloc[0])
    check_header(header)
    frame = cells.iloc[1:].set_axis(list(header), axis="columns").infer_objects()
    several = (Notice("several-sheets", {"sheet": sheets[0], "count": len(sheets)}),) if len(sheets) > 1 else ()
    return _Read(frame, "excel", several)


def _bare_names(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Notice, ...]]:
    """Names as text without blanks around them; columns without a name, or with another's, are called as in pandas."""
    before = [str(name) for name in frame.columns]
    after = [name.replace("\ufeff", "").strip() or f"Unnamed: {place}" for place, name in enumerate(before)]
    blanks = [new for old, new in zip(before, after, strict=True) if old != new and old.strip()]
    notices = [Notice("names-trimmed", {"columns": ", ".join(blanks), "count": len(blanks)})] if blanks else []
    told_apart = _told_apart(after)
    again = [new for old, new in zip(after, told_apart, strict=True) if old != new]
    if again:
        notices.append(Notice("names-repeated", {"columns": ", ".join(again), "count": len(again)}))
    return frame.set_axis(told_apart, axis="columns"), tuple(notices)


def _told_apart(names: list[str]) -> list[str]:
    """The second "a" becomes "a.1", as pandas has it: a model that was trained on this file knows it so."""
    told, taken, counts = [], set(names), dict[str, int]()
    for name in names:
        number = counts.get(name, -1) + 1
        new = name if not number else f"{name}.{number}"
        while number and new in taken:
            number += 1
            new = f"{name}.{number}"
        counts[name] = number
        taken.add(new)
        told.append(new)
    return told


def _check(frame: pd.DataFrame, least: int) -> None:
    check_header(tuple(frame.columns))
    check_shape(*frame.shape)
    check_cells(frame)
    if not len(frame):
        raise DataError("empty-table")
    if frame.shape[1] < least:
        raise DataError("one-column-table", column=str(frame.columns[0]) if frame.shape[1] else "–")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]

"""Tables that would fill the memory, hang the reader or run something: refused before they are parsed."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from assembling import Trap

if TYPE_CHECKING:
    from conftest import Opener

MEGABYTE = 1 << 20
TYPE_DEFINITION = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet>&a;</worksheet>'


def workbook(**members: bytes) -> bytes:
    stream = io.BytesIO()
    pd.DataFrame({"a": [1, 2], "b": [3, 4]}).to_excel(stream, index=False)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"xl/{name}.xml", content)
    return stream.getvalue()


def many_members() -> bytes:
    return workbook(**{f"part{place}": b"<x/>" for place in range(1_500)})


def packed_rows() -> bytes:
    return gzip.compress(b"a,b\n" + b"1,2\n" * 20_000_000, 6)


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def repeated_texts() -> bytes:
    """250 MB of text that the file keeps once."""
    rows = 250_000
    words = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array(["x" * 1_000]))
    return parquet(pa.table({"a": words.cast(pa.string()), "b": np.zeros(rows)}))


def long_cell() -> bytes:
    return parquet(pa.table({"a": ["x" * (2 * MEGABYTE), "y"], "b": [1, 2]}))


def broken_offsets() -> bytes:
    """The second text claims to begin a gigabyte after the first."""
    stream = io.BytesIO()
    pyarrow.feather.write_feather(pa.table({"a": ["p", "q"], "b": [7, 8]}), stream, compression="uncompressed")
    offsets = struct.pack("<3i", 0, 1, 2)
    assert stream.getvalue().count(offsets) == 1
    return stream.getvalue().replace(offsets, struct.pack("<3i", 0, 1 << 30, (1 << 30) + 1))


TABLES: dict[str, tuple[Callable[[Path], bytes], tuple[str, ...]]] = {
    "pickled": (lambda m: pickle.dumps(Trap(m)), ("pickled-table",)),
    "pickled_and_packed": (lambda m: gzip.compress(pickle.dumps(Trap(m))), ("pickled-table",)),
    "workbook_bomb": (lambda m: workbook(bomb=bytes(100 * MEGABYTE)), ("unpacks-too-large",)),
    "workbook_of_entities": (lambda m: workbook(part=TYPE_DEFINITION), ("unsafe-workbook",)),
    "workbook_of_entities_in_utf_16": (
        lambda m: workbook(part=TYPE_DEFINITION.decode().encode("utf-16")), ("unsafe-workbook",)
    ),
    "workbook_of_many_parts": (lambda m: many_members(), ("unpacks-too-large",)),
    "csv_bomb": (lambda m: packed_rows(), ("unpacks-too-large", "too-many-rows")),
    "csv_in_csv": (lambda m: gzip.compress(gzip.compress(b"a,b\n1,2\n")), ("not-a-table",)),
    "million_columns": (lambda m: b",".join(b"c%d" % k for k in range(10**6)) + b"\n", ("too-many-columns",)),
    "million_columns_in_parquet": (
        lambda m: parquet(pa.table({f"c{k}": [1] for k in range(3_000)})), ("too-many-columns",)
    ),
    "rows_in_parquet": (lambda m: parquet(pa.table(dict.fromkeys("ab", np.zeros(9_000_000)))), ("too-many-rows",)),
    "texts_in_parquet": (lambda m: repeated_texts(), ("unpacks-too-large",)),
    "cell": (lambda m: long_cell(), ("cell-too-large",)),
    "cell_in_csv": (lambda m: b"a,b\n" + b"x" * (2 * MEGABYTE) + b",1\n", ("unreadable-line",)),
    "offsets_in_feather": (lambda m: broken_offsets(), ("unreadable-file",)),
    "zero_bytes": (lambda m: b"a,b\n1,\x002\n", ("zero-bytes",)),
    "rows": (lambda m: b"a,b\n" + b"1,2\n" * 3_000_000, ("too-many-rows",)),
    "archive_bomb": (lambda m: _archive(bytes(64 * MEGABYTE)), ("unpacks-too-large",)),
    "not_a_workbook": (lambda m: workbook()[:-200], ("truncated-file", "unreadable-file")),
}  # fmt: skip


def _archive(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", content)
    return stream.getvalue()


@pytest.mark.parametrize("name", TABLES)
def test_a_hostile_table_is_refused(name: str, opener: Opener, tmp_path: Path) -> None:
    make, codes = TABLES[name]
    marker, path = tmp_path / "marker", tmp_path / "table"
    path.write_bytes(make(marker))
    answer = opener.open(path, table=True)
    assert not marker.exists()
    assert answer["code"] in codes, answer


def test_an_ordinary_workbook_opens(opener: Opener, tmp_path: Path) -> None:
    (tmp_path / "table").write_bytes(workbook())
    assert opener.open(tmp_path / "table", table=True)["code"] == "opened"

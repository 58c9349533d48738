"""How large a table may become, told from what its file says before anything of it is parsed."""

from __future__ import annotations

import io
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather
import pyarrow.parquet as pq

from xai.errors import DataError
from xai.limits import MEGABYTE, limits
from xai.opening.containers import size_text

_CHUNK = MEGABYTE
_TYPE_DEFINITION = b"<!DOCTYPE"


def check_shape(rows: int, columns: int) -> None:
    """Raises DataError "too-many-rows", also where only rows times columns are too many."""
    most = min(limits().table_rows, limits().table_cells // max(columns, 1))
    if rows > most:
        raise DataError("too-many-rows", rows=rows, limit=most)


def check_unpacked(size: int, packed: int) -> None:
    """Raises DataError "unpacks-too-large"."""
    if size > limits().table_unpacked_bytes:
        raise _too_large(packed, limits().table_unpacked_bytes)


def check_archive(members: list[zipfile.ZipInfo], packed: int, ratio: int) -> None:
    """What the directory of a zip archive tells. Raises DataError "unpacks-too-large"."""
    most = min(limits().table_unpacked_bytes, max(packed * ratio, limits().unpacked_always))
    if sum(member.file_size for member in members) > most or len(members) > limits().archive_members:
        raise _too_large(packed, most)


def check_workbook(archive: zipfile.ZipFile) -> None:
    """No part defines a document type, through which a short text could stand for an endless one.

    Raises DataError "unsafe-workbook".
    """
    for member in archive.infolist():
        with archive.open(member) as stream:
            before = b""
            while chunk := stream.read(_CHUNK):
                # the zero bytes of UTF-16 stand between the letters
                if _TYPE_DEFINITION in (before + chunk).replace(b"\x00", b"").upper():
                    raise DataError("unsafe-workbook", member=member.filename[:100])
                before = chunk[-2 * len(_TYPE_DEFINITION) :]


def check_parquet(data: bytes) -> tuple[str, ...]:
    """The columns' names. Rows, columns and sizes come from the file's own account of itself.

    Raises DataError "too-many-rows", "unpacks-too-large", pa.ArrowException.
    """
    about = pq.read_metadata(io.BytesIO(data))
    check_shape(about.num_rows, about.num_columns)
    check_unpacked(sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups)), len(data))
    schema = about.schema.to_arrow_schema()
    texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
    if texts:
        _check_texts(pq.read_table(io.BytesIO(data), columns=texts, read_dictionary=texts), len(data))
    return tuple(schema.names)


def _check_texts(table: pa.Table, packed: int) -> None:
    """Repeated texts are kept once in the file, but once per row in memory."""
    total = 0
    for column in table.columns:
        for chunk in column.chunks:
            if pa.types.is_dictionary(chunk.type):
                lengths = pc.binary_length(chunk.dictionary)
                total += pc.sum(lengths.take(chunk.indices)).as_py() or 0
            else:
                total += chunk.nbytes
    check_unpacked(total, packed)


def check_feather(data: bytes) -> None:
    """Arrow's offsets are looked at before anything follows them. Raises DataError, pa.ArrowException."""
    table = pyarrow.feather.read_table(io.BytesIO(data))
    check_shape(table.num_rows, table.num_columns)
    table.validate(full=True)
    check_unpacked(table.nbytes, len(data))


def check_cells(frame: pd.DataFrame) -> None:
    """Raises DataError "cell-too-large"."""
    for name, column in frame.items():
        if not (column.dtype == object or isinstance(column.dtype, pd.StringDtype)):
            continue
        longest = max((len(value) for value in column.array if isinstance(value, str | bytes)), default=0)
        if longest > limits().cell_bytes:
            limit = size_text(limits().cell_bytes)
            raise DataError("cell-too-large", column=str(name)[:100], size=size_text(longest), limit=limit)


def _too_large(packed: int, most: int) -> DataError:
    return DataError("unpacks-too-large", size=size_text(packed), limit=f"{most // MEGABYTE} MB")

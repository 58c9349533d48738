"""First moment of opening: what is this file? Nothing in it is executed."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import Path

from xai.contents import FileFacts, Format
from xai.errors import OpeningError
from xai.limits import MEGABYTE, limits
from xai.opening import foreign
from xai.opening.containers import compressed, size_text, sniff, unpack
from xai.opening.native import formats
from xai.opening.scanning import Scan, scan
from xai.opening.skops_files import SCHEMA, schema_of
from xai.opening.skops_scanning import scan_skops

__all__ = ["FileFacts", "load_bytes", "read_model_file"]


def load_bytes(source: bytes | Path, name: str | None) -> tuple[bytes, str]:
    """The bytes and the file's name. Raises OpeningError "no-such-file"."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), name or ""
    try:
        return source.read_bytes(), name or source.name
    except OSError as error:
        raise OpeningError("no-such-file", file=str(source)) from error


def read_model_file(data: bytes, name: str = "") -> tuple[FileFacts, bytes]:
    """The facts of a model file, and its unpacked bytes.

    Raises OpeningError: "too-large", "unpacks-too-large", "truncated-file", "damaged-file", "tampered-file",
    "too-deep", and what `foreign` says about files that hold no model.
    """
    if len(data) > limits().unpacked_bytes:
        limit = f"{limits().unpacked_bytes // MEGABYTE} MB"
        raise OpeningError("too-large", size=size_text(len(data)), limit=limit)
    kind = sniff(data)
    if kind == "zip":
        return _read_archive(data, name)
    packing = kind if compressed(kind) else None
    raw = unpack(data, kind) if packing else data
    if (native := formats.format_of(raw)) is not None:
        return _facts(name, native, data, packing, formats.look(native, raw)), raw
    inner = sniff(raw) if packing else kind
    if inner != "pickle":
        raise foreign.refusal(inner, raw)
    return _facts(name, "joblib" if b"NumpyArrayWrapper" in raw else "pickle", data, packing, scan(raw)), raw


def _facts(name: str, form: Format, data: bytes, packing: str | None, seen: Scan) -> FileFacts:
    own = {"scikit-learn": ", ".join(seen.versions)} if seen.versions else {}
    return FileFacts(
        name=name,
        format=form,
        size=len(data),
        compression=packing,
        saved_with={**own, **seen.libraries},
        top_class=seen.top_class,
        globals=seen.globals,
        columns=seen.columns,
        sha256=hashlib.sha256(data).hexdigest(),
        keys=seen.keys,
        trailing=seen.trailing,
        versions=seen.versions,
        structure=seen.structure,
        classes=seen.classes,
        column_count=seen.column_count,
        target=seen.target,
        entries=seen.entries,
        eras=seen.eras,
        own_code=seen.own_code,
        holds_model=seen.holds_model,
    )


def _read_archive(data: bytes, name: str) -> tuple[FileFacts, bytes]:
    """skops files are zip archives with a schema; every other archive is something else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member.filename for member in archive.infolist()]
            if SCHEMA not in members:
                raise foreign.archive(members)
            seen = _scan_skops(archive, len(data))
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError, zlib.error) as damage:
        raise OpeningError("truncated-file", size=size_text(len(data))) from damage
    return _facts(name, "skops", data, None, seen), data


def _scan_skops(archive: zipfile.ZipFile, size: int) -> Scan:
    try:
        return scan_skops(schema_of(archive, size), archive)
    except RecursionError as error:
        raise OpeningError("too-deep", limit=limits().nesting) from error
    except (AttributeError, KeyError, TypeError, ValueError) as damage:
        raise OpeningError("damaged-file", size=size_text(size)) from damage

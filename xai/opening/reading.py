"""First moment of opening: what is this file? Nothing in it is executed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from xai.errors import OpeningError
from xai.limits import MEGABYTE, limits
from xai.opening.containers import compressed, size_text, sniff, unpack
from xai.opening.scanning import Scan, scan, version_key
from xai.opening.skops_files import FIXED, SCHEMA, nodes, schema_of

Format = Literal["joblib", "pickle", "skops"]
# What zip archives of other programs contain.
_ZIP_KINDS = (("xl/workbook.xml", "Excel"), ("/data.pkl", "PyTorch"), ("config.json", "Keras"), (".npy", "NumPy"))


@dataclass(frozen=True)
class FileFacts:
    """What a model file says about itself."""

    name: str
    format: Format
    size: int  # bytes, as given
    compression: str | None  # "gzip", "zlib", "bz2", "xz", "lzma", "lz4"
    saved_with: Mapping[str, str]  # {"scikit-learn": "1.6.1"}; several versions: oldest first, comma separated
    top_class: str
    globals: tuple[str, ...]  # "module:name"
    columns: tuple[str, ...] | None
    sha256: str
    keys: tuple[str, ...] = ()  # of a dictionary at the top
    trailing: int = 0  # bytes after the end of the first pickle
    versions: tuple[str, ...] = field(default=(), repr=False)  # scikit-learn, oldest first


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

    Raises OpeningError: "empty-file", "git-lfs-pointer", "html-page", "not-a-model" (with what it is), "too-large",
    "unpacks-too-large", "truncated-file", "damaged-file", "tampered-file", "too-deep", "missing-package" (to unpack).
    """
    if len(data) > limits().unpacked_bytes:
        limit = f"{limits().unpacked_bytes // MEGABYTE} MB"
        raise OpeningError("too-large", size=size_text(len(data)), limit=limit)
    kind = sniff(data)
    if kind == "zip":
        return _read_archive(data, name)
    packing = kind if compressed(kind) else None
    raw = unpack(data, kind) if packing else data
    inner = sniff(raw) if packing else kind
    _refuse(inner, data if not packing else raw)
    seen = scan(raw)
    return _facts(name, "joblib" if b"NumpyArrayWrapper" in raw else "pickle", data, packing, seen), raw


def _refuse(kind: str, data: bytes) -> None:
    """Everything that is not a pickle, by its name."""
    if kind == "pickle":
        return
    if kind == "empty":
        raise OpeningError("empty-file")
    if kind == "git-lfs":
        raise OpeningError("git-lfs-pointer", size=size_text(len(data)))
    if kind == "html":
        raise OpeningError("html-page")
    names = {"text": "Text", "zip": "ZIP", "OLE": "Office", "binary": f"Bytes {data[:4].hex(' ')} …"}
    raise OpeningError("not-a-model", found=names.get(kind, kind))


def _facts(name: str, form: Format, data: bytes, packing: str | None, seen: Scan) -> FileFacts:
    return FileFacts(
        name=name,
        format=form,
        size=len(data),
        compression=packing,
        saved_with={"scikit-learn": ", ".join(seen.versions)} if seen.versions else {},
        top_class=seen.top_class,
        globals=seen.globals,
        columns=seen.columns,
        sha256=hashlib.sha256(data).hexdigest(),
        keys=seen.keys,
        trailing=seen.trailing,
        versions=seen.versions,
    )


def _read_archive(data: bytes, name: str) -> tuple[FileFacts, bytes]:
    """skops files are zip archives with a schema; every other archive is something else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if SCHEMA not in [member.filename for member in members]:
                raise OpeningError("not-a-model", found=_archive_kind([member.filename for member in members]))
            schema = schema_of(archive, len(data))
    except (zipfile.BadZipFile, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error) as damage:
        raise OpeningError("truncated-file", size=size_text(len(data))) from damage
    try:
        seen = _scan_schema(schema)
    except (AttributeError, KeyError, TypeError, ValueError) as damage:
        raise OpeningError("damaged-file", size=size_text(len(data))) from damage
    return _facts(name, "skops", data, None, seen), data


def _archive_kind(names: list[str]) -> str:
    return next((kind for ending, kind in _ZIP_KINDS if any(name.endswith(ending) for name in names)), "ZIP")


def _scan_schema(schema: Mapping[str, Any]) -> Scan:
    found = [node for node in nodes(schema) if isinstance(node.get("__class__"), str)]
    names = {f"{node['__module__']}:{node['__class__']}" for node in found if node["__loader__"] not in FIXED}
    stated = (node["content"].get("content", {}).get("_sklearn_version") for node in found if _has_state(node))
    versions = {json.loads(version["content"]) for version in stated if isinstance(version, dict)}
    return Scan(
        top_class=f"{schema.get('__module__', '?')}.{schema.get('__class__', '?')}",
        globals=tuple(sorted(names)),
        versions=tuple(sorted(versions, key=version_key)),
        columns=None,
        keys=(),
        trailing=0,
    )


def _has_state(node: Mapping[str, Any]) -> bool:
    return isinstance(node.get("content"), dict) and isinstance(node["content"].get("content"), dict)

"""First moment of opening: what is this file? Nothing in it is executed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from xai.errors import OpeningError
from xai.opening.containers import MAX_UNPACKED, MEGABYTE, compressed, size_text, sniff, unpack
from xai.opening.scanning import Scan, scan, version_key

Format = Literal["joblib", "pickle", "skops"]
_SKOPS_SCHEMA = "schema.json"
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
    "truncated-file", "damaged-file", "missing-package" (to unpack it).
    """
    if len(data) > MAX_UNPACKED:
        raise OpeningError("too-large", size=size_text(len(data)), limit=f"{MAX_UNPACKED // MEGABYTE} MB")
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
            if _SKOPS_SCHEMA not in [member.filename for member in members]:
                raise OpeningError("not-a-model", found=_archive_kind([member.filename for member in members]))
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                limit = f"{MAX_UNPACKED // MEGABYTE} MB"
                raise OpeningError("too-large", size=f"> {limit}", limit=limit)
            schema = json.loads(archive.read(_SKOPS_SCHEMA))
    except (zipfile.BadZipFile, EOFError, ValueError) as damage:
        raise OpeningError("truncated-file", size=size_text(len(data))) from damage
    return _facts(name, "skops", data, None, _scan_schema(schema)), data


def _archive_kind(names: list[str]) -> str:
    return next((kind for ending, kind in _ZIP_KINDS if any(name.endswith(ending) for name in names)), "ZIP")


def _scan_schema(schema: Mapping[str, Any]) -> Scan:
    nodes = list(_nodes(schema))
    names = {f"{node['__module__']}:{node['__class__']}" for node in nodes}
    stated = (node["content"].get("content", {}).get("_sklearn_version") for node in nodes if _has_state(node))
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


def _nodes(tree: Any) -> Iterator[Mapping[str, Any]]:
    """All nodes of a skops schema that name a class."""
    waiting = [tree]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, dict):
            if isinstance(thing.get("__module__"), str) and isinstance(thing.get("__class__"), str):
                yield thing
            waiting.extend(thing.values())
        elif isinstance(thing, list):
            waiting.extend(thing)

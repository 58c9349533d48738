"""What kind of file some bytes are, and what is inside their compression: by content, never by file name."""

from __future__ import annotations

import bz2
import codecs
import lzma
import zlib
from collections.abc import Callable
from typing import Any

from xai.errors import KlartextError, OpeningError
from xai.limits import MEGABYTE, limits

_CHUNK = 4 * MEGABYTE

_COMPRESSED = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x5d\x00\x00", "lzma"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"x\x01", "zlib"),
    (b"x\x5e", "zlib"),
    (b"x\x9c", "zlib"),
    (b"x\xda", "zlib"),
)
# Names of formats are the same in every language, so they can stand in a sentence as they are.
_KNOWN = (
    (b"PAR1", "Parquet"),
    (b"ARROW1", "Feather"),
    (b"FEA1", "Feather"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x89HDF", "HDF5"),
    (b"\x93NUMPY", "NumPy"),
    (b"\xd0\xcf\x11\xe0", "OLE"),
    (b"\x7fELF", "ELF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"SQLite format 3", "SQLite"),
    (b"CBM1", "CatBoost"),
    (b"ZF", "joblib < 0.10"),
)
_AMBIGUOUS = ("bz2", "zlib", "joblib < 0.10")  # their marks are letters
_PAGE_STARTS = (b"<!doctype html", b"<html", b"<head", b"<?xml")
LFS_POINTER = b"version https://git-lfs"


def sniff(data: bytes) -> str:
    """The kind of file: "empty", "git-lfs", "html", "zip", "pickle", "text", a compression, or the name of a format."""
    if not data:
        return "empty"
    head = data[:512]
    if head.startswith(LFS_POINTER):
        return "git-lfs"
    if head.lstrip().lower().startswith(_PAGE_STARTS):
        return "html"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    for magic, name in _COMPRESSED + _KNOWN:
        if head.startswith(magic) and not (name in _AMBIGUOUS and _plain(head)):
            return name
    return "pickle" if looks_pickled(data) else "text" if looks_like_text(head) else "binary"


def compressed(kind: str) -> bool:
    return any(kind == name for _, name in _COMPRESSED)


def looks_pickled(data: bytes) -> bool:
    """Protocol 2 and later say so; 0 and 1 begin with one of few opcodes and, when whole, end in a stop."""
    if data[:1] == b"\x80" and len(data) > 1 and data[1] <= 5:
        return True
    old = data[:1] in (b"c", b"(", b"]", b"}") and (b"\n" in data[:400] or b"q\x00" in data[:400])
    return old and data.rstrip(b"\r\n")[-1:] == b"." and (data[:1] != b"c" or _imports_first(data))


def _imports_first(data: bytes) -> bool:
    names = data[1:400].split(b"\n")[:2]
    return len(names) == 2 and all(name.replace(b".", b"").replace(b"_", b"").isalnum() for name in names)


def unpack(data: bytes, kind: str, error: type[KlartextError] = OpeningError, limit: int | None = None) -> bytes:
    """What is inside a compressed file, at most `limit` bytes of it, and no more than a real file shrinks by.

    Raises `error` with "unpacks-too-large", "truncated-file" (ends early or is damaged), "tampered-file" (something
    else follows, or it is packed twice), "missing-package" (lz4 without its library).
    """
    most = limits().unpacked_bytes if limit is None else limit
    most = min(most, max(len(data) * limits().unpacked_ratio, limits().unpacked_always))
    reader = _decompressor(kind, error)
    out = bytearray()
    rest = data
    try:
        while not reader.eof:
            chunk = reader.decompress(rest, _CHUNK)
            rest = getattr(reader, "unconsumed_tail", b"")
            out += chunk
            if len(out) > most:
                raise error("unpacks-too-large", size=size_text(len(data)), limit=f"{most // MEGABYTE} MB")
            if not chunk and not rest and getattr(reader, "needs_input", True):
                raise error("truncated-file", size=size_text(len(data)))
    except (zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError) as damage:
        raise error("truncated-file", size=size_text(len(data))) from damage
    if reader.unused_data:
        raise error("tampered-file", found=f"{len(reader.unused_data)} B + {kind}")
    return bytes(out)


def _decompressor(kind: str, error: type[KlartextError]) -> Any:
    if kind == "lz4":
        try:
            from lz4.frame import LZ4FrameDecompressor
        except ImportError as missing:
            raise error("missing-package", package="lz4", needed="lz4") from missing
        return LZ4FrameDecompressor()
    makers: dict[str, Callable[[], Any]] = {
        "gzip": lambda: zlib.decompressobj(31),
        "zlib": lambda: zlib.decompressobj(15),
        "bz2": bz2.BZ2Decompressor,
        "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=256 * MEGABYTE),
        "lzma": lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=256 * MEGABYTE),
    }
    return makers[kind]()


def _plain(head: bytes) -> bool:
    """Text may begin like a compressed file ("x^2,y,…"), but nothing compressed is UTF-8 without control codes."""
    try:
        # incremental: the head may end in the middle of a letter
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not any(character < " " and character not in "\t\r\n\f" for character in text)


def size_text(size: int) -> str:
    """A file size for people: "134 B", "12 kB", "3 MB"."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.0f} MB"


def looks_like_text(head: bytes) -> bool:
    """Hardly any control characters; text in UTF-16 announces itself."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\x00" in head:
        return False
    printable = sum(byte >= 32 or byte in b"\t\r\n\f" for byte in head)
    return printable > 0.95 * len(head)

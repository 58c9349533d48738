"""JSON and UBJSON read strictly: no key twice, no length that the file does not hold, no endless nesting.

https://ubjson.org; XGBoost writes typed arrays with a count, big-endian.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from xai.errors import OpeningError
from xai.opening.containers import size_text
from xai.opening.opcodes import tampered

_DEEPEST = 40
_NUMBERS = {
    b"i": np.dtype("i1"),
    b"U": np.dtype("u1"),
    b"I": np.dtype(">i2"),
    b"u": np.dtype(">u2"),
    b"l": np.dtype(">i4"),
    b"m": np.dtype(">u4"),
    b"L": np.dtype(">i8"),
    b"M": np.dtype(">u8"),
    b"d": np.dtype(">f4"),
    b"D": np.dtype(">f8"),
}
_WORDS = {b"T": True, b"F": False, b"Z": None}


def read_json(raw: bytes) -> Any:
    """What the bytes say. Raises OpeningError "damaged-file", "too-deep", "tampered-file" (a key twice)."""
    try:
        return json.loads(raw, object_pairs_hook=_unique)
    except RecursionError as error:
        raise OpeningError("too-deep", limit=_DEEPEST) from error
    except ValueError as error:
        ended = isinstance(error, json.JSONDecodeError) and error.pos >= len(error.doc.rstrip()) - 1
        raise OpeningError("truncated-file" if ended else "damaged-file", size=size_text(len(raw))) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise tampered("JSON: a key twice")
    return found


def read_ubjson(raw: bytes) -> Any:
    """The same for UBJSON; typed arrays come out as NumPy's."""
    reader = _Reader(raw)
    try:
        found = reader.value(reader.take(1), 0)
    except (IndexError, struct.error, UnicodeDecodeError, ValueError, TypeError) as error:
        raise OpeningError("damaged-file", size=size_text(len(raw))) from error
    if reader.place != len(raw):
        raise tampered(f"UBJSON: {len(raw) - reader.place} B more")
    return found


class _Reader:
    """A place in the bytes that only moves on."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.place = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.place + count > len(self.raw):
            raise OpeningError("truncated-file", size=size_text(len(self.raw)))
        self.place += count
        return self.raw[self.place - count : self.place]

    def peek(self) -> bytes:
        return self.raw[self.place : self.place + 1]

    def value(self, kind: bytes, depth: int) -> Any:
        if depth > _DEEPEST:
            raise OpeningError("too-deep", limit=_DEEPEST)
        if kind in _WORDS:
            return _WORDS[kind]
        if kind in _NUMBERS:
            return self.numbers(kind, 1)[0].item()
        if kind == b"S":
            return self.text()
        if kind == b"C":
            return self.take(1).decode("ascii")
        if kind == b"[":
            return self.list(depth)
        if kind == b"{":
            return self.object(depth)
        raise ValueError(f"no such type: {kind!r}")

    def numbers(self, kind: bytes, count: int) -> np.ndarray:
        own = _NUMBERS[kind]
        return np.frombuffer(self.take(own.itemsize * count), own)

    def length(self) -> int:
        kind = self.take(1)
        if kind not in _NUMBERS or kind in (b"d", b"D"):
            raise ValueError("not a length")
        return int(self.numbers(kind, 1)[0])

    def text(self) -> str:
        return self.take(self.length()).decode("utf-8")

    def header(self) -> tuple[bytes | None, int | None]:
        """The common type and the count of a container, where it states them."""
        kind = None
        if self.peek() == b"$":
            self.take(1)
            kind = self.take(1)
            if kind not in _NUMBERS:  # items without bytes of their own could be claimed in any number
                raise ValueError("a container of this type")
        if self.peek() != b"#":
            if kind is not None:
                raise ValueError("a type without a count")
            return None, None
        self.take(1)
        count = self.length()
        if count < 0:
            raise ValueError("a count below zero")
        return kind, count

    def list(self, depth: int) -> Any:
        kind, count = self.header()
        if kind in _NUMBERS and count is not None:
            return self.numbers(kind, count)
        items: list[Any] = []
        if count is None:
            while self.peek() != b"]":
                items.append(self.value(self.take(1), depth + 1))
            self.take(1)
            return items
        if count > len(self.raw) - self.place:  # an item takes a byte at least
            raise OpeningError("truncated-file", size=size_text(len(self.raw)))
        return [self.value(self.take(1), depth + 1) for _ in range(count)]

    def object(self, depth: int) -> dict[str, Any]:
        kind, count = self.header()
        if kind is not None:
            raise ValueError("an object of one type")
        pairs: list[tuple[str, Any]] = []
        while self.peek() != b"}" if count is None else len(pairs) < count:
            key = self.text()
            pairs.append((key, self.value(self.take(1), depth + 1)))
        if count is None:
            self.take(1)
        return _unique(pairs)

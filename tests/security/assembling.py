"""Pickles put together by hand, opcode by opcode, for what no honest program writes. Their payload touches a file."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib

MARK, TUPLE, REDUCE, BUILD, STOP, POP = b"(", b"t", b"R", b"b", b".", b"0"
NEWOBJ, NEWOBJ_EX, INST, OBJ, EMPTY_TUPLE = b"\x81", b"\x92", b"i", b"o", b")"


@dataclass(frozen=True)
class Hostile:
    """A file, made for the marker that its payload would leave, and how it may be refused."""

    make: Callable[[Path], bytes]
    codes: tuple[str, ...]


class Reduced:
    """Pickles as a call of `function` with these arguments, and a state."""

    def __init__(self, function: Any, arguments: tuple, state: Any = None) -> None:
        self.parts = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self) -> tuple:
        return self.parts


def program(*parts: bytes, protocol: int = 4) -> bytes:
    return b"\x80" + bytes([protocol]) + b"".join(parts) + STOP


def bundle(*parts: bytes) -> bytes:
    """As an entry of a dictionary, so that it is not refused for being no model at all."""
    return program(b"}", value("model"), *parts, b"s")


def name(module: str, attribute: str) -> bytes:
    return f"c{module}\n{attribute}\n".encode()


def named_on_stack(module: str, attribute: str) -> bytes:
    return value(module) + value(attribute) + b"\x93"


def value(thing: Any) -> bytes:
    """What puts plain data on the stack."""
    return pickle.dumps(thing, protocol=2)[2:-1]


def call(function: bytes, *arguments: bytes) -> bytes:
    return function + MARK + b"".join(arguments) + TUPLE + REDUCE


def touch(marker: Path) -> str:
    """A command that leaves the marker."""
    return f"touch {marker}"


def writing(marker: Path) -> str:
    """Python that leaves the marker."""
    return f"open({str(marker)!r}, 'w').close()"


def shell(marker: Path) -> bytes:
    return call(name("os", "system"), value(touch(marker)))


class Trap:
    """Runs a command when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple:
        import os

        return os.system, (touch(self.marker),)


def in_joblib(thing: Any, compress: Any = 0) -> bytes:
    stream = io.BytesIO()
    joblib.dump(thing, stream, compress=compress)
    return stream.getvalue()


def lz4_frame(data: bytes) -> bytes:
    import lz4.frame

    return lz4.frame.compress(data)


PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
}

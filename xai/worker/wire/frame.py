"""A frame: two lengths, a JSON header, then raw arrays whose types and shapes the header declares."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from xai.worker.wire.errors import WireError

MOST_HEADER = 1 << 20  # bytes
MOST_ARRAYS = 16_384
MOST_ALONG = 1 << 27  # entries along one side of an array
_LENGTHS = struct.Struct("<IQ")
_ALIGNED = 8
_UNITS = ("s", "ms", "us", "ns")
_TYPES = {
    name: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64"),
        *(f"{kind}64[{unit}]" for kind in ("datetime", "timedelta") for unit in _UNITS),
    )
}

if TYPE_CHECKING:
    Receive = Callable[[int], bytes | bytearray]
    Send = Callable[[Any], None]


@dataclass(frozen=True)
class Frame:
    """One message. The header is plain JSON; arrays are numbers, times or truth values."""

    header: Mapping[str, Any]
    arrays: Sequence[np.ndarray] = field(default=())


def write(send: Send, frame: Frame) -> None:
    """Hand the frame's bytes to `send`, piece by piece. WireError where the header is too large."""
    arrays = [np.ascontiguousarray(array).reshape(np.shape(array)) for array in frame.arrays]
    declared = [[_name(array.dtype), list(array.shape)] for array in arrays]
    header = json.dumps({**frame.header, "arrays": declared}, ensure_ascii=True).encode()
    if len(header) > MOST_HEADER:
        raise WireError("header too large")
    body = sum(_padded(array.nbytes) for array in arrays)
    send(_LENGTHS.pack(len(header), body) + header)
    for array in arrays:
        if array.nbytes:
            send(array.reshape(-1).view(np.uint8).data)
            send(bytes(_padded(array.nbytes) - array.nbytes))


def read(receive: Receive, most: int) -> Frame:
    """One frame of at most `most` bytes. `receive(n)` returns exactly n bytes or raises. WireError for all else."""
    header_length, body_length = _LENGTHS.unpack(receive(_LENGTHS.size))
    if header_length > MOST_HEADER or body_length > most:
        raise WireError("frame too large")
    header = _header(receive(header_length))
    declared = header.pop("arrays", None)
    layout = _layout(declared, body_length)
    body = receive(body_length) if body_length else b""
    return Frame(header, tuple(_array(body, *place) for place in layout))


def _header(raw: bytes | bytearray) -> dict[str, Any]:
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError) as error:  # ValueError: not JSON, not UTF-8, or a number of a million digits
        raise WireError("the header is not JSON") from error
    if not isinstance(header, dict):
        raise WireError("the header is not an object")
    return header


def _layout(declared: Any, body_length: int) -> list[tuple[int, np.dtype, tuple[int, ...]]]:
    """(offset, type, shape) of every array; together they fill the body exactly."""
    if not isinstance(declared, list) or len(declared) > MOST_ARRAYS:
        raise WireError("no list of arrays")
    layout, offset = [], 0
    for entry in declared:
        if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[0], str):
            raise WireError("not an array's declaration")
        kind, shape = _TYPES.get(entry[0]), entry[1]
        if kind is None or not isinstance(shape, list) or len(shape) > 3 or not all(map(_is_length, shape)):
            raise WireError("not an array's type and shape")
        layout.append((offset, kind, tuple(shape)))
        offset += _padded(math.prod(shape) * kind.itemsize)
        if offset > body_length:
            raise WireError("arrays beyond the body")
    if offset != body_length:
        raise WireError("a body beyond the arrays")
    return layout


def _array(body: bytes | bytearray, offset: int, kind: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    array = np.frombuffer(body, kind, math.prod(shape), offset) if math.prod(shape) else np.empty(0, kind)
    if kind.kind == "b" and array.view(np.uint8).max(initial=0) > 1:
        raise WireError("not truth values")
    array = array.reshape(shape)
    array.setflags(write=False)
    return array


def _is_length(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_ALONG


def _padded(length: int) -> int:
    return -(-length // _ALIGNED) * _ALIGNED


def _name(kind: np.dtype) -> str:
    if kind.name not in _TYPES or not kind.isnative:
        raise TypeError(f"arrays of {kind} do not cross")
    return kind.name

"""Inert stand-ins for what a file holds, and the small plain values that can be read off them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

MOST_VALUES = 2_000  # of an array: more are neither names nor classes
MOST_BYTES = 1 << 20
_PLAIN_TYPE = re.compile(r"[|<>=]?([biuf][1248]|[SU]\d{1,4})")
_PLAIN = (str, int, float, bool)


class StandIn:
    """Stands for any object of the file: takes every call and every state, and does nothing."""

    origin = "?"

    arguments: tuple[Any, ...]
    state: Any
    items: dict[Any, Any]  # of a dictionary of another class
    glance: Any  # what its own block of bytes says, once somebody has looked

    def __new__(cls, *arguments: Any, **options: Any) -> StandIn:
        made = object.__new__(cls)  # pickles make objects without __init__
        made.arguments, made.state, made.items, made.glance = arguments, {}, {}, None
        return made

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Takes what `__new__` takes."""

    def __setstate__(self, state: Any) -> None:
        # (dict, slots) is how objects with __slots__ are written
        self.state = state[0] if isinstance(state, tuple) and state and isinstance(state[0], dict) else state

    def __call__(self, *arguments: Any, **options: Any) -> StandIn:
        return StandIn()

    def __setitem__(self, key: Any, value: Any) -> None:
        self.items[key] = value

    def append(self, item: Any) -> None:
        pass

    extend = add = append
    __hash__ = object.__hash__

    @property
    def kind(self) -> str:
        """The full name of the class. Arrays and old-style objects are made by a function, of its first argument."""
        made = self.origin.rsplit(".", 1)[-1] in ("_reconstruct", "_reconstructor")
        first = self.arguments[0] if made and self.arguments else None
        return first.origin if isinstance(first, type) and issubclass(first, StandIn) else self.origin

    @property
    def attributes(self) -> Mapping[str, Any]:
        """What the file sets on the object; {} where its state is of another kind."""
        return self.state if isinstance(self.state, dict) else {}


class DType(StandIn):
    """numpy.dtype, as far as the length of an array goes."""

    @property
    def code(self) -> str:
        return self.arguments[0] if self.arguments and isinstance(self.arguments[0], str) else "V0"

    @property
    def fields(self) -> Mapping[str, Any]:
        known = isinstance(self.state, tuple) and len(self.state) > 4 and isinstance(self.state[4], dict)
        return self.state[4] if known else {}

    @property
    def hasobject(self) -> bool:
        inner = [entry[0] for entry in self.fields.values() if isinstance(entry, tuple) and entry]
        return self.code.lstrip("|<>=").startswith("O") or any(isinstance(d, DType) and d.hasobject for d in inner)

    @property
    def itemsize(self) -> int:
        kind = self.code.lstrip("|<>=")
        if kind.startswith("V") and isinstance(self.state, tuple) and len(self.state) > 5:
            return int(self.state[5])
        size = int(kind[1:] or 1)
        return 4 * size if kind.startswith("U") else size

    @property
    def plain(self) -> np.dtype | None:
        """The type of numbers or texts it is; None for every other."""
        order = self.state[1] if isinstance(self.state, tuple) and len(self.state) > 1 else "="
        if not _PLAIN_TYPE.fullmatch(self.code):
            return None
        return np.dtype(self.code).newbyteorder(order if order in ("<", ">") else "=")


class SmallArray(StandIn):
    """An array that joblib wrote, with its bytes where they are few."""

    origin = "numpy.ndarray"

    def __init__(self, dtype: Any = None, shape: tuple[int, ...] = (), data: bytes = b"") -> None:
        self.dtype, self.shape, self.data = dtype, shape, data


def values_of(thing: Any) -> list[Any] | None:
    """The values of a list, a small array or an index of plain values; None for everything else."""
    if isinstance(thing, list | tuple):
        found = [scalar_of(item) for item in thing]
        return None if any(item is None for item in found) else found
    if isinstance(thing, StandIn):
        found = _array(thing)
        if found is None:
            return None
        return found if isinstance(found, list) else found.tolist()
    return None


def texts_of(thing: Any) -> tuple[str, ...] | None:
    """The same for names: every one is text."""
    found = values_of(thing)
    return tuple(found) if found and all(type(item) is str for item in found) else None


def scalar_of(thing: Any) -> Any:
    """A plain value, also one of NumPy's; None for everything else."""
    if type(thing) in _PLAIN:
        return thing
    if isinstance(thing, StandIn) and thing.origin.endswith(".multiarray.scalar") and len(thing.arguments) == 2:
        found = _from_bytes(thing.arguments[0], thing.arguments[1], 1)
        return None if found is None else found.tolist()[0]
    return None


def whole_of(thing: Any) -> int | None:
    """A whole number that is not negative."""
    found = scalar_of(thing)
    return found if type(found) is int and found >= 0 else None


def bytes_of(thing: Any) -> bytes:
    """Bytes, however the protocol writes them."""
    if isinstance(thing, bytes | bytearray):
        return bytes(thing)
    if isinstance(thing, StandIn) and thing.arguments:
        first = thing.arguments[0]
        if thing.origin == "_codecs.encode" and isinstance(first, str):
            return first.encode("latin-1", "ignore")
        if thing.origin.rsplit(".", 1)[-1] in ("bytearray", "py_buffer", "bytes"):
            return bytes_of(first)
    return b""


def _array(thing: StandIn) -> Any:
    """An array of plain values, or a list of objects that are plain."""
    if isinstance(thing, SmallArray):
        return _from_bytes(thing.dtype, thing.data, prod(thing.shape)) if len(thing.shape) == 1 else None
    if thing.origin.endswith("._frombuffer") and len(thing.arguments) == 4:
        buffer, dtype, shape, _ = thing.arguments
        return _from_bytes(dtype, buffer, _length(shape))
    if thing.origin.endswith("._new_Index") and len(thing.arguments) == 2 and isinstance(thing.arguments[1], dict):
        return values_of(thing.arguments[1].get("data"))
    if thing.origin.endswith(".ArrowStringArray"):
        return _arrow_texts(thing.attributes.get("_pa_array"))
    if thing.kind.endswith(("numpy.ndarray", ".ndarray")) and isinstance(thing.state, tuple) and len(thing.state) >= 4:
        shape, dtype, _, content = thing.state[-4:]
        if isinstance(content, list):
            return values_of(content) if len(content) <= MOST_VALUES else None
        return _from_bytes(dtype, content, _length(shape))
    return None


def _length(shape: Any) -> int:
    """Of an array with one axis; -1 for others."""
    return shape[0] if type(shape) is tuple and len(shape) == 1 and type(shape[0]) is int else -1


def _from_bytes(dtype: Any, data: Any, count: int) -> np.ndarray | None:
    kind = dtype.plain if isinstance(dtype, DType) else None
    raw = bytes_of(data)
    if kind is None or not 0 < count <= MOST_VALUES or len(raw) != count * kind.itemsize or len(raw) > MOST_BYTES:
        return None
    found = np.frombuffer(raw, kind)
    if kind.kind == "S":
        return np.array([text.decode("utf-8", "replace") for text in found.tolist()])
    try:
        found.tolist()
    except ValueError:  # bytes that are no text
        return None
    return found


def _arrow_texts(array: Any) -> list[str] | None:
    """Arrow keeps all texts in one run of bytes, and where each of them ends."""
    if not (isinstance(array, StandIn) and array.arguments and isinstance(array.arguments[0], tuple)):
        return None
    kind, count, missing, offset, buffers, *_ = (*array.arguments[0], *[None] * 5)
    named = isinstance(kind, StandIn) and kind.arguments[:1] in (("large_string",), ("string",))
    if not (named and isinstance(buffers, list) and len(buffers) == 3 and missing == 0 and offset == 0):
        return None
    ends = np.frombuffer(bytes_of(buffers[1])[: 8 * MOST_VALUES], "<i8" if kind.arguments[0][0] == "l" else "<i4")
    text = bytes_of(buffers[2])
    if type(count) is not int or not 0 < count < len(ends) or (np.diff(ends[: count + 1]) < 0).any():
        return None
    return [text[ends[k] : ends[k + 1]].decode("utf-8", "replace") for k in range(count)]

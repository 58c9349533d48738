"""States of NumPy's types and arrays: NumPy believes them, and reads memory where they say."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

_MOST_AXES = 64
_ALIGNED = 128  # bit of a dtype's flags


def dtype_fits(dtype: np.dtype, state: Any) -> bool:
    """Whether a state says of this type what NumPy itself would say; flags decide whether bytes become pointers."""
    if type(state) is not tuple or not 8 <= len(state) <= 9 or type(state[0]) is not int:
        return False
    try:
        own = _own_state(dtype, state)
    except (TypeError, ValueError, KeyError, IndexError, OverflowError):
        return False
    return own is not None and tuple(own[1:8]) == state[1:8]


def _own_state(dtype: np.dtype, state: tuple) -> tuple | None:
    _, order, subarray, names, fields, size, _, flags = state[:8]
    if subarray is not None or order not in ("<", ">", "|", "="):
        return None
    if dtype.kind in "mM":
        return _time(dtype, state[8]).newbyteorder(order).__reduce__()[2] if len(state) == 9 else None
    if len(state) == 9 and state[8] is not None:
        return None
    if names is None:
        return dtype.newbyteorder(order).__reduce__()[2] if fields is None else None
    return _record(names, fields, size, bool(flags & _ALIGNED)).__reduce__()[2]


def _time(dtype: np.dtype, metadata: Any) -> np.dtype:
    (extra, (unit, number, *_)) = metadata
    if extra not in ({}, None) or type(unit) not in (bytes, str) or type(number) is not int:
        raise ValueError("unit of time")
    name = unit.decode("ascii") if isinstance(unit, bytes) else unit
    return np.dtype(f"{dtype.kind}8[{number}{name}]" if name != "generic" else f"{dtype.kind}8")


def _record(names: Any, fields: Any, size: Any, aligned: bool) -> np.dtype:
    if type(names) is not tuple or type(fields) is not dict or set(names) != set(fields):
        raise ValueError("fields")
    if not all(
        type(entry) is tuple and len(entry) == 2 and isinstance(entry[0], np.dtype) for entry in fields.values()
    ):
        raise ValueError("fields")
    layout = {
        "names": list(names),
        "formats": [fields[name][0] for name in names],
        "offsets": [fields[name][1] for name in names],
        "itemsize": size,
    }
    return np.dtype(layout, align=aligned)


def array_fits(state: Any) -> bool:
    """Whether the state of an array holds as many values as its shape says."""
    if type(state) is not tuple or len(state) not in (4, 5):
        return False
    shape, dtype, _, values = state[-4:]
    if not (shape_fits(shape) and isinstance(dtype, np.dtype)):
        return False
    if dtype.hasobject:
        return type(values) is list and len(values) == prod(shape)
    return type(values) is bytes and len(values) == prod(shape) * dtype.itemsize


def masked_array_fits(state: Any) -> bool:
    """The same with a mask of one byte per value."""
    if type(state) is not tuple or len(state) != 7:
        return False
    _, shape, dtype, order, values, mask, _ = state
    if not (isinstance(dtype, np.dtype) and dtype.names is None and array_fits((shape, dtype, order, values))):
        return False
    return type(mask) is bytes and len(mask) == prod(shape)


def shape_fits(shape: Any) -> bool:
    """A tuple of whole numbers that are not negative."""
    whole = type(shape) is tuple and len(shape) <= _MOST_AXES
    return whole and all(type(length) is int and 0 <= length < 1 << 48 for length in shape)


def buffer_fits(buffer: Any, dtype: Any, shape: Any, order: Any) -> bool:
    """Arguments of `_frombuffer`: bytes for exactly this shape, none of them pointers."""
    if not (type(buffer) in (bytes, bytearray) and isinstance(dtype, np.dtype) and not dtype.hasobject):
        return False
    return shape_fits(shape) and order in ("C", "F") and len(buffer) == prod(shape) * dtype.itemsize

"""All parts of an opened object, each once, however it is nested."""

from __future__ import annotations

import types
from collections import UserList
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from xai.errors import OpeningError
from xai.limits import limits

_LEAVES = (types.ModuleType, type, np.ufunc, types.FunctionType, types.BuiltinFunctionType, type(np.clip))
# Not on the allow-list: their estimators make them out of plain arrays, with functions of their own.
_MADE_BY_LIBRARIES = (("scipy.interpolate._interpolate", "interp1d"),)
_PLAIN = (str, bytes, bytearray, int, float, complex, bool, type(None), np.generic, np.dtype, range, slice)


def walk(thing: Any) -> Iterator[Any]:
    """Depth first; plain values and numbers in arrays are left out. Raises OpeningError "too-complex"."""
    waiting, seen = [(thing, 0)], set()
    while waiting:
        part, depth = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if len(seen) > limits().objects or depth > limits().object_depth:
            raise OpeningError("too-complex", found=len(seen), limit=limits().objects)
        yield part
        waiting.extend((child, depth + 1) for child in children(part) if not isinstance(child, _PLAIN))


def children(part: Any) -> list[Any]:
    """What a part holds directly."""
    if isinstance(part, dict):
        own = [*part.values(), *part.keys()]
        return own + list(vars(part).values()) if hasattr(part, "__dict__") else own
    if isinstance(part, list | tuple | set | frozenset | UserList):
        return list(part)
    if isinstance(part, np.ndarray):
        return list(part.ravel()) if part.dtype == object else []
    if isinstance(part, partial):
        return [part.func, *part.args, *part.keywords.values()]
    if isinstance(part, _LEAVES) or (type(part).__module__, type(part).__qualname__) in _MADE_BY_LIBRARIES:
        return []
    if isinstance(part, types.MethodType):
        return [part.__self__]
    return list(getattr(part, "__dict__", {}).values())

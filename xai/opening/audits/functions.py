"""Functions and types that stand in a model as values: only those of the allow-list."""

from __future__ import annotations

import re
import types
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from xai.errors import OpeningError
from xai.opening.allowed import allowed
from xai.opening.guards.names import importable

_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, np.ufunc, type, type(np.clip))


def check(part: Any) -> None:
    """Raises OpeningError "forbidden-call": what only restores objects is of no use to a model."""
    if isinstance(part, types.MethodType):
        if type(part.__self__).__module__.startswith("scipy.stats."):
            return  # distributions keep their own methods, made by SciPy from its own text
        raise OpeningError("forbidden-call", name=f"{type(part.__self__).__name__}.{part.__name__}")
    if not isinstance(part, _FUNCTIONS) or id(part) in _values():
        return
    if isinstance(getattr(part, "__self__", None), str | re.Pattern) or isinstance(part, types.MethodDescriptorType):
        return  # methods of text and patterns, which `guards.calls` has named
    if isinstance(part, type) and (part.__module__, part.__qualname__) in allowed().classes:
        return  # a list of estimators' classes cannot be called with anything but data
    raise OpeningError("forbidden-call", name=f"{part.__module__}.{getattr(part, '__qualname__', part)}"[:200])


@cache
def _values() -> dict[int, Any]:
    """By identity: everything that the allow-list names as a value."""
    found = {}
    for module, name in allowed().referenced:
        if importable(module.split(".")[0]) and (thing := getattr(import_module(module), name, None)) is not None:
            found[id(thing)] = thing
    return found

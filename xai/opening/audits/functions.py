"""Functions and types that stand in a model as values: only those of the allow-list."""

from __future__ import annotations

import re
import sys
import types
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from scipy.stats._distn_infrastructure import rv_generic

from xai.errors import OpeningError
from xai.opening.allowed import allowed
from xai.opening.guards.names import importable

_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, np.ufunc, type, type(np.clip))


def check(part: Any) -> None:
    """Raises OpeningError "forbidden-call": what only restores objects is of no use as a value."""
    if isinstance(part, types.MethodType):
        # distributions keep methods of their own, which SciPy made from its own text
        if not isinstance(part.__self__, rv_generic):
            raise OpeningError("forbidden-call", name=f"{type(part.__self__).__name__}.{part.__name__}")
    elif isinstance(part, _FUNCTIONS) and not (_is_at_hand(part) or id(part) in _values() or _restored(part)):
        name = f"{part.__module__}.{getattr(part, '__qualname__', part)}"
        raise OpeningError("forbidden-call", name=name[:200])


def _restored(part: Any) -> bool:
    """Methods of patterns, which the guards have looked at, and classes that models are made of."""
    if isinstance(part, type):
        return (part.__module__, part.__qualname__) in allowed().classes
    return isinstance(getattr(part, "__self__", None), re.Pattern)


def _is_at_hand(part: Any) -> bool:
    """Whether the allow-list names it as a value of a module that is loaded; nearly always it is."""
    return any(getattr(sys.modules.get(module), name, None) is part for module, name in allowed().referenced)


@cache
def _values() -> dict[int, Any]:
    """By identity: everything that the allow-list names as a value. It loads what is not loaded yet."""
    found = {}
    for module, name in allowed().referenced:
        if importable(module.split(".")[0]) and (thing := _thing(module, name)) is not None:
            found[id(thing)] = thing
    return found


def _thing(module: str, name: str) -> Any:
    """What a name of the list stands for; None in versions of the library that have no such module or name."""
    try:
        return getattr(import_module(module), name, None)
    except ModuleNotFoundError:
        return None

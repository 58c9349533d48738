"""Which states a file may give to which objects. A state is where code hides that asks for no forbidden name."""

from __future__ import annotations

import types
from functools import partial
from typing import Any

import numpy as np

from xai.errors import OpeningError
from xai.opening.guards import arrays
from xai.opening.guards.calls import BLOCKS
from xai.opening.guards.distributions import is_distribution, state_is_a_pair, templates
from xai.opening.guards.names import Given

_NEVER = (
    type,
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.CodeType,
    np.ufunc,
)
_METHODS = (types.FunctionType, types.BuiltinFunctionType, classmethod, staticmethod)
_TEMPLATE = "_parse_arg_template"


def check_state(thing: Any, state: Any, given: Given) -> None:
    """Pass where this object may take this state. Raises OpeningError "tampered-file"."""
    if isinstance(thing, _NEVER):
        raise _tampered(thing, getattr(thing, "__name__", "?"))
    if isinstance(thing, np.dtype):
        fits = arrays.dtype_fits(thing, state)
    elif isinstance(thing, np.ma.MaskedArray):
        fits = arrays.masked_array_fits(state)
    elif isinstance(thing, np.ndarray):
        fits = arrays.array_fits(state)
    elif isinstance(thing, partial):
        fits = _partial_fits(state, given)
    else:
        return _check_attributes(thing, state, given)
    if not fits:
        raise _tampered(thing, "state")
    return None


def _check_attributes(thing: Any, state: Any, given: Given) -> None:
    kind = type(thing)
    if type(state) is not dict:
        if is_distribution(thing) and state_is_a_pair() and _constructor_fits(state):
            return
        # pairs and slots would set attributes past every look at their names
        name = given.allowed.today(kind.__module__, kind.__qualname__)
        if type(state).__name__ not in given.allowed.states.get(name, ()):
            raise _tampered(thing, f"state: {type(state).__name__}")
        return
    for name in state:
        if type(name) is not str or _hidden(name, state[name]) or _shadows(kind, name):
            raise _tampered(thing, str(name)[:80])
    if is_distribution(thing) and state.get(_TEMPLATE) not in templates():
        # its own __setstate__ runs this text as a program
        raise _tampered(thing, _TEMPLATE)


def _hidden(name: str, value: Any) -> bool:
    """Names that Python itself looks at; a docstring and the name of a wrapped function are harmless."""
    dunder = name.startswith("__") and name.endswith("__")
    return dunder and not (name in ("__doc__", "__name__") and (value is None or type(value) is str))


def _shadows(kind: type, name: str) -> bool:
    """Whether an attribute of that name would be called instead of a method."""
    for base in kind.__mro__:
        if name in base.__dict__:
            found = base.__dict__[name]
            return isinstance(found, _METHODS) or (callable(found) and not isinstance(found, type))
    return False


def _partial_fits(state: Any, given: Given) -> bool:
    if type(state) is not tuple or len(state) != 4:
        return False
    function, arguments, options, attributes = state
    if callable(function) and given.name_of(function) in BLOCKS:
        return arguments == () and list(options) == ["ndim"] and attributes in (None, {})
    known = callable(function) and given.is_referenced(function)
    return known and type(arguments) is tuple and type(options) is dict and attributes in (None, {})


def _constructor_fits(state: Any) -> bool:
    """Such a pair with arguments that are numbers and words; the constructor makes code of names of shapes only."""
    if type(state) is not tuple or len(state) != 2 or type(state[0]) is not dict:
        return False
    arguments, random = state
    plain = all(type(value) in (str, int, float, type(None)) for value in arguments.values())
    shapes = arguments.get("shapes")
    named = shapes is None or (type(shapes) is str and all(part.isidentifier() for part in _words(shapes)))
    return plain and named and (random is None or isinstance(random, np.random.RandomState))


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _tampered(thing: Any, found: str) -> OpeningError:
    kind = thing if isinstance(thing, type) else type(thing)
    return OpeningError("tampered-file", found=f"{kind.__module__}.{kind.__qualname__}: {found}"[:200])

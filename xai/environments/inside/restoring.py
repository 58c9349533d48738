"""The model out of its file, in the model's own environment: only names that were granted, past every guard."""

from __future__ import annotations

import importlib
import re
import types
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

import numpy as np

from xai.environments.inside.answering import first_line
from xai.errors import KlartextError, OpeningError
from xai.opening.allowed import ever_allowed
from xai.opening.guards.distributions import is_distribution
from xai.opening.guards.names import Given, forbidden
from xai.opening.guards.unpickler import GuardedUnpickler
from xai.opening.walking import walk

_DEEPEST, _MOST = 4, 200  # dictionaries in dictionaries, entries of one
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type, type(np.clip))


class Reader(GuardedUnpickler):
    """Gives a file the names it was granted, as this environment has them, and nothing else."""

    def __init__(self, stream: BytesIO, granted: frozenset[str], given: Given, level: int = 0) -> None:
        super().__init__(stream, given, level)
        self.granted = granted

    def resolve(self, module: str, name: str) -> Any:
        if f"{module}:{name}" not in self.granted:
            raise forbidden(module, name)
        return self.given.note(ever_allowed().today(module, name), getattr(importlib.import_module(module), name))

    def nested(self) -> Reader:
        return Reader(self.stream, self.granted, self.given, self.level + 1)


def opened(files: list[bytes], names: list[str], key: str | None) -> tuple[Any, str | None, tuple[str, ...]]:
    """The model of the first file, behind the preprocessing of the second if there is one; its key among all keys."""
    things = [read(file, frozenset(names)) for file in files]
    model, found, keys = chosen(things[0], key)
    _require(model, "predict", "only-preprocessing" if hasattr(model, "transform") else "not-a-model")
    return in_a_row([*things[1:], model]), found, keys


def read(file: bytes, granted: frozenset[str]) -> Any:
    """The object of an unpacked file that was granted these names (\"module:name\"). Raises OpeningError."""
    given = Given(ever_allowed())
    try:
        thing = Reader(BytesIO(file), granted, given).load()
        for part in walk(thing):
            _check_value(part, given)
            _switch_off(part)
        return thing
    except (KlartextError, MemoryError):
        raise
    except Exception as error:  # the file decides what runs here; the cause is kept
        raise OpeningError("own-version-cannot-open", said=first_line(error)) from error


def _check_value(part: Any, given: Given) -> None:
    """What only restores objects, and everything that is no function for data, is of no use as a value in a model."""
    known = isinstance(part, np.ufunc) or given.is_referenced(part) or given.is_class(part)
    of_a_pattern = isinstance(getattr(part, "__self__", None), re.Pattern)
    if isinstance(part, _FUNCTIONS) and not (known or of_a_pattern or is_distribution(getattr(part, "__self__", None))):
        raise OpeningError(
            "forbidden-call", name=f"{getattr(part, '__module__', '?')}.{getattr(part, '__name__', '?')}"[:200]
        )


def _switch_off(part: Any) -> None:
    """One thread for each model, no chatter, no folder of intermediate results: no number changes without them."""
    state = {} if isinstance(part, type) else getattr(part, "__dict__", {})
    if type(state.get("n_jobs")) is int:
        part.n_jobs = 1
    if type(state.get("verbose")) in (bool, int) and state["verbose"]:
        part.verbose = type(state["verbose"])(0)
    if state.get("memory") is not None and hasattr(part, "steps"):
        part.memory = None


def chosen(thing: Any, key: str | None) -> tuple[Any, str | None, tuple[str, ...]]:
    """The one model among the objects of a file, its key, and all keys.

    As where the model runs: "models.best" is inside a dictionary, "scaler+model" goes through one and then the other.
    """
    if not isinstance(thing, (dict, list, tuple)):
        if key is not None:
            raise OpeningError("unknown-object", key=key, keys="–")
        return thing, None, ()
    parts = dict(_parts(thing, "", 0))
    models = [name for name, part in parts.items() if hasattr(part, "predict") and not isinstance(part, type)]
    keys = ", ".join(list(parts)[:50]) or "–"
    if key is None and len(models) != 1:
        if models:
            raise OpeningError("several-models", keys=", ".join(models), count=len(models))
        raise OpeningError("not-a-model", found=f"Python ({keys})")
    wanted = models[0] if key is None else key
    paths = [wanted] if wanted in parts else wanted.split("+")
    if not all(path in parts for path in paths):
        raise OpeningError("unknown-object", key=wanted, keys=keys)
    return in_a_row([parts[path] for path in paths]), wanted, tuple(parts)


def in_a_row(parts: list[Any]) -> Any:
    """The last of the parts behind the others, which only prepare its rows. OpeningError("not-preprocessing")."""
    if len(parts) == 1:
        return parts[0]
    from sklearn.pipeline import Pipeline

    for part in parts[:-1]:
        if not hasattr(part, "transform") or hasattr(part, "predict"):
            raise OpeningError("not-preprocessing", found=type(part).__name__)
    return Pipeline([(f"step{place}", part) for place, part in enumerate(parts)])


def _parts(thing: Any, before: str, depth: int) -> Iterator[tuple[str, Any]]:
    """(path, object) of everything in a dictionary or list, and in those inside it."""
    inside = thing.items() if isinstance(thing, dict) else enumerate(thing)
    for key, part in islice(inside, _MOST):
        if isinstance(part, (dict, list, tuple)) and part and depth < _DEEPEST:
            yield from _parts(part, f"{before}{key}.", depth + 1)
        yield f"{before}{key}", part


def _require(model: Any, method: str, code: str) -> None:
    if not hasattr(model, method):
        raise OpeningError(code, found=type(model).__name__)

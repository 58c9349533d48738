"""The model out of its file, in the model's own environment: only names that were granted, past every guard."""

from __future__ import annotations

import importlib
import re
import types
from io import BytesIO
from typing import Any

import numpy as np

from xai.environments.inside.answering import first_line
from xai.errors import KlartextError, OpeningError
from xai.opening.allowed import ever_allowed
from xai.opening.guards.distributions import is_distribution
from xai.opening.guards.names import Given, forbidden
from xai.opening.guards.unpickler import GuardedUnpickler
from xai.opening.walking import walk

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
    for companion in things[1:]:
        from sklearn.pipeline import Pipeline

        if not hasattr(companion, "transform") or hasattr(companion, "predict"):
            raise OpeningError("not-preprocessing", found=type(companion).__name__)
        model = Pipeline([("preprocessing", companion), ("model", model)])
    return model, found, keys


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
    """The one model among the objects of a file, its key, and all keys."""
    if isinstance(thing, dict):
        parts = {str(name): part for name, part in thing.items()}
    elif isinstance(thing, (list, tuple)):
        parts = {str(place): part for place, part in enumerate(thing)}
    elif key is not None:
        raise OpeningError("unknown-object", key=key, keys="–")
    else:
        return thing, None, ()
    models = [name for name, part in parts.items() if hasattr(part, "predict") and not isinstance(part, type)]
    keys = ", ".join(list(parts)[:50]) or "–"
    if key is not None and key not in parts:
        raise OpeningError("unknown-object", key=key, keys=keys)
    if key is None and len(models) != 1:
        if models:
            raise OpeningError("several-models", keys=", ".join(models), count=len(models))
        raise OpeningError("not-a-model", found=f"Python ({keys})")
    wanted = models[0] if key is None else key
    return parts[wanted], wanted, tuple(parts)


def _require(model: Any, method: str, code: str) -> None:
    if not hasattr(model, method):
        raise OpeningError(code, found=type(model).__name__)

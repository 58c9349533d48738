"""What a pickle says about itself, without running anything in it: every global becomes an inert stand-in."""

from __future__ import annotations

import pickle
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, ClassVar

from xai.errors import OpeningError
from xai.opening.arrays import ArrayUnpickler, ArrayWrapper
from xai.opening.containers import size_text

_CHILDREN = ("best_estimator_", "final_estimator_", "regressor_", "estimator_", "base_estimator_")
_DEEPEST = 6


@dataclass(frozen=True)
class Scan:
    """What was seen in one pickle."""

    top_class: str  # "sklearn.pipeline.Pipeline", "builtins.dict"
    globals: tuple[str, ...]  # "module:name" of every class and function the file asks for, sorted
    versions: tuple[str, ...]  # scikit-learn versions written in the file, oldest first
    columns: tuple[str, ...] | None  # the input columns, where the file names them
    keys: tuple[str, ...]  # of a dictionary at the top
    trailing: int  # bytes after the end of the pickle


class StandIn:
    """Stands for any object of the file: takes every call and every state, and does nothing."""

    origin = "?"

    def __new__(cls, *arguments: Any, **options: Any) -> StandIn:
        return object.__new__(cls)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.arguments = arguments
        self.state: Any = {}

    def __setstate__(self, state: Any) -> None:
        # (dict, slots) is how objects with __slots__ are written
        self.state = state[0] if isinstance(state, tuple) and state and isinstance(state[0], dict) else state

    def __call__(self, *arguments: Any, **options: Any) -> StandIn:
        return StandIn()

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def append(self, item: Any) -> None:
        pass

    extend = add = append
    __hash__ = object.__hash__


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


@dataclass
class _Notes:
    """Filled while walking; shared with the readers of nested pickles."""

    globals: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    classes: dict[str, type] = field(default_factory=dict)


class Scanner(ArrayUnpickler):
    """Walks a file and notes globals and versions."""

    dispatch: ClassVar = dict(ArrayUnpickler.dispatch)

    def __init__(self, stream: BytesIO, notes: _Notes, level: int = 0) -> None:
        super().__init__(stream, level)
        self.notes = notes

    def find_class(self, module: str, name: str) -> Any:
        self.notes.globals.add(f"{module}:{name}")
        return super().find_class(module, name)

    def resolve(self, module: str, name: str) -> type:
        origin = f"{module}.{name}"
        if origin not in self.notes.classes:
            base = DType if origin == "numpy.dtype" else StandIn
            self.notes.classes[origin] = type(name.split(".")[-1] or "?", (base,), {"origin": origin})
        return self.notes.classes[origin]

    def array(self, wrapper: ArrayWrapper, data: memoryview) -> StandIn:
        return self.resolve("numpy", "ndarray")()

    def nested(self) -> Scanner:
        return Scanner(self.stream, self.notes, self.level + 1)

    def _check_target(self, target: Any, kinds: tuple[type, ...]) -> None:
        if not isinstance(target, StandIn):
            super()._check_target(target, kinds)

    def load_build(self) -> None:
        state = self.stack[-1]
        if isinstance(self.stack[-2], type):  # state for a class itself: nothing a model needs
            self.stack.pop()
            return
        if isinstance(state, dict) and state.get("_sklearn_version"):
            self.notes.versions.add(str(state["_sklearn_version"]))
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build


def scan(raw: bytes) -> Scan:
    """Walk the (unpacked) bytes of a pickle or joblib file.

    Raises OpeningError: "truncated-file" where the bytes end too early, "damaged-file" where they make no sense.
    """
    notes = _Notes()
    stream = BytesIO(raw)
    try:
        top = Scanner(stream, notes).load()
    # Whatever broken bytes can make of the opcodes; stand-ins have no code of their own that could fail.
    except (EOFError, pickle.UnpicklingError, struct.error, ArithmeticError, LookupError) as damage:
        raise _damaged(stream, raw) from damage
    except (TypeError, ValueError, AttributeError, AssertionError, MemoryError, RecursionError) as damage:
        raise _damaged(stream, raw) from damage
    return Scan(
        top_class=_class_of(top),
        globals=tuple(sorted(notes.globals)),
        versions=tuple(sorted(notes.versions, key=version_key)),
        columns=_columns(top),
        keys=tuple(str(key) for key in top) if isinstance(top, dict) else (),
        trailing=len(raw) - stream.tell(),
    )


def version_key(version: str) -> tuple[int, ...]:
    """(1, 6, 1) for "1.6.1" and for "1.6.1rc1": for comparing."""
    return tuple(int(match.group()) for part in version.split(".")[:3] if (match := re.match(r"\d+", part)))


def _damaged(stream: BytesIO, raw: bytes) -> OpeningError:
    at_end = stream.tell() >= len(raw)
    return OpeningError("truncated-file" if at_end else "damaged-file", size=size_text(len(raw)))


def _class_of(top: Any) -> str:
    if isinstance(top, StandIn):
        return _reconstructed(top) or type(top).origin
    return f"builtins.{type(top).__name__}"


def _reconstructed(top: StandIn) -> str | None:
    """Arrays and old-style objects are made by a function; their class is its first argument."""
    made = type(top).origin.rsplit(".", 1)[-1] in ("_reconstruct", "_reconstructor")
    first = top.arguments[0] if made and top.arguments else None
    return first.origin if isinstance(first, type) and issubclass(first, StandIn) else None


def _columns(thing: Any, depth: int = 0) -> tuple[str, ...] | None:
    state = getattr(thing, "state", None)
    if not isinstance(state, dict) or depth > _DEEPEST:
        return None
    names = getattr(state.get("feature_names_in_"), "state", None)
    if isinstance(names, tuple) and isinstance(names[-1], list):  # the state of an array of objects ends in its items
        return tuple(str(name) for name in names[-1])
    return next((found for child in _children(state) if (found := _columns(child, depth + 1))), None)


def _children(state: Mapping[str, Any]) -> Iterator[Any]:
    steps = state.get("steps")
    if isinstance(steps, list) and steps and isinstance(steps[0], tuple):
        yield steps[0][-1]
    yield from (state[name] for name in _CHILDREN if name in state)

"""What a pickle says about itself, without running anything in it: every global becomes an inert stand-in."""

from __future__ import annotations

import pickle
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, ClassVar

from xai.contents import Entry, Outline
from xai.errors import OpeningError
from xai.opening import entries, hints, outline
from xai.opening.arrays import ArrayUnpickler, ArrayWrapper
from xai.opening.containers import size_text
from xai.opening.stand_ins import MOST_BYTES, DType, SmallArray, StandIn
from xai.results import Label

# What puts code into a file -> which of its arguments is the name.
_NAMED_CODE = {
    "cloudpickle.cloudpickle._make_skeleton_class": 1,
    "cloudpickle.cloudpickle._make_skeleton_enum": 1,
    "dill._dill._create_type": 1,
    "dill._dill._create_function": 2,
}
BOOSTERS = ("xgboost.core.Booster", "lightgbm.basic.Booster", "catboost.core.")


@dataclass(frozen=True)
class Scan:
    """What was seen in one pickle."""

    top_class: str  # "sklearn.pipeline.Pipeline", "builtins.dict"
    globals: tuple[str, ...]  # "module:name" of every class and function the file asks for, sorted
    versions: tuple[str, ...]  # scikit-learn versions written in the file, oldest first
    columns: tuple[str, ...] | None  # the input columns, where the file names them
    keys: tuple[str, ...]  # of a dictionary at the top
    trailing: int  # bytes after the end of the pickle
    structure: Outline | None = None
    classes: tuple[Label, ...] = ()
    column_count: int | None = None
    target: str | None = None
    entries: tuple[Entry, ...] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)  # versions of other libraries
    eras: Mapping[str, str] = field(default_factory=dict)
    own_code: tuple[str, ...] = ()  # names of what is written into the file as code
    holds_model: bool = False


@dataclass
class Notes:
    """Filled while walking; shared with the readers of nested pickles."""

    globals: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    classes: dict[str, type] = field(default_factory=dict)
    boosters: list[StandIn] = field(default_factory=list)  # with a block of bytes of their library
    own_code: list[str] = field(default_factory=list)
    aligned: bool = False  # joblib has aligned arrays since 1.2
    wrapped: bool = False  # there are arrays that joblib wrote


class Scanner(ArrayUnpickler):
    """Walks a file and notes globals and versions."""

    dispatch: ClassVar = dict(ArrayUnpickler.dispatch)

    def __init__(self, stream: BytesIO, notes: Notes, level: int = 0) -> None:
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
        self.notes.wrapped = True
        self.notes.aligned |= wrapper.numpy_array_alignment_bytes is not None
        small = len(data) <= MOST_BYTES
        return SmallArray(wrapper.dtype, wrapper.shape, bytes(data)) if small else SmallArray()

    def nested(self) -> Scanner:
        return Scanner(self.stream, self.notes, self.level + 1)

    def _check_target(self, target: Any, kinds: tuple[type, ...]) -> None:
        if not isinstance(target, StandIn):
            super()._check_target(target, kinds)

    def load_reduce(self) -> None:
        function, arguments = self.stack[-2:]
        place = _NAMED_CODE.get(getattr(function, "origin", ""))
        if place is not None and isinstance(arguments, tuple):
            self.notes.own_code += [str(name)[:80] for name in arguments[place : place + 1] if type(name) is str]
        super().load_reduce()

    dispatch[pickle.REDUCE[0]] = load_reduce

    def load_newobj(self) -> None:
        if isinstance(self.stack[-2], StandIn):  # of a class that the file itself makes
            self.stack[-2] = StandIn
        super().load_newobj()

    dispatch[pickle.NEWOBJ[0]] = load_newobj

    def load_build(self) -> None:
        state = self.stack[-1]
        if isinstance(self.stack[-2], type):  # state for a class itself: nothing a model needs
            self.stack.pop()
            return
        if isinstance(state, dict) and state.get("_sklearn_version"):
            self.notes.versions.add(str(state["_sklearn_version"]))
        super().load_build()
        thing = self.stack[-1]
        if isinstance(thing, StandIn) and thing.kind.startswith(BOOSTERS):
            self.notes.boosters.append(thing)

    dispatch[pickle.BUILD[0]] = load_build


def scan(raw: bytes) -> Scan:
    """Walk the (unpacked) bytes of a pickle or joblib file.

    Raises OpeningError: "truncated-file" where the bytes end too early, "damaged-file" where they make no sense.
    """
    notes = Notes()
    stream = BytesIO(raw)
    try:
        top = Scanner(stream, notes).load()
        return described(top, notes, len(raw) - stream.tell(), raw[1] if raw[:1] == b"\x80" else 0)
    # Whatever broken bytes can make of the opcodes; stand-ins have no code of their own that could fail.
    except (EOFError, pickle.UnpicklingError, struct.error, ArithmeticError, LookupError) as damage:
        raise _damaged(stream, raw) from damage
    except (TypeError, ValueError, AttributeError, AssertionError, MemoryError, RecursionError) as damage:
        raise _damaged(stream, raw) from damage


def described(top: Any, notes: Notes, trailing: int = 0, protocol: int | None = None) -> Scan:
    """What the stand-ins of a file tell."""
    parts = entries.parts_of(top)
    found = entries.entries_of(parts or [])
    models = [part.thing for part, entry in zip(parts or [], found, strict=True) if entry.role == "model"]
    model = top if parts is None else models[0] if len(models) == 1 else None
    listed = hints.columns_in(parts or [], outline.count_of(model))
    return Scan(
        top_class=_class_of(top),
        globals=tuple(sorted(notes.globals)),
        versions=tuple(sorted(notes.versions, key=version_key)),
        columns=outline.columns_of(model) or listed,
        keys=tuple(str(key) for key in top) if isinstance(top, dict) else (),
        trailing=trailing,
        structure=outline.structure_of(model),
        classes=outline.classes_of(model),
        column_count=outline.count_of(model),
        target=hints.target_in(parts or []),
        entries=found,
        libraries=outline.libraries_of(notes.boosters),
        eras=_eras(notes, protocol),
        own_code=tuple(notes.own_code),
        holds_model=bool(models) or (parts is None and entries.role_of(top) in ("model", "preprocessing")),
    )


def _eras(notes: Notes, protocol: int | None) -> dict[str, str]:
    """What the way a file is written tells about the versions that wrote it."""
    modules = {name.split(":")[0] for name in notes.globals}
    eras = {}
    if any(module.startswith("numpy._core") for module in modules):
        eras["numpy"] = ">=2"
    elif any(module.startswith("numpy.core") for module in modules):
        eras["numpy"] = "<2"
    if notes.wrapped:
        eras["joblib"] = ">=1.2" if notes.aligned else "<1.2"
    if protocol is not None and protocol >= 4:
        eras["python"] = ">=3.8" if protocol == 5 else ">=3.4"
    return eras


def version_key(version: str) -> tuple[int, ...]:
    """(1, 6, 1) for "1.6.1" and for "1.6.1rc1": for comparing."""
    return tuple(int(match.group()) for part in version.split(".")[:3] if (match := re.match(r"\d+", part)))


def _damaged(stream: BytesIO, raw: bytes) -> OpeningError:
    at_end = stream.tell() >= len(raw)
    return OpeningError("truncated-file" if at_end else "damaged-file", size=size_text(len(raw)))


def _class_of(top: Any) -> str:
    return top.kind if isinstance(top, StandIn) else f"builtins.{type(top).__name__}"

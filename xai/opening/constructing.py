"""Third moment of opening: the objects themselves.

A file gets the exact names of the allow-list and nothing else, may call few of them, each with arguments that were
looked at, and may set states that hide no code (see `guards`). What came out is audited before it is used (`audits`).
"""

from __future__ import annotations

import pickle
import re
import sys
import warnings
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any, ClassVar

import numpy as np
import sklearn
from sklearn.exceptions import InconsistentVersionWarning

from xai.errors import OpeningError
from xai.inspection import Repair
from xai.limits import limits
from xai.opening.allowed import allowed
from xai.opening.arrays import ArrayUnpickler, ArrayWrapper
from xai.opening.audits import inspect
from xai.opening.guards.calls import check_call, check_result
from xai.opening.guards.names import Given
from xai.opening.guards.states import check_state
from xai.opening.opcodes import tampered
from xai.opening.reading import FileFacts
from xai.opening.repairs import moved, repair
from xai.opening.scanning import version_key
from xai.opening.skops_files import load_skops
from xai.results import Notice

_LONGEST = 400
_LOG_HEAD = re.compile(r"^\[[\d:]+\] WARNING: \S+ ")  # XGBoost: time and line of its source


class ModelUnpickler(ArrayUnpickler):
    """Reads the real objects, as far as the guards let it; names that moved since are noted in `repairs`."""

    dispatch: ClassVar = dict(ArrayUnpickler.dispatch)

    def __init__(self, stream: BytesIO, repairs: dict[str, Repair], given: Given, level: int = 0) -> None:
        super().__init__(stream, level)
        self.repairs = repairs
        self.given = given

    def resolve(self, module: str, name: str) -> Any:
        wanted = allowed().today(module, name)
        if wanted not in allowed().repaired:
            return self.given.give(module, name)
        found, done = moved(*wanted)
        self.repairs[done.code] = done
        return self.given.note(wanted, found)

    def load_reduce(self) -> None:
        function, arguments = self.stack[-2], self.stack[-1]
        check_call(function, arguments, self.given)
        super().load_reduce()
        check_result(self.stack[-1])

    dispatch[pickle.REDUCE[0]] = load_reduce

    def load_newobj(self) -> None:
        kind, arguments = self.stack[-2], self.stack[-1]
        wrapper = kind is ArrayWrapper
        if not (wrapper or self.given.is_class(kind)) or (arguments != () and not issubclass(kind, tuple)):
            raise tampered(f"NEWOBJ {getattr(kind, '__name__', type(kind).__name__)}"[:80])
        super().load_newobj()

    dispatch[pickle.NEWOBJ[0]] = load_newobj

    def load_newobj_ex(self) -> None:
        raise tampered("NEWOBJ_EX")

    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex

    def load_build(self) -> None:
        thing, state = self.stack[-2], self.stack[-1]
        if not isinstance(thing, ArrayWrapper):
            check_state(thing, state, self.given)
        if not self.given.first_state(thing):
            raise tampered(f"{type(thing).__name__}: two states")
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build

    def array(self, wrapper: ArrayWrapper, data: memoryview) -> np.ndarray:
        if wrapper.count == 0:
            array = np.empty(wrapper.shape, wrapper.dtype)
        else:
            array = np.frombuffer(data, wrapper.dtype).copy()
            array = array.reshape(wrapper.shape[::-1]).T if wrapper.order == "F" else array.reshape(wrapper.shape)
        if not array.dtype.isnative:
            array = array.byteswap().view(array.dtype.newbyteorder("="))
        return array.view(np.matrix) if getattr(wrapper, "subclass", None) is np.matrix else array

    def _read(self, wrapper: ArrayWrapper) -> Any:
        if not isinstance(wrapper.dtype, np.dtype):
            raise tampered("NumpyArrayWrapper: dtype")
        array = super()._read(wrapper)
        if not isinstance(array, np.ndarray):
            raise tampered("NumpyArrayWrapper: no array")
        return array

    def nested(self) -> ModelUnpickler:
        return ModelUnpickler(self.stream, self.repairs, self.given, self.level + 1)


def construct(facts: FileFacts, raw: bytes) -> tuple[Any, tuple[Repair, ...], tuple[Notice, ...]]:
    """The object in the file, what was repaired in it, and what its libraries warned of.

    Raises OpeningError: "version-too-new", "missing-package", "cannot-construct" (with what the library said).
    """
    noted: dict[str, Repair] = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        reader = ModelUnpickler(BytesIO(raw), noted, Given())
        loader = partial(load_skops, raw) if facts.format == "skops" else reader.load
        thing = run(loader, facts)
        switched_off = inspect(thing)
        done = run(partial(repair, thing), facts) if _other_version(facts) else ()
        found = {item.code: item for item in done}
    # A rule that ran afterwards knows how often; a name that moved is only noted as such.
    together = {**{code: Repair(code, {"count": 1, "what": "–"}) for code in noted}, **found}
    return thing, tuple(together.values()), (*switched_off, *_notices(caught))


def run(loader: Callable[[], Any], facts: FileFacts) -> Any:
    """What a step of opening returns, with every error as an OpeningError."""
    try:
        return loader()
    except OpeningError:
        raise
    except RecursionError as error:
        raise OpeningError("too-deep", limit=limits().nesting) from error
    except ModuleNotFoundError as missing:
        package = (missing.name or "?").split(".")[0]
        if package in sys.modules:  # the package is there, a part of it is not: a matter of versions
            raise _failed(facts, missing) from missing
        raise OpeningError("missing-package", package=package, needed=str(missing)[:_LONGEST]) from missing
    # The file decides what runs here, so anything can be raised; the cause is kept.
    except Exception as error:
        raise _failed(facts, error) from error


def _failed(facts: FileFacts, error: Exception) -> OpeningError:
    saved = ", ".join(facts.versions)
    if facts.versions and version_key(facts.versions[-1])[:2] > version_key(sklearn.__version__)[:2]:
        return OpeningError("version-too-new", saved=facts.versions[-1], runs=sklearn.__version__)
    said = f"{type(error).__name__}: {error}"[:_LONGEST]
    return OpeningError("cannot-construct", said=said, saved=saved or "–", runs=sklearn.__version__)


def _other_version(facts: FileFacts) -> bool:
    return any(version != sklearn.__version__ for version in facts.versions)


def _notices(caught: list[warnings.WarningMessage]) -> tuple[Notice, ...]:
    """What libraries said while opening; that versions differ is already known from the file."""
    said = {
        _LOG_HEAD.sub("", " ".join(str(item.message).split()))[:_LONGEST]
        for item in caught
        if not issubclass(item.category, InconsistentVersionWarning | DeprecationWarning | PendingDeprecationWarning)
    }
    return tuple(Notice("library-warning", {"said": text}) for text in sorted(said))

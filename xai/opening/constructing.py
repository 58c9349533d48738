"""Third moment of opening: the objects themselves. This runs what the file asks for: read and audit it first."""

from __future__ import annotations

import pickle
import re
import sys
import warnings
from collections.abc import Callable
from io import BytesIO
from typing import Any, ClassVar

import numpy as np
import sklearn
from sklearn.exceptions import InconsistentVersionWarning

from xai.errors import OpeningError
from xai.inspection import Repair
from xai.opening.arrays import ArrayUnpickler, ArrayWrapper
from xai.opening.reading import FileFacts
from xai.opening.repairs import moved, repair
from xai.opening.scanning import version_key
from xai.results import Notice

_LONGEST = 400
_LOG_HEAD = re.compile(r"^\[[\d:]+\] WARNING: \S+ ")  # XGBoost: time and line of its source


class ModelUnpickler(ArrayUnpickler):
    """Reads the real objects; names that moved since the file was written are noted in `repairs`."""

    dispatch: ClassVar = dict(ArrayUnpickler.dispatch)

    def __init__(self, stream: BytesIO, repairs: dict[str, Repair]) -> None:
        super().__init__(stream)
        self.repairs = repairs

    def resolve(self, module: str, name: str) -> Any:
        try:
            return pickle._Unpickler.find_class(self, module, name)
        except (ImportError, AttributeError):
            found = moved(module, name)
            if found is None:
                raise
            self.repairs[found[1].code] = found[1]
            return found[0]

    def array(self, wrapper: ArrayWrapper, data: memoryview) -> np.ndarray:
        if wrapper.count == 0:
            array = np.empty(wrapper.shape, wrapper.dtype)
        else:
            array = np.frombuffer(data, wrapper.dtype).copy()
            array = array.reshape(wrapper.shape[::-1]).T if wrapper.order == "F" else array.reshape(wrapper.shape)
        if not array.dtype.isnative:
            array = array.byteswap().view(array.dtype.newbyteorder("="))
        return array.view(np.matrix) if getattr(wrapper, "subclass", None) is np.matrix else array

    def nested(self) -> ModelUnpickler:
        return ModelUnpickler(self.stream, self.repairs)


def construct(facts: FileFacts, raw: bytes) -> tuple[Any, tuple[Repair, ...], tuple[Notice, ...]]:
    """The object in the file, what was repaired in it, and what its libraries warned of.

    Raises OpeningError: "version-too-new", "missing-package", "cannot-construct" (with what the library said).
    """
    noted: dict[str, Repair] = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loader = _skops_loader(facts, raw) if facts.format == "skops" else ModelUnpickler(BytesIO(raw), noted).load
        thing = _run(loader, facts)
        found = {item.code: item for item in repair(thing)} if _other_version(facts) else {}
    # A rule that ran afterwards knows how often; a name that moved is only noted as such.
    together = {**{code: Repair(code, {"count": 1, "what": "–"}) for code in noted}, **found}
    return thing, tuple(together.values()), _notices(caught)


def _run(loader: Callable[[], Any], facts: FileFacts) -> Any:
    try:
        return loader()
    except OpeningError:
        raise
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


def _skops_loader(facts: FileFacts, raw: bytes) -> Callable[[], Any]:
    try:
        import skops.io
    except ImportError as missing:
        raise OpeningError("missing-package", package="skops", needed="skops.io") from missing
    # The audit has seen every name of the schema; skops asks for them again in its own notation.
    trusted = skops.io.get_untrusted_types(data=raw)
    return lambda: skops.io.loads(raw, trusted=trusted)


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

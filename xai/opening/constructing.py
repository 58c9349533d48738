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

import sklearn
from pandas.core.internals.managers import BlockManager
from sklearn.exceptions import InconsistentVersionWarning

from xai.contents import Outline
from xai.errors import MatchError, OpeningError
from xai.inspection import Repair
from xai.limits import limits
from xai.opening.audits import inspect
from xai.opening.guards.unpickler import GuardedUnpickler
from xai.opening.native import formats
from xai.opening.reading import FileFacts
from xai.opening.repairs import states
from xai.opening.repairs.exactness import not_exact
from xai.opening.repairs.given import RepairedNames
from xai.opening.repairs.notes import Notes
from xai.opening.repairs.registry import LIBRARIES, NUMBERS, STRUCTURE, repair
from xai.opening.scanning import version_key
from xai.opening.skops_files import load_skops
from xai.results import Notice

_LONGEST = 400
_LOG_HEAD = re.compile(r"^\[[\d:]+\] WARNING: \S+ ")  # XGBoost: time and line of its source


class ModelUnpickler(GuardedUnpickler):
    """Reads the real objects, as far as the guards let it; what was put right on the way is noted in `given.notes`."""

    given: RepairedNames
    dispatch: ClassVar = dict(GuardedUnpickler.dispatch)

    def resolve(self, module: str, name: str) -> Any:
        return self.given.give(module, name)

    def load_newobj(self) -> None:
        if self.stack[-2] is BlockManager:  # pandas before 1.3
            raise not_exact("pandas.DataFrame")
        super().load_newobj()

    dispatch[pickle.NEWOBJ[0]] = load_newobj

    def state(self, thing: Any, state: Any) -> Any:
        return states.today(thing, state, self.given.notes)

    def nested(self) -> ModelUnpickler:
        return ModelUnpickler(self.stream, self.given, self.level + 1)


def construct(facts: FileFacts, raw: bytes) -> tuple[Any, tuple[Repair, ...], tuple[Notice, ...]]:
    """The object in the file, what was repaired in it, and what its libraries warned of.

    Raises OpeningError: "version-too-new", "missing-package", "cannot-construct" (with what the library said), and
    "needs-own-version" where it would not be exact, or not even possible, under this scikit-learn.
    """
    notes = Notes()
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            thing, said = _constructed(facts, raw, notes)
    except OpeningError as error:
        if error.code != "needs-own-version":
            raise
        saved = facts.versions[-1] if facts.versions else "–"
        raise OpeningError(error.code, **{**error.facts, "saved": saved}) from error
    return thing, notes.repairs(), (*said, *_notices(caught))


def _constructed(facts: FileFacts, raw: bytes, notes: Notes) -> tuple[Any, tuple[Notice, ...]]:
    """Read, put into today's layout, audited, and made to compute as it did."""
    thing, said = run(partial(_load, facts, raw, RepairedNames(notes)), facts)
    saved = facts.versions[0] if facts.versions else ""
    run(partial(repair, thing, (*STRUCTURE, *LIBRARIES) if _other_version(facts) else LIBRARIES, notes, saved), facts)
    switched_off = inspect(thing)
    if _other_version(facts):
        run(partial(repair, thing, NUMBERS, notes, saved), facts)
    return thing, (*said, *switched_off)


def _load(facts: FileFacts, raw: bytes, given: RepairedNames) -> tuple[Any, tuple[Notice, ...]]:
    """The object by the reader of its format."""
    if facts.format == "skops":
        return load_skops(raw, given), ()
    if facts.format in ("joblib", "pickle"):
        return ModelUnpickler(BytesIO(raw), given).load(), ()
    return formats.construct(facts.format, raw)


def run(loader: Callable[[], Any], facts: FileFacts) -> Any:
    """What a step of opening returns, with every error as an OpeningError."""
    try:
        return loader()
    except (OpeningError, MatchError):
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
    if _other_version(facts):
        return not_exact(_refused(facts, error), saved=facts.versions[-1], said=said)
    return OpeningError("cannot-construct", said=said, saved=saved or "–", runs=sklearn.__version__)


def _refused(facts: FileFacts, error: Exception) -> str:
    """What could not be restored: the estimator of the library that complains, where the file names one."""
    library = type(error).__module__.split(".")[0]
    theirs = {name.rpartition(":")[2] for name in facts.globals if name.startswith(f"{library}.")}
    found = [kind for kind in _kinds(facts.structure) if kind in theirs] if library != "sklearn" else []
    return found[0] if found else facts.top_class.rpartition(".")[2]


def _kinds(outline: Outline | None) -> list[str]:
    """The classes of an estimator and of those inside it."""
    return [] if outline is None else [outline.kind, *(kind for part in outline.parts for kind in _kinds(part))]


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

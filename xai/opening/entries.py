"""What a dictionary, list or tuple holds: each object with its path, what it is, and what it is good for.

The same walk goes over the opened objects and over the stand-ins of a file that was only looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import ClusterMixin, OutlierMixin
from sklearn.preprocessing import LabelBinarizer, LabelEncoder, MultiLabelBinarizer

from xai.contents import Entry, Role
from xai.opening.allowed import allowed
from xai.opening.guards.names import importable
from xai.opening.native.boosters import KINDS, is_booster
from xai.opening.outline import predictor_of, structure_of
from xai.opening.stand_ins import StandIn, scalar_of, texts_of

_DEEPEST = 4  # dictionaries in dictionaries
_MOST = 200  # entries
_LONGEST_VALUE = 60
_DICTIONARIES = ("collections.OrderedDict", "collections.defaultdict", "sklearn.utils._bunch.Bunch")
_MOST_LOOKED_AT = 1_000
_PLAIN = (str, bytes, int, float, complex, bool, type(None), np.generic)
_TARGET_ENCODERS = (LabelEncoder, LabelBinarizer, MultiLabelBinarizer)


@dataclass(frozen=True)
class Part:
    """One object and the way to it."""

    path: str
    thing: Any


def parts_of(thing: Any) -> list[Part] | None:
    """The objects of a bundle, those of bundles inside it too; None for anything that is no bundle."""
    inside = _inside(thing)
    return None if inside is None else list(islice(_walk(inside, "", 0), _MOST))


def _walk(inside: list[tuple[str, Any]], before: str, depth: int) -> Iterator[Part]:
    for key, part in inside:
        path = f"{before}{key}"
        deeper = _inside(part) if depth < _DEEPEST and _holds_objects(part) else None
        if deeper:
            yield from _walk(deeper, f"{path}.", depth + 1)
        else:
            yield Part(path, part)


def _inside(thing: Any) -> list[tuple[str, Any]] | None:
    """(key, object) of a dictionary or list, and of an array that holds objects."""
    if isinstance(thing, dict):
        return [(str(key), part) for key, part in thing.items()]
    if isinstance(thing, list | tuple):
        return [(str(place), part) for place, part in enumerate(thing)]
    if isinstance(thing, np.ndarray) and thing.dtype == object:
        return [(str(place), part) for place, part in enumerate(thing.ravel().tolist())]
    if isinstance(thing, StandIn):
        if thing.kind in _DICTIONARIES:
            return [(str(key), part) for key, part in thing.items.items()]
        if thing.kind.endswith("numpy.ndarray") and isinstance(thing.state, tuple) and thing.state:
            held = thing.state[-1]
            return [(str(place), part) for place, part in enumerate(held)] if isinstance(held, list) else None
    return None


def _holds_objects(thing: Any) -> bool:
    """Whether there is more than plain values in a bundle: those are a value themselves, such as a list of names."""
    if isinstance(thing, StandIn) and texts_of(thing) is not None:
        return False
    waiting = [thing]
    for _ in range(_MOST_LOOKED_AT):  # a list may hold itself
        if not waiting:
            return False
        inside = _inside(waiting.pop())
        for _, item in inside or ():
            if _inside(item) is not None:
                waiting.append(item)
            elif not isinstance(item, _PLAIN) and scalar_of(item) is None:
                return True
    return False


# --- what an object is good for --------------------------------------------------------------------------------------


def entries_of(parts: list[Part]) -> tuple[Entry, ...]:
    """Each part in words that fit a line."""
    return tuple(Entry(part.path, role_of(part.thing), said_of(part.thing)) for part in parts)


def role_of(thing: Any) -> Role:
    """What it is good for."""
    if names_of(thing) is not None:
        return "names"
    value = scalar_of(thing)
    if isinstance(thing, np.generic):
        value = thing.item()
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "number"
    if isinstance(thing, StandIn):
        return _role_of_class(thing)
    if isinstance(thing, pd.DataFrame | pd.Series | np.ndarray):
        return "table"
    return _role(type(thing), thing)


def _role(kind: type, thing: Any) -> Role:
    if issubclass(kind, _TARGET_ENCODERS):
        return "encoder"
    if is_booster(thing):
        return "model"
    if hasattr(thing, "predict") and hasattr(thing, "fit") and not isinstance(thing, type):
        final = _final(thing)
        return "unsupervised" if isinstance(final, ClusterMixin | OutlierMixin) else "model"
    return "preprocessing" if hasattr(thing, "transform") and not isinstance(thing, type) else "other"


def _final(thing: Any) -> Any:
    steps = getattr(thing, "steps", None)
    return steps[-1][1] if isinstance(steps, list) and steps and isinstance(steps[-1], tuple) else thing


def _role_of_class(thing: StandIn) -> Role:
    """By the class that the file names, where it is one of the list; nothing of the file is made for this."""
    if thing.kind.endswith(("numpy.ndarray", "DataFrame", "Series")):
        return "table"
    if thing.kind in KINDS:
        return "model"
    final = predictor_of(thing)
    kind = _class(final.kind if isinstance(final, StandIn) else "")
    if kind is None:
        return "other"
    if issubclass(kind, _TARGET_ENCODERS):
        return "encoder"
    if hasattr(kind, "predict") and hasattr(kind, "fit"):
        return "unsupervised" if issubclass(kind, ClusterMixin | OutlierMixin) else "model"
    return "preprocessing" if hasattr(kind, "transform") else "other"


@cache
def _class(origin: str) -> type | None:
    module, _, name = origin.rpartition(".")
    wanted = allowed().today(module, name)
    if wanted not in allowed().classes or not importable(wanted[0].split(".")[0]):
        return None
    try:
        return getattr(import_module(wanted[0]), wanted[1], None)
    except ImportError:  # another version of the library, without this module
        return None


def said_of(thing: Any) -> str:
    """Of a stand-in: its outline; of a plain value: the value itself, shortened."""
    names = names_of(thing)
    if names is not None:
        return _shortened(", ".join(names))
    value = scalar_of(thing)
    if value is not None:
        return _shortened(str(value))
    if isinstance(thing, StandIn):
        return _shortened(str(structure_of(thing)))
    if isinstance(thing, dict | list | tuple | set):
        return f"{type(thing).__name__} ({len(thing)})"
    return type(thing).__name__


def names_of(thing: Any) -> tuple[str, ...] | None:
    """A list of names, however it was saved; None for everything else."""
    if isinstance(thing, pd.Index):
        thing = thing.tolist()
    if isinstance(thing, np.ndarray) and thing.ndim == 1 and thing.dtype.kind in "OU":
        thing = thing.tolist()
    if isinstance(thing, StandIn | list | tuple):
        found = texts_of(thing)
        return found if found and len(set(found)) == len(found) else None
    return None


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"

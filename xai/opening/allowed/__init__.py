"""The exact names that a model file may ask for: (module, name) pairs, no prefixes, no dotted names.

They live in `allowed.json`, which `tests/security/freeze_allowed.py` writes from real models and a test freezes, so
that every change of it is read by a person. `earlier.json` adds what only earlier versions of the libraries have:
names for models that run in an environment of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Tuple

Name = Tuple[str, str]
FILE, EARLIER = (Path(__file__).with_name(f"{name}.json") for name in ("allowed", "earlier"))


@dataclass(frozen=True)
class Allowed:
    """What names may be used for."""

    classes: frozenset[Name]  # instances may be made, empty, and given a state
    called: frozenset[Name]  # the file may call them; `guards.calls` looks at the arguments of each
    referenced: frozenset[Name]  # may stand as a value in a model: functions of FunctionTransformer, types
    renamed: Mapping[Name, Name]  # what earlier versions called them
    repaired: frozenset[Name]  # names without a successor that `repairs.moved` answers
    states: Mapping[Name, frozenset[str]]  # classes whose state is no dictionary: what it is

    def today(self, module: str, name: str) -> Name:
        """The present name of what a file asks for."""
        return self.renamed.get((module, name), (module, name))

    def __contains__(self, name: object) -> bool:
        return any(name in names for names in (self.classes, self.called, self.referenced, self.repaired))


@lru_cache(maxsize=None)
def allowed() -> Allowed:
    """The list, read once."""
    return _list(FILE)


@lru_cache(maxsize=None)
def ever_allowed() -> Allowed:
    """The list for a model that runs under the versions it was saved with."""
    now, earlier = allowed(), _list(EARLIER)
    return Allowed(
        classes=now.classes | earlier.classes,
        called=now.called | earlier.called,
        referenced=now.referenced | earlier.referenced,
        renamed=MappingProxyType({**now.renamed, **earlier.renamed}),
        repaired=now.repaired,
        states=MappingProxyType({**now.states, **earlier.states}),
    )


def _list(file: Path) -> Allowed:
    written = json.loads(file.read_text("utf-8"))
    return Allowed(
        classes=_pairs(written["classes"]),
        called=_pairs(written["called"]),
        referenced=_pairs(written["referenced"]),
        renamed=MappingProxyType({_pair(old): _pair(new) for old, new in written["renamed"].items()}),
        repaired=_pairs(written["repaired"]),
        states=MappingProxyType({_pair(name): frozenset(kinds) for name, kinds in written["states"].items()}),
    )


def _pairs(modules: Mapping[str, list[str]]) -> frozenset[Name]:
    return frozenset((module, name) for module, names in modules.items() for name in names)


def _pair(text: str) -> Name:
    module, name = text.split(":")
    return module, name

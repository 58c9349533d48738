"""The model that whoever starts the app gives with it: the first one to choose, open for everybody who visits.

It is named by settings, as limits are: `KLARTEXT_MODEL`, `KLARTEXT_DATA`. `python Home.py MODEL DATA` makes them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from xai.errors import KlartextError, OpeningError
from xai.limits import PREFIX

CODE = "given"
MODEL, DATA, COMPANION = (PREFIX + name for name in ("MODEL", "DATA", "WITH"))
OPTIONS = {"target": PREFIX + "TARGET", "object_key": PREFIX + "OBJECT"}


@dataclass(frozen=True)
class Given:
    """The files, by the hash of their bytes, and a source that names them, like that of an upload."""

    source: Mapping[str, Any]
    bytes: Mapping[str, bytes]


def given(environment: Mapping[str, str] = os.environ) -> Given | None:
    """The files the settings name; None where they name none. They are read once.

    Raises OpeningError("no-such-file"), KlartextError("given-without-table").
    """
    model, data = environment.get(MODEL), environment.get(DATA)
    if not model:
        return None
    if not data:
        raise KlartextError("given-without-table", setting=DATA)
    options = tuple((name, environment[setting]) for name, setting in OPTIONS.items() if environment.get(setting))
    return _read(model, data, environment.get(COMPANION) or None, options)


@lru_cache(maxsize=1)
def _read(model: str, data: str, companion: str | None, options: tuple[tuple[str, str], ...]) -> Given:
    held: dict[str, bytes] = {}
    source = {
        "given": True,
        "model": _keep(model, held),
        "data": _keep(data, held),
        "names": [Path(model).name, Path(data).name],
        "options": dict(options),
    }
    if companion is not None:
        source["options"] |= {"companion": _keep(companion, held), "companion_name": Path(companion).name}
    return Given(source, held)


def _keep(path: str, held: dict[str, bytes]) -> str:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise OpeningError("no-such-file", file=Path(path).name) from error  # visitors read this too
    digest = hashlib.sha256(content).hexdigest()
    held[digest] = content
    return digest

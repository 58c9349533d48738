"""How much a file may hold. Each limit can be set from outside: `KLARTEXT_UNPACKED_BYTES=268435456`, …"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache

from xai.errors import KlartextError

PREFIX = "KLARTEXT_"
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class OpeningLimits:
    """Bytes and counts; `KLARTEXT_` and the name in capitals sets one."""

    # compressed files
    unpacked_bytes: int = 512 * MEGABYTE  # of a model
    unpacked_ratio: int = 400  # times the packed size, where that is more than `unpacked_always`
    unpacked_always: int = 16 * MEGABYTE
    # pickles
    nesting: int = 600  # of marks: lists in lists in lists
    operands: int = 200_000  # waiting on the stack at once
    nested_pickles: int = 10  # joblib writes an array of objects as a pickle of its own
    long_digits: int = 4_000
    key_depth: int = 4  # of a tuple that is a key; hashing doubles with every level that is shared
    key_items: int = 1_000
    # models
    objects: int = 2_000_000
    object_depth: int = 200
    estimators: int = 20_000
    estimator_depth: int = 30
    # tables
    table_bytes: int = 50 * MEGABYTE  # of the file
    table_unpacked_bytes: int = 200 * MEGABYTE
    table_columns: int = 2_000
    table_rows: int = 2_000_000
    table_cells: int = 50_000_000
    cell_bytes: int = MEGABYTE
    archive_members: int = 1_000
    archive_ratio: int = 100

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> OpeningLimits:
        """The defaults, changed by the environment. Raises KlartextError("bad-setting") for what is no whole number."""
        asked = {field.name: environment.get(PREFIX + field.name.upper()) for field in fields(cls)}
        return cls(**{name: _number(name, text) for name, text in asked.items() if text is not None})


@lru_cache(maxsize=None)
def limits() -> OpeningLimits:
    """The limits of this process, read once."""
    return OpeningLimits.from_environment()


def _number(name: str, text: str) -> int:
    if not (text.isdecimal() and len(text) < 16):
        raise KlartextError("bad-setting", name=PREFIX + name.upper(), value=text)
    return int(text)

"""All limits in one place. Each can be set from outside: `KLARTEXT_MEMORY=536870912`, `KLARTEXT_WORKERS=4`, …"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache

from xai.errors import KlartextError

PREFIX = "KLARTEXT_"
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one visitor, one worker and one file may use. Bytes, seconds or counts; `KLARTEXT_` and the name sets one.

    A value of 0 for `memory` or `workers` means: from the memory that this machine or container really grants.
    """

    # files, as they are given
    model_bytes: int = 50 * MEGABYTE
    data_bytes: int = 50 * MEGABYTE
    # files, unpacked
    unpacked_bytes: int = 512 * MEGABYTE  # of a model
    unpacked_ratio: int = 400  # times the packed size, where that is more than `unpacked_always`
    unpacked_always: int = 16 * MEGABYTE
    table_unpacked_bytes: int = 200 * MEGABYTE  # of a table, packed or not
    archive_members: int = 1_000
    archive_ratio: int = 100
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
    table_columns: int = 2_000
    table_rows: int = 2_000_000
    table_cells: int = 50_000_000
    cell_bytes: int = MEGABYTE
    # one worker
    memory: int = 0  # bytes it may fill beyond the libraries that all workers share
    memory_most: int = 1024 * MEGABYTE  # what a worker gets at most where `memory` is 0
    memory_least: int = 256 * MEGABYTE  # what a worker gets at least: with less, ordinary models do not open
    cpu_seconds: int = 3600  # over its whole life
    open_files: int = 64
    threads: int = 64
    # time
    start_seconds: float = 60.0  # until the first worker is ready: the libraries are loaded once
    open_seconds: float = 60.0
    question_seconds: float = 120.0
    table_seconds: float = 1800.0  # a question about all rows of a table; whoever asked it can stop it
    idle_seconds: float = 900.0  # a worker that nobody asked anything for so long is ended
    # all workers
    workers: int = 0  # alive at once
    workers_most: int = 24  # where `workers` is 0
    reserved: int = 350 * MEGABYTE  # for the app and the shared libraries, taken off before memory is divided
    # environments of their own, for models of other versions
    environments_kept: int = 6  # beside those in use; one takes 200 to 800 MB of the disk
    environment_seconds: float = 900.0  # for making one: packages are loaded from the network
    # answers
    answer_bytes: int = 64 * MEGABYTE

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Limits:
        """The defaults, changed by the environment. Raises KlartextError("bad-setting") for what is not a number."""
        changed = {}
        for field in fields(cls):
            name = PREFIX + field.name.upper()
            if name in environment:
                changed[field.name] = _number(name, environment[name], type(field.default))
        return cls(**changed)

    def to_environment(self) -> dict[str, str]:
        """What makes `from_environment` return these limits in another process."""
        return {PREFIX + name.upper(): str(value) for name, value in asdict(self).items()}


@lru_cache(maxsize=None)
def limits() -> Limits:
    """The limits of this process, read once."""
    return Limits.from_environment()


def _number(name: str, text: str, kind: type) -> int | float:
    try:
        number = kind(text)
    except ValueError as error:
        raise KlartextError("bad-setting", name=name, value=text) from error
    if not 0 <= number < 1 << 48:
        raise KlartextError("bad-setting", name=name, value=text)
    return number

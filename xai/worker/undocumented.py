"""Libraries without the documentation that they write while they are loaded: in a worker nobody reads it.

SciPy takes some 450 docstrings apart, adds a note and puts them together again: a fifth of the time in which the
libraries of the workers are loaded.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator


@contextlib.contextmanager
def undocumented() -> Iterator[None]:
    """What is imported meanwhile finds docstrings empty where it asks `inspect` for them. For a single thread."""
    getdoc = inspect.getdoc
    inspect.getdoc = lambda _: ""
    try:
        yield
    finally:
        inspect.getdoc = getdoc

"""What crosses between the app and a worker: a JSON header and raw arrays, never a pickle.

The app takes every byte from a worker for hostile. It builds only the class that the question asks for, field by field,
each of its declared type and shape, with bounded sizes. A worker can lie about numbers and about nothing else.
Tables cross as raw arrays as well: Arrow's own format has a reader in C++ and unpacks what it is told to.

Names are loaded when they are first used: frames, tables and encoding run under old versions of Python as well, for
models in environments of their own; decoding results does not.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "Encoder": "encoding",
    "Frame": "frame",
    "WireError": "errors",
    "decode": "decoding",
    "plain": "decoding",
    "read": "frame",
    "write": "frame",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)

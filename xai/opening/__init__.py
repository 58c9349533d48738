"""From files to a model and its data: read (execute nothing), audit, construct, and fit the columns to the model.

Names are loaded when they are first used: the app asks for the demos' words and must not load scikit-learn for that.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "FileFacts": "reading",
    "OpenedFile": "files",
    "Table": "tables",
    "open_estimator": "files",
    "open_model": "files",
    "open_preprocessing": "files",
    "read_data": "files",
    "read_table": "tables",
    "with_preprocessing": "files",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)

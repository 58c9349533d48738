"""Klartext: what a fitted model does, why, what would change it, and how far the answer carries.

Names are loaded when they are first used: the app draws answers and must not load the libraries that compute them.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "DataError": "errors",
    "Explainer": "explainer",
    "Inputs": "inputs",
    "KlartextError": "errors",
    "MatchError": "errors",
    "OpeningError": "errors",
    "QuestionError": "errors",
    "WorkerError": "errors",
    "open_model": "opening",
    "read_data": "opening",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"xai.{_HOMES[name]}"), name)

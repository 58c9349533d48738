"""Plain data as Python source: what comes from a file stays data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def literal(value: Any) -> str:
    """Python source of plain data; text from files cannot end its own literal. TypeError for anything else."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        inner = ", ".join(map(literal, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner},)" if len(value) == 1 else f"({inner})"
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "None"
    if isinstance(value, float) and math.isinf(value):
        return f'float("{value}")'
    if isinstance(value, bool | int | float | str):
        return repr(value)
    raise TypeError(f"not plain data: {type(value).__name__}")

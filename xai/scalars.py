"""One value of a table as plain Python. Runs under old versions as well (see `xai.environments.inside.program`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def plain_scalar(value: Any) -> Any:
    """One value as Python's own type; missing and infinite numbers become None (JSON has no word for them)."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if pd.isna(value):
        return None
    return str(value)

"""What a transformer returned, whatever its type, as a dense matrix of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def as_matrix(encoded: Any) -> np.ndarray | None:
    """A dense float matrix of what a transformer returned; None where it holds text."""
    if hasattr(encoded, "toarray"):
        encoded = encoded.toarray()
    if isinstance(encoded, pd.DataFrame) and not all(pd.api.types.is_numeric_dtype(kind) for kind in encoded.dtypes):
        return None
    try:
        return np.ascontiguousarray(np.asarray(encoded), dtype=np.float64)
    except (TypeError, ValueError):
        return None

"""What a model says about rows that were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xai.errors import KlartextError, OpeningError
from xai.scalars import plain_scalar
from xai.worker.wire.tables import Arrays
from xai.worker.wire.tables import frame as table

METHODS = ("predict", "predict_proba", "decision_function")
_LONGEST_SAID = 300  # characters of a foreign error message


def rows_of(header: Mapping[str, Any], arrays: Sequence[np.ndarray]) -> Any:
    """What the model is given: a table, its values, or the array that was sent."""
    node, found = header["rows"], Arrays(arrays)
    if "a" in node:
        return found.take(node["a"], "biuf", 2)
    frame = table(node["f"], found)
    for name in frame.columns:  # newer versions count time in other units
        if frame[name].dtype.kind in "mM":
            frame[name] = frame[name].astype(f"{'datetime' if frame[name].dtype.kind == 'M' else 'timedelta'}64[ns]")
    return frame if header["named"] else frame.to_numpy(dtype=object)


def answered(model: Any, method: str, rows: Any) -> np.ndarray:
    """(n,) labels or numbers, or (n, K) numbers."""
    if method not in METHODS or model is None:
        raise KlartextError("nothing-opened")
    from sklearn.exceptions import NotFittedError

    try:
        found = getattr(model, method)(rows)
    except NotFittedError as error:
        raise OpeningError("no-fitted-model", model=type(model).__name__) from error
    if isinstance(found, (list, tuple)) and len(found) and np.ndim(found[0]) == 2:
        raise OpeningError("several-outputs", outputs=len(found))
    found = np.asarray(found)
    if method == "predict":
        if found.ndim > 1 and found.shape[1] > 1:
            raise OpeningError("several-outputs", outputs=found.shape[1])
        found = found.reshape(len(found))
        return found if found.dtype.kind in "biuf" else np.array([*map(plain_scalar, found), None], dtype=object)[:-1]
    return np.ascontiguousarray(found, dtype=np.float64)


def first_line(error: Exception) -> str:
    """What a library says, as far as one line goes."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:_LONGEST_SAID]

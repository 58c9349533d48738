"""Models and tables as the bytes of files."""

from __future__ import annotations

import io
import pickle
from typing import Any

import joblib
import pandas as pd
import pytest


def dumped(thing: object, compress: Any = 0) -> bytes:
    stream = io.BytesIO()
    joblib.dump(thing, stream, compress=compress)
    return stream.getvalue()


def csv(frame: pd.DataFrame, **options: Any) -> bytes:
    return frame.to_csv(index=False, **options).encode()


def saved_with(model: object, version: str) -> bytes:
    """A pickle that says it was written by this scikit-learn: estimators note the version while they are written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sklearn.base.__version__", version)
        return pickle.dumps(model)

"""One step of a fitted preprocessing: what it does to rows, and what it calls its outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from xai.asking import ask
from xai.lineage.probing import moved
from xai.lineage.result import Sources

# Libraries whose encoders work column by column and name their outputs in their own ways; but for these
_COLUMN_BY_COLUMN, _BUT = "category_encoders", ("HashingEncoder",)


def idle(transformer: Any) -> bool:
    """Whether a step does nothing when a model predicts: "passthrough", or resampling of the training rows."""
    if transformer is None or (isinstance(transformer, str) and transformer == "passthrough"):
        return True
    return hasattr(transformer, "fit_resample") and not hasattr(transformer, "transform")


def transformed(transformer: Any, rows: Any) -> Any:
    """The step's outputs for some rows."""
    return rows if idle(transformer) else ask(transformer, transformer.transform, rows)


def output_names(transformer: Any, names: list[Any] | None) -> list[Any] | None:
    """The step's own names for its outputs; None where it has none."""
    if idle(transformer):
        return names
    try:
        return list(transformer.get_feature_names_out())
    except (ValueError, AttributeError, TypeError, NotImplementedError):
        return None


def told_by_trying(transformer: Any, rows: Any) -> list[Sources] | None:
    """Origins of the outputs of encoders known to work column by column, whose names do not say which is which.

    The one input that moves an output is its origin. None for other transformers, and where two inputs move an output.
    """
    kind = type(transformer)
    if kind.__module__.split(".")[0] != _COLUMN_BY_COLUMN or kind.__name__ in _BUT:
        return None
    seen = moved(transformer.transform, rows)
    if seen is None or (seen.sum(axis=0) > 1).any():
        return None
    return [frozenset(np.flatnonzero(column).tolist()) for column in seen.T]

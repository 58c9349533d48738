"""What a bundle says beside its model: the names of the columns, of the target and of the classes, a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xai.opening.entries import Part, names_of
from xai.opening.stand_ins import scalar_of, values_of
from xai.results import Label

# The last part of a path, in the order of how sure it is.
_COLUMNS = (
    "feature_names", "features", "feature_names_in_", "feature_columns", "feature_cols", "feature_list",
    "selected_features", "model_columns", "columns", "cols", "column_names", "input_columns", "inputs", "x_columns",
    "names", "variables", "merkmale", "spalten",
)  # fmt: skip
_TARGET = (
    "target", "target_name", "target_column", "target_col", "target_variable", "label", "label_column", "label_name",
    "y", "y_name", "outcome", "response", "ziel", "zielgröße", "zielvariable",
)  # fmt: skip
_CLASSES = ("class_names", "classes", "target_names", "labels", "label_names", "class_labels", "klassen")
_THRESHOLD = ("threshold", "best_threshold", "optimal_threshold", "decision_threshold", "cutoff", "schwelle")


def columns_in(parts: Sequence[Part], count: int | None) -> tuple[str, ...] | None:
    """A list of as many names as the model has columns: the one named so, or the only one. None where unsure."""
    lists = [(key_of(part.path), names) for part in parts if (names := names_of(part.thing)) is not None]
    if count is not None:
        lists = [(key, names) for key, names in lists if len(names) == count]
    named = [names for wanted in _COLUMNS for key, names in lists if key == wanted]
    if named:
        return named[0]
    fitting = [names for key, names in lists if key not in _CLASSES]
    return fitting[0] if count is not None and len(fitting) == 1 else None


def target_in(parts: Sequence[Part]) -> str | None:
    """The name of the outcome's column."""
    said = {key_of(part.path): scalar_of(part.thing) for part in parts}
    return next((said[key] for key in _TARGET if isinstance(said.get(key), str) and said[key]), None)


def classes_in(parts: Sequence[Part], count: int) -> tuple[Label, ...] | None:
    """As many names as there are classes, in their order."""
    for wanted in _CLASSES:
        for part in parts:
            values = _values(part.thing) if key_of(part.path) == wanted else None
            if values is not None and len(values) == len(set(map(str, values))) == count:
                return tuple(values)
    return None


def threshold_in(parts: Sequence[Part]) -> float | None:
    """The probability from which on the positive class was to be answered."""
    for part in parts:
        value = part.thing.item() if isinstance(part.thing, np.generic) else scalar_of(part.thing)
        if key_of(part.path) in _THRESHOLD and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def key_of(path: str) -> str:
    """The last part of a path, in small letters."""
    return path.rsplit(".", 1)[-1].lower()


def _values(thing: Any) -> list[Any] | None:
    """Plain values of a list or an array."""
    if isinstance(thing, np.ndarray) and thing.ndim == 1:
        thing = thing.tolist()
    return values_of(thing)

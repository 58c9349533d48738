"""Which of its input columns a fitted ColumnTransformer hands to one of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer


def column_positions(selected: Any, transformer: ColumnTransformer, names: Sequence[Any] | None) -> list[int]:
    """Input positions of a part: lists, slices, masks, names. Selectors have become lists when it was fitted."""
    known = list(getattr(transformer, "feature_names_in_", names if names is not None else []))
    count = int(getattr(transformer, "n_features_in_", len(known)))
    if hasattr(selected, "data") and isinstance(selected.data, list):  # a list that warns when it is read
        selected = selected.data
    if isinstance(selected, str):
        selected = [selected]
    if isinstance(selected, slice):
        return _sliced(selected, known, count)
    items = list(np.atleast_1d(np.asarray(selected, dtype=object))) if not np.isscalar(selected) else [selected]
    if items and all(isinstance(item, bool | np.bool_) for item in items):
        return [position for position, wanted in enumerate(items) if wanted]
    return [known.index(item) if isinstance(item, str) else int(item) % count for item in items]


def _sliced(selected: slice, known: list[Any], count: int) -> list[int]:
    bounds = [known.index(end) if isinstance(end, str) else end for end in (selected.start, selected.stop)]
    if isinstance(selected.stop, str):
        bounds[1] += 1  # slices of labels include their end
    return list(range(count))[slice(bounds[0], bounds[1], selected.step)]

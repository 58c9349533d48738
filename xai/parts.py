"""The parts of a preprocessing: which fitted transformer encodes which columns, so that a few can be encoded alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer

from xai.asking import ask
from xai.lineage import as_matrix, column_positions


@dataclass(frozen=True)
class Part:
    """One transformer of a ColumnTransformer."""

    transformer: Any
    positions: tuple[int, ...]  # the original columns it is given, in its order
    place: slice  # the encoded columns it returns

    def transform(self, rows: Any) -> np.ndarray | None:
        """(n, columns of `place`) from rows that have these columns only; None where the result holds text."""
        if isinstance(self.transformer, str):  # "passthrough"
            return as_matrix(rows)
        return as_matrix(ask(self.transformer, self.transformer.transform, rows))


def parts(
    transformers: Sequence[Any], sample: pd.DataFrame, matrix: np.ndarray, as_rows: Callable[[pd.DataFrame], Any]
) -> tuple[Part, ...]:
    """The parts of a preprocessing that is a single ColumnTransformer; () for others.

    Each is tried on the rows of `sample` (n, C): alone it must return what it contributes to `matrix` (n, E).
    """
    if len(transformers) != 1 or not isinstance(transformers[0], ColumnTransformer):
        return ()
    whole, found = transformers[0], []
    for name, transformer, selected in whole.transformers_:
        place = whole.output_indices_.get(name)
        if place is None or place.start == place.stop:  # dropped, or nothing was selected
            continue
        part = Part(transformer, tuple(column_positions(selected, whole, list(sample.columns))), place)
        alone = part.transform(as_rows(sample.iloc[:, list(part.positions)]))
        if alone is None or not np.array_equal(alone, matrix[:, place], equal_nan=True):
            return ()
        found.append(part)
    return tuple(found)

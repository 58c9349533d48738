"""Rows that are asked again with other values in one column: transformed once, then only recombined.

Permutation importance, partial dependence, ICE, ALE and ceteris paribus all ask a model about copies of the same rows
that differ in one original column. Where the model has an encoding (see `xai.encoding`) the copies are made of encoded
rows, and all encoded columns of the original one are replaced together; else every copy runs through the pipeline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from xai.model import BLOCK as TRANSFORMED
from xai.model import Model
from xai.progress import Progress, report

BLOCK = 20_000  # rows asked at once, at most: enough to make a call worth it, few enough for any memory
CELLS = 4_000_000  # and their values, so that wide tables fit as well


@dataclass(frozen=True)
class Values:
    """G values of one column: as the table has them, and encoded where the model has an encoding."""

    name: str
    series: pd.Series  # (G,)
    encoded: np.ndarray | None  # (G, encoded columns of this one)


class Rows:
    """n rows that are asked with other values in one of their columns.

    Parameters
    ----------
    model : with its encoding prepared.
    frame : (n, C) the rows.
    """

    def __init__(self, model: Model, frame: pd.DataFrame) -> None:
        self.model = model
        self.frame = frame[list(model.columns)].reset_index(drop=True)
        self.matrix = None if model.encoding is None else _transformed(model, self.frame)

    @property
    def space(self) -> Literal["encoded", "frame"]:
        """Where the copies are made; "frame": each of them runs through the whole pipeline."""
        return "frame" if self.matrix is None else "encoded"

    def own(self, name: str) -> Values:
        """The values of the rows themselves, in their order."""
        return Values(name, self.frame[name], None if self.matrix is None else self.matrix[:, self._places(name)])

    def values(self, name: str, series: pd.Series) -> Values:
        """Other values, in the type the column has or a wider one."""
        if self.matrix is None:
            return Values(name, series, None)
        # an encoded column depends on one original column: the others may come from any row
        tried = self.frame.iloc[np.zeros(len(series), dtype=np.intp)].reset_index(drop=True)
        tried = tried.assign(**{name: series.array})
        return Values(name, series, self.model.encoding.transform(tried)[:, self._places(name)])

    def predict(self, values: Values, place: np.ndarray, progress: Progress | None = None) -> np.ndarray:
        """(k, n, K) outputs of k copies of the rows: row i of copy j has the value number `place[j, i]`, (k, n)."""
        ask = self.model.predict if self.matrix is None else self.model.encoding.predict
        return self._asked(ask, values, place, progress)

    def answer(self, values: Values, place: np.ndarray, progress: Progress | None = None) -> np.ndarray:
        """(k, n) answers to the same copies: class labels, or numbers."""
        ask = self.model.answer if self.matrix is None else self.model.answer_encoded
        return self._asked(ask, values, place, progress)

    def _asked(
        self, ask: Callable[[Any], np.ndarray], values: Values, place: np.ndarray, progress: Progress | None
    ) -> np.ndarray:
        found: np.ndarray | None = None
        for copies, rows in self._blocks(*place.shape):
            report(progress, (copies.start + rows.start / place.shape[1]) / len(place), "perturbation")
            chosen = place[copies, rows]
            said = ask(self._copies(values, chosen, rows))
            if found is None:
                found = np.empty((*place.shape, *said.shape[1:]), dtype=said.dtype)
            found[copies, rows] = said.reshape(*chosen.shape, *said.shape[1:])
        return found

    def _blocks(self, copies: int, rows: int) -> Iterator[tuple[slice, slice]]:
        """Whole copies as long as they fit into a block together; long ones in parts."""
        width = len(self.frame.columns) if self.matrix is None else max(self.matrix.shape[1], 1)
        size = max(1, min(BLOCK, CELLS // width))
        at_once = max(1, size // max(rows, 1))
        for first in range(0, copies, at_once):
            for start in range(0, rows, size):
                yield slice(first, min(first + at_once, copies)), slice(start, min(start + size, rows))

    def _copies(self, values: Values, place: np.ndarray, rows: slice) -> Any:
        """Copies of the chosen rows below each other, as the model or its encoding wants them."""
        if self.matrix is None:
            part = self.frame.iloc[np.tile(np.arange(rows.start, rows.stop), len(place))].reset_index(drop=True)
            return part.assign(**{values.name: values.series.array.take(place.ravel())})
        part = np.tile(self.matrix[rows], (len(place), 1))
        part[:, self._places(values.name)] = values.encoded[place.ravel()]
        return part

    def _places(self, name: str) -> np.ndarray:
        """Positions of the encoded columns that are made of an original one."""
        return np.flatnonzero(self.model.encoding.players == self.model.columns.index(name))


def _transformed(model: Model, frame: pd.DataFrame) -> np.ndarray:
    """(n, E), a block at a time: preprocessing needs a multiple of what it returns."""
    starts = range(0, len(frame), TRANSFORMED)
    if len(starts) < 2:
        return model.encoding.transform(frame)
    matrix = np.empty((len(frame), len(model.encoding.players)))
    for start in starts:
        part = slice(start, start + TRANSFORMED)
        matrix[part] = model.encoding.transform(frame.iloc[part])
    return matrix

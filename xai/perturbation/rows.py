"""Rows, and what a model says about copies of them with other values in one column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.perturbation.in_frame import InFrame, copies
from xai.perturbation.in_matrix import InMatrix
from xai.perturbation.in_trees import InTrees
from xai.progress import Progress, report, within

BLOCK = 20_000  # copies asked at once, at most: enough to make a call worth it, few enough for any memory
CELLS = 2_000_000  # and their values, so that wide tables fit as well

Form = InFrame | InMatrix | InTrees


@dataclass(frozen=True)
class Values:
    """G values of one column."""

    name: str
    frame: pd.DataFrame  # (G, C) rows that have them
    given: Any  # the same in the form in which the model is asked


class Rows:
    """n rows that are asked with other values in one of their columns.

    Parameters
    ----------
    background : with the model and what is known about it. frame : (n, C) the rows.
    """

    def __init__(self, background: Background, frame: pd.DataFrame) -> None:
        self.frame = frame[list(background.model.columns)].reset_index(drop=True)
        self._form = form_for(background)
        self._given = self._form.form(self.frame)

    @property
    def space(self) -> str:
        """The form of the copies: "trees", "encoded" or "frame"."""
        return self._form.space

    def values(self, name: str, series: pd.Series) -> Values:
        """Other values, in the type the column has or a wider one."""
        # what a column becomes does not depend on the others: these may come from any row
        tried = self.frame.iloc[np.zeros(len(series), dtype=np.intp)].reset_index(drop=True)
        tried = tried.assign(**{name: series.array})
        return Values(name, tried, self._form.form(tried))

    def predict(self, values: Values, place: np.ndarray, progress: Progress | None = None) -> np.ndarray:
        """(k, n, K) outputs of k copies of the rows: row i of copy j has the value number `place[j, i]`, (k, n)."""
        found: np.ndarray | None = None
        for some, rows in self._blocks(*place.shape):
            report(progress, (some.start + rows.start / place.shape[1]) / len(place), "perturbation")
            said = self._form.predict(self._given[rows], values.name, values.given, place[some, rows])
            if found is None:
                found = np.empty((*place.shape, said.shape[1]))
            found[some, rows] = said.reshape(some.stop - some.start, -1, said.shape[1])
        return found

    def shuffled(self, place: np.ndarray, progress: Progress | None = None) -> Iterator[tuple[slice, np.ndarray]]:
        """Blocks of rows with their answers (C, k, rows): in copy j of row i one of the C columns is that of row
        `place[j, i]`, (k, n); all others are its own."""
        count = place.shape[1]
        size = max(1, self._room // len(place))
        for start in range(0, count, size):
            rows = slice(start, min(start + size, count))
            part = within(progress, start / count, rows.stop / count)
            found = self._form.answer_each(self._given[rows], self._given, place[:, rows], part)
            yield rows, self._settled(found, rows, place)

    def _settled(self, found: np.ndarray, rows: slice, place: np.ndarray) -> np.ndarray:
        """Where the form leaves an answer open, the model itself is asked."""
        if found.dtype != object:
            return found
        unsure = np.equal(found, None)
        for position, copy in np.argwhere(unsure.any(axis=2)):
            which = rows.start + np.flatnonzero(unsure[position, copy])
            name = self.frame.columns[position]
            asked = copies(self.frame.iloc[which], name, self.frame, place[copy, which][None])
            found[position, copy, which - rows.start] = self._form.model.answer(asked)
        return found

    @property
    def _room(self) -> int:
        """Copies of rows that are asked at once."""
        return max(1, min(BLOCK, CELLS // self._form.width))

    def _blocks(self, count: int, rows: int) -> Iterator[tuple[slice, slice]]:
        """Whole copies as long as they fit into a block together; long ones in parts."""
        at_once = max(1, self._room // max(rows, 1))
        for first in range(0, count, at_once):
            for start in range(0, rows, self._room):
                yield slice(first, min(first + at_once, count)), slice(start, min(start + self._room, rows))


def form_for(background: Background) -> Form:
    """The fastest form a model allows."""
    trees = background.compiled
    if trees is not None:
        return InTrees(background, trees)
    return InFrame(background.model) if background.model.encoding is None else InMatrix(background.model)

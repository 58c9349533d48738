"""What a model says about the neighbours of a row: asked once, about those of all runs and the row itself together.

In encoded space only their numbers have to be transformed. Any other value of a neighbour is one that a background row
or the row itself has, so its encoded columns are taken from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.attribution.neighbourhood import Neighbourhood
from xai.attribution.trees.compiled import largest
from xai.codec import MISSING
from xai.results import Label

CELLS = 8_000_000  # encoded values that are predicted at once, at most


@dataclass(frozen=True)
class Said:
    """Answers of the model."""

    neighbours: np.ndarray  # (n, K) outputs
    row: np.ndarray  # (K,) outputs for the row as it is
    label: Label | float  # its answer for the row


def said_about(background: Background, around: Neighbourhood, row: pd.DataFrame, rows: np.ndarray) -> Said:
    """Ask about `row` (1, C) and its neighbours (n, V), coded as in the neighbourhood."""
    model = background.model
    if model.encoding is None:
        return Said(model.predict(around.frame(rows)), model.predict(row)[0], model.answer(row)[0])
    outputs, trees = [], background.compiled
    for matrix in _encoded(background, around, row, rows):
        outputs.append(model.encoding.predict(matrix) if trees is None else trees.said(trees.codes(matrix)))
    found = outputs[0] if len(outputs) == 1 else np.concatenate(outputs)
    label = None if trees is None or model.task == "regression" else largest(model.classes, found[-1:])[0]
    return Said(found[:-1], found[-1], model.answer_encoded(matrix[-1:])[0] if label is None else label)


def _encoded(
    background: Background, around: Neighbourhood, row: pd.DataFrame, rows: np.ndarray
) -> Iterator[np.ndarray]:
    """The neighbours as the final estimator is given them, in blocks; the row comes last."""
    encoding = background.model.encoding
    codes = np.repeat(around.known[-1:], len(rows) + 1, axis=0)
    codes[:-1, around.varying] = rows
    encode = _Recombining(background, around, row) if encoding.parts else None
    size = max(2, CELLS // max(len(encoding.players), 1))
    for first in range(0, len(codes), size):
        block = codes[first : first + size]
        yield encoding.transform(around.codec.decode(block)) if encode is None else encode(block)


class _Recombining:
    """Encodes coded rows (n, C): numbers that vary are transformed, all other values are taken from known rows."""

    def __init__(self, background: Background, around: Neighbourhood, row: pd.DataFrame) -> None:
        self._encoding, self._codec = background.model.encoding, around.codec
        names, numbers = around.codec.names, around.varying & around.codec.numeric
        varying = [name for name, varies in zip(names, numbers, strict=True) if varies]
        anew = self._encoding.needed(varying) if varying else []
        plain = [part for part in self._encoding.formulas if self._codec.numbers(around.known, part.names) is not None]
        self._computed = [part for part in plain if set(part.names) <= set(anew)]
        self._transformed = self._left(anew)
        others = [place for place, name in enumerate(names) if name not in anew]
        known, encoded = around.known[:-1], background.encoded
        own = around.known[-1, others]
        # what only the row has; missing text as well, which can be written in more than one way
        if (~(known[:, others] == own).any(axis=0) | (own == MISSING)).any():
            known = np.concatenate([around.known[-1:], known])
            encoded = np.concatenate([self._encoding.transform(row), encoded])
        self._constant = encoded[:1]
        self._sources = [self._source(place, known[:, place], encoded) for place in others]

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        matrix = np.repeat(self._constant, len(codes), axis=0)
        for part in self._computed:
            matrix[:, part.place] = part.formula(self._codec.numbers(codes, part.names))
        if self._transformed:
            self._encoding.fill(matrix, self._codec.decode(codes, self._transformed))
        for place, columns, known, encoded in self._sources:
            matrix[:, columns] = encoded[np.searchsorted(known, codes[:, place])]
        return matrix

    def _left(self, anew: Sequence[str]) -> list[str]:
        """Those columns that are not only computed with: all that a part of the preprocessing wants together."""
        done = {part.place.start for part in self._computed}
        wanted = [
            [self._encoding.columns[k] for k in part.positions]
            for part in self._encoding.parts
            if part.place.start not in done
        ]
        return list(dict.fromkeys(name for part in wanted if set(part) <= set(anew) for name in part))

    def _source(self, place: int, codes: np.ndarray, encoded: np.ndarray) -> tuple[int, Any, np.ndarray, np.ndarray]:
        """An original column, its encoded columns, and what these hold for each known code (ascending)."""
        columns = np.flatnonzero(self._encoding.players == place)
        known, first = np.unique(codes, return_index=True)
        adjacent = len(columns) > 0 and columns[-1] - columns[0] + 1 == len(columns)
        return place, slice(columns[0], columns[-1] + 1) if adjacent else columns, known, encoded[first][:, columns]

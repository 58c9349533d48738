"""Lean encoding of a few rows: what a preprocessing makes of single values, looked up or computed by its formula.

A preprocessing that encodes column by column makes the same of equal values. Through pandas and a dozen checks one row
takes as long as a thousand; here a category is looked up among those that were encoded before, and a number goes
through the formulas of imputers and scalers. Whatever is not known (a new category, a step without a formula) is left
to the preprocessing itself, and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from xai.lean.scales import scale_of
from xai.parts import Part

FEW = 8  # rows; more are encoded faster together
MOST_VALUES = 5_000  # of a column that are remembered

Formula = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Rows:
    """Encodes rows without asking the preprocessing, where it can. Shapes: n rows, E encoded columns."""

    width: int
    parts: tuple[Formulas | _Lookups, ...]

    def encode(self, frame: pd.DataFrame) -> np.ndarray | None:
        """(n, E), or None where something about the rows is not known."""
        found = np.empty((len(frame), self.width))
        return found if all(part.encode(frame, found) for part in self.parts) else None

    @property
    def formulas(self) -> tuple[Formulas, ...]:
        """The parts that are formulas."""
        return tuple(part for part in self.parts if isinstance(part, Formulas))

    def remember(self, frame: pd.DataFrame, matrix: np.ndarray) -> None:
        """What the preprocessing made of some rows: frame (n, C), matrix (n, E)."""
        for part in self.parts:
            part.remember(frame, matrix)


@dataclass(frozen=True)
class Formulas:
    """Numbers of one part of the preprocessing: from its columns (n, names) to what it encodes them as."""

    names: tuple[str, ...]
    place: slice
    formula: Formula

    def encode(self, frame: pd.DataFrame, found: np.ndarray) -> bool:
        columns = [frame[name] for name in self.names]
        if not all(_in_double(column.dtype) for column in columns):
            return False
        numbers = np.stack([column.to_numpy(dtype=np.float64) for column in columns], axis=1)
        if np.isinf(numbers).any():  # the preprocessing refuses them
            return False
        found[:, self.place] = self.formula(numbers)
        return True

    def remember(self, frame: pd.DataFrame, matrix: np.ndarray) -> None:
        """There is nothing to remember."""


@dataclass(frozen=True)
class _Lookups:
    """Values of one column in one part of the preprocessing."""

    name: str
    place: np.ndarray  # the encoded columns that depend on it
    known: dict[Hashable, np.ndarray] = field(default_factory=dict)

    def encode(self, frame: pd.DataFrame, found: np.ndarray) -> bool:
        try:
            vectors = [self.known.get(_key(value)) for value in frame[self.name].array]
        except TypeError:  # values without a hash
            return False
        if any(vector is None for vector in vectors):
            return False
        found[:, self.place] = vectors
        return True

    def remember(self, frame: pd.DataFrame, matrix: np.ndarray) -> None:
        for row, value in enumerate(frame[self.name].array):
            if len(self.known) >= MOST_VALUES:
                return
            try:
                self.known.setdefault(_key(value), matrix[row, self.place].copy())
            except TypeError:  # values without a hash
                return


def _in_double(kind: Any) -> bool:
    """Whether a preprocessing computes with such numbers in double precision."""
    return isinstance(kind, np.dtype) and (kind == np.float64 or kind.kind in "iub")


def _key(value: Any) -> Hashable:
    """Equal for equal values of a type: neither 1 and True, nor different ways to say that a value is missing."""
    return (type(value), None if value is None or value is pd.NA or value != value else value)


def rows_of(
    parts: Sequence[Part], players: np.ndarray, names: Sequence[str], frame: pd.DataFrame, matrix: np.ndarray
) -> Rows | None:
    """The lean encoding of a preprocessing with `parts`; None where there is none, or it is not the same to the bit.

    frame (n, C), matrix (n, E): rows and what the preprocessing makes of them. players (E,): the original column of
    each encoded column.
    """
    if not parts:
        return None
    found: list[Formulas | _Lookups] = []
    for part in parts:
        formula = _formula(part.transformer)
        if formula is not None:
            found.append(Formulas(tuple(names[k] for k in part.positions), part.place, formula))
            continue
        owned = np.arange(len(players))[part.place]
        if not set(players[owned].tolist()) <= set(part.positions):
            return None  # constants: they would have to be known as well
        found += [_Lookups(names[k], owned[players[owned] == k]) for k in set(part.positions)]
    rows = Rows(matrix.shape[1], tuple(found))
    rows.remember(frame, matrix)
    with np.errstate(all="ignore"):
        tried = _tried(rows, frame)
    return rows if tried is not None and np.array_equal(tried, matrix, equal_nan=True) else None


def _tried(rows: Rows, frame: pd.DataFrame) -> np.ndarray | None:
    try:
        return rows.encode(frame)
    except (ValueError, TypeError, IndexError):  # learnt numbers of another shape than those of the known versions
        return None


def _formula(transformer: Any) -> Formula | None:
    """What a transformer of numbers computes; None for others."""
    if isinstance(transformer, str) or transformer is None:
        return (lambda matrix: matrix) if transformer == "passthrough" else None
    if isinstance(transformer, Pipeline):
        steps = [_formula(step) for _, step in transformer.steps]
        return None if any(step is None for step in steps) else _after_each_other(steps)
    if not type(transformer).__module__.startswith("sklearn."):
        return None
    if type(transformer).__name__ == "SimpleImputer":
        return _imputed(transformer)
    if type(transformer).__name__ == "FunctionTransformer" and transformer.func is None:
        return lambda matrix: matrix
    return scale_of(transformer)


def _after_each_other(steps: Sequence[Formula]) -> Formula:
    def every(matrix: np.ndarray) -> np.ndarray:
        for step in steps:
            matrix = step(matrix)
        return matrix

    return every


def _imputed(imputer: Any) -> Formula | None:
    """Gaps filled with what was learnt; None where it fills words, or does more than fill."""
    try:
        fill = np.asarray(imputer.statistics_, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    plain = isinstance(imputer.missing_values, float) and np.isnan(imputer.missing_values) and not imputer.add_indicator
    if not plain or np.isnan(fill).any():
        return None
    return lambda matrix: np.where(np.isnan(matrix), fill, matrix)

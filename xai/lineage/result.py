"""What is known about where encoded columns come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Sources = frozenset[int]


@dataclass(frozen=True)
class Mixing:
    """A step whose outputs depend on several original columns at once."""

    step: str  # its class
    columns: Sources  # the positions of the original columns it mixes
    # whether its output names tell which columns each output is made of (products of columns; PCA says nothing)
    told: bool = False


@dataclass(frozen=True)
class Lineage:
    """For every encoded column the positions of the original columns it is computed from.

    Shapes: C original columns, E encoded columns.
    """

    sources: tuple[Sources, ...]
    mixings: tuple[Mixing, ...] = ()

    @property
    def separable(self) -> bool:
        """Every encoded column depends on at most one original column."""
        return all(len(source) <= 1 for source in self.sources)

    @property
    def players(self) -> np.ndarray:
        """(E,) position of the one original column of each encoded column; -1 for constants and for `joint` ones."""
        return np.array([next(iter(s)) if len(s) == 1 else -1 for s in self.sources], dtype=np.int64)

    @property
    def joint(self) -> np.ndarray:
        """(E,) bool: encoded columns that depend on several original columns."""
        return np.array([len(source) > 1 for source in self.sources], dtype=bool)

    @property
    def mixed(self) -> Sources:
        """The original columns that share an encoded column with another one."""
        return frozenset().union(*(source for source in self.sources if len(source) > 1))

    def mixing_of(self, column: int) -> Mixing | None:
        """The first step that mixes an original column with others; None where the column stays separable."""
        if column not in self.mixed:
            return None
        return next((mixing for mixing in self.mixings if column in mixing.columns), None)

    @property
    def reason(self) -> str | None:
        """Why the encoding is not separable: the class of the first mixing step, "several-columns" for products."""
        if self.separable:
            return None
        first = next((mixing for mixing in self.mixings if mixing.columns & self.mixed), None)
        return "several-columns" if first is None or first.told else first.step

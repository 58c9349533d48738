"""How numbers are written in one figure: the same decimals everywhere, so that the steps visibly add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from xai.texts import Wording
from xai.texts.numbers import digits_for


@dataclass(frozen=True)
class Units:
    """Predictions (`amount`), differences (`effect`, signed) and sizes (unsigned) with a fixed number of decimals.

    `unit` is that of a result, or the name of a score ("accuracy", "r2", "auc", …).
    """

    wording: Wording
    unit: str
    digits: int

    @property
    def in_percent(self) -> bool:
        return self.unit in _IN_PERCENT

    def amount(self, x: float) -> str:
        return self.wording.percent(x, self.digits) if self.in_percent else self.wording.number(x, self.digits)

    def effect(self, x: float) -> str:
        return self.wording.number(self.shown(x), self.digits, sign=True)

    def size(self, x: float) -> str:
        return self.wording.number(self.shown(x), self.digits)

    def shown(self, x: float) -> float:
        """A difference in the unit it is written in: percentage points for probabilities and shares of rows."""
        return 100 * x if self.in_percent else x

    def visible(self, x: float) -> float:
        """`x`, or zero where it is written as zero: what has no sign in words has none in colour."""
        return 0.0 if self.vanishes(x) else x

    def vanishes(self, x: float) -> bool:
        """Written as zero."""
        return float(f"{self.shown(x):.{self.digits}f}") == 0


_IN_PERCENT = ("probability", "accuracy", "balanced_accuracy", "share")


def units(wording: Wording, unit: str, points: Iterable[float]) -> Units:
    """Decimals that fit the distance `points` span: one for probabilities (more only where all is below a point).

    A span below a hundredth of the values themselves does not ask for more decimals.
    """
    values = np.asarray([x for x in points if np.isfinite(x)], float)
    span = float(np.ptp(values)) if len(values) else 0.0
    if unit in _IN_PERCENT:
        small = 0 < span < 0.005
        return Units(wording, unit, min(digits_for(100 * span) - 1, 4) if small else 1)
    if unit in ("r2", "auc", "f1"):
        return Units(wording, unit, 3 if 0 < span < 0.1 else 2)
    largest = float(np.abs(values).max()) if len(values) else 0.0
    return Units(wording, unit, digits_for(max(span, 0.01 * largest)))

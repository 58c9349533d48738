"""Round values along an axis."""

from __future__ import annotations

import math
from collections.abc import Sequence


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten within the range, at most `most` of them (at least one)."""
    if not high > low:
        return [low]
    power = 10.0 ** math.floor(math.log10((high - low) / max(most - 1, 1)))
    for factor in (1, 2, 2.5, 5, 10, 20, 25, 50):
        step = factor * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            break
    return [round(k * step, 12 - math.floor(math.log10(step))) for k in range(first, last + 1)] or [low]


def decimals(marks: Sequence[float], most: int = 12) -> int:
    """Decimals that write all marks exactly."""
    for digits in range(most):
        if all(math.isclose(round(mark, digits), mark, rel_tol=1e-9, abs_tol=1e-15) for mark in marks):
            return digits
    return most

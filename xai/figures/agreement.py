"""Do two explanations of one row say the same about a column?"""

from __future__ import annotations

from typing import Literal

from xai.results import Attribution

Agreement = Literal["yes", "no", "near"]


def agreement(one: Attribution, other: Attribution) -> tuple[Agreement, ...]:
    """(C,) for each column: the same direction ("yes"), opposite ones ("no"), or both next to nothing ("near").

    Next to nothing is what neither would name (`Attribution.negligible`).
    Raises ValueError if the two are not about one row, the same columns and the same unit.
    """
    if one.columns != other.columns or one.unit != other.unit or one.values.ndim != 1 or other.values.ndim != 1:
        raise ValueError("two explanations of one row, with the same columns and in the same unit, are compared")
    limit = max(one.negligible, other.negligible)
    return tuple(_compared(float(a), float(b), limit) for a, b in zip(one.values, other.values, strict=True))


def _compared(a: float, b: float, limit: float) -> Agreement:
    if abs(a) < limit and abs(b) < limit:
        return "near"
    return "yes" if a * b > 0 else "no"

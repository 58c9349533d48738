"""The range of an axis that leaves room for the text beside its marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_EDGE = 6.0  # pixels free at either end of a panel


@dataclass(frozen=True)
class Extent:
    """A mark at `x` (units of the axis) whose text reaches `left` and `right` pixels beyond it."""

    x: float
    left: float = 0.0
    right: float = 0.0


def pixels(extents: Sequence[Extent], per_unit: float, least: float = 0.0) -> float:
    """How wide a panel must be at this many pixels per unit."""
    low, high = _ends(extents, per_unit)
    return max(high - low + 2 * _EDGE, least)


def per_unit(panels: Sequence[tuple[Sequence[Extent], float]], room: float, least_span: float) -> float:
    """The most pixels per unit at which all panels (extents, least width) fit side by side into `room`.

    One scale for all of them, so that arrows of equal length mean the same. Needed width grows with the scale, so
    bisection finds it. `least_span` keeps tiny differences from being blown up to the full width.
    """
    low, high = 0.0, room / least_span
    for _ in range(60):
        middle = (low + high) / 2
        fits = sum(pixels(extents, middle, least) for extents, least in panels) <= room
        low, high = (middle, high) if fits else (low, middle)
    # Where not even the text fits, it may overlap, but the arrows stay.
    return max(low, 0.2 * room / (least_span + sum(_span(extents) for extents, _ in panels)))


def bounds(extents: Sequence[Extent], scale: float, width: float) -> tuple[float, float]:
    """The range of an axis `width` pixels wide at `scale` pixels per unit; spare room goes to both ends."""
    low, high = _ends(extents, scale)
    spare = max(width - (high - low), 0.0)
    start = (low - min(spare / 2, 40.0 + _EDGE)) / scale
    return start, start + width / scale


def fit(extents: Sequence[Extent], room: float, least_span: float) -> tuple[float, float]:
    """The range of a single panel."""
    return bounds(extents, per_unit([(extents, 0.0)], room, least_span), room)


def _ends(extents: Sequence[Extent], scale: float) -> tuple[float, float]:
    return min(e.x * scale - e.left for e in extents), max(e.x * scale + e.right for e in extents)


def _span(extents: Sequence[Extent]) -> float:
    return max(e.x for e in extents) - min(e.x for e in extents)

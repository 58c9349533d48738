"""Points of many contributions in rows: the common axis, and the heaps that keep points apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xai.figures import arrows
from xai.figures.arrows import Panel
from xai.figures.drawing import Drawing
from xai.figures.extent import Extent, fit
from xai.figures.labels import text_width
from xai.figures.style import NOTE, Style
from xai.figures.ticks import decimals, ticks

ABOVE, BELOW = 26, 56
"""Pixels such a figure needs above (the words at the zero line) and below (the axis)."""
_POINT = 6.0  # pixels of a point
_HEAP = 0.42  # half the height a heap may take, in rows


def zero_extent(style: Style) -> Extent:
    """The room for the words at either side of the zero line."""
    left, right = (text_width(style.wording.say(f"figures.contribution.{key}"), NOTE) for key in ("lowers", "raises"))
    return Extent(0.0, style.px(left + 8), style.px(right + 8))


def contribution_range(style: Style, values: np.ndarray, width: float) -> tuple[float, float]:
    """A range with all values and zero in it."""
    edge = style.px(_POINT)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return fit([zero_extent(style), Extent(low, edge, edge), Extent(high, edge, edge)], width, least_span(values))


def least_span(values: np.ndarray) -> float:
    return 0.1 * float(np.nanmax(np.abs(values))) or 1.0


def draw_axis(drawn: Drawing, style: Style, panel: Panel, unit: str) -> None:
    """The axis below all rows: round values, signed, and what they are contributions to."""
    marks = ticks(panel.low, panel.high, max(int(panel.width / style.px(75)), 3))
    soft = style.font(NOTE, style.palette.soft)
    drawn.axes(
        xaxis={
            "range": [panel.low, panel.high],
            "visible": True,
            "showgrid": False,
            "zeroline": False,
            "showline": True,
            "linecolor": style.palette.line,
            "ticks": "outside",
            "tickcolor": style.palette.line,
            "tickvals": marks,
            "ticktext": [style.wording.number(mark, decimals(marks), sign=True) for mark in marks],
            "tickfont": soft,
            "title": {"text": style.wording.say(f"figures.contribution.{unit}"), "font": soft},
        }
    )


def draw_zero(drawn: Drawing, style: Style, panel: Panel, bottom: float) -> None:
    """The zero line, and at its upper end in words which side raises the prediction."""
    arrows.rule(drawn, panel, 0.0, (panel.top, bottom), {"color": style.palette.soft, "width": style.px(1)})
    for key, side in (("lowers", -1), ("raises", 1)):
        drawn.annotation(
            x=0,
            xref=panel.axis,
            xanchor="right" if side < 0 else "left",
            xshift=style.px(5) * side,
            y=panel.top,
            yref="y",
            yanchor="bottom",
            text=style.wording.say(f"figures.contribution.{key}"),
            font=style.font(NOTE, style.palette.soft),
        )


def strip(style: Style, panel: Panel, row: int, values: np.ndarray) -> np.ndarray:
    """(R,) vertical positions in pixels: points that would cover each other are heaped around the row's middle."""
    size = style.px(_POINT)
    place = np.floor(np.asarray(values, float) / (size * panel.unit))
    nth = pd.Series(place).groupby(place).cumcount().to_numpy()
    gap = min(0.75 * size, 2 * _HEAP * panel.row / (int(nth.max(initial=0)) + 1))
    offset = np.where(nth % 2 == 0, 1, -1) * ((nth + 1) // 2)
    return panel.centre(row) + gap * offset


def point_size(style: Style) -> float:
    return style.px(_POINT)

"""Accumulated local effects: what one column does among rows that exist, above and below the average."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from xai.figures import arrows, curve
from xai.figures.arrows import Panel
from xai.figures.category_rows import category_rows, draw_counts
from xai.figures.drawing import Drawing
from xai.figures.extent import Extent, fit
from xai.figures.plot import Band, draw_support, draw_values, draw_zero_level, plot
from xai.figures.strips import ABOVE, BELOW, draw_axis, draw_zero, least_span, zero_extent
from xai.figures.style import Style
from xai.figures.ticks import decimals, ticks
from xai.figures.units import Units, units
from xai.results import Effect
from xai.texts import Wording

_ROW = 40
_MOST = 20  # categories with a row of their own


def figure(effect: Effect, style: Style, rows_name: str | None = None) -> go.Figure:
    """Numbers: a curve in its 95 % interval, the data's rows as columns below. Categories: a dot each, in an order in
    which neighbours are alike.

    rows_name: what the data columns count (HTML).
    """
    written = units(style.wording, effect.unit, (0.0, *effect.prediction))
    if effect.edges is None:
        return _categories(effect, style, written, rows_name)
    x = np.asarray(effect.grid, float)
    low, high, middle = (_shown(each, written) for each in (effect.low, effect.high, effect.prediction))
    band = _band(low, high)
    marks = ticks(band.low, band.high, 6)
    names = [style.wording.number(mark, decimals(marks), sign=True) for mark in marks]
    drawn = plot(style, band, marks, names, right=76)
    draw_values(drawn, style, effect, min(x.min(), effect.edges[0]), max(x.max(), effect.edges[-1]))
    draw_support(drawn, style, effect, band, rows_name)
    draw_zero_level(drawn, style)
    drawn.scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([low, high[::-1]]),
        mode="lines",
        fill="toself",
        fillcolor=style.palette.line,
        line={"width": 0},
        opacity=0.5,
        hoverinfo="skip",
    )
    curve.draw_curve(drawn, style, effect, x, written.effect, middle)
    return drawn.figure()


def alt(effect: Effect, wording: Wording) -> str:
    """The figure in one sentence."""
    plain = wording.on("plain")
    effects = np.asarray(effect.prediction, float)
    written = units(plain, effect.unit, (0.0, *effects))
    least, most = int(effects.argmin()), int(effects.argmax())
    return plain.say(
        "figures.alt.ale",
        column=plain.column(effect.column),
        low=written.effect(effects[least]),
        low_at=plain.value(effect.column, effect.grid[least]),
        high=written.effect(effects[most]),
        high_at=plain.value(effect.column, effect.grid[most]),
    )


def _shown(values: np.ndarray | None, written: Units) -> np.ndarray:
    return np.array([written.shown(float(value)) for value in values])  # type: ignore[union-attr]


def _band(low: np.ndarray, high: np.ndarray) -> Band:
    bottom, top = min(float(low.min()), 0.0), max(float(high.max()), 0.0)
    return Band(bottom, top if top > bottom else bottom + 1)


def _categories(effect: Effect, style: Style, written: Units, rows_name: str | None) -> go.Figure:
    """A row per category: its effect as a dot, its interval as a line, and how many rows of the data have it."""
    shown = sorted(sorted(range(len(effect.grid)), key=lambda k: -effect.support[k])[:_MOST])
    support = [effect.support[k] for k in shown]
    names = [effect.grid[k] for k in shown]
    rows = category_rows(style, effect.column, names, support, len(effect.grid), rows_name, _ROW, BELOW)
    low, high, middle = (_shown(each, written)[shown] for each in (effect.low, effect.high, effect.prediction))
    numbers = [written.effect(float(effect.prediction[k])) for k in shown]
    extents = [arrows.beside_extent(style, end, text, 1, gap=9) for end, text in zip(high, numbers, strict=True)]
    edge = Extent(float(low.min()), left=style.px(8))
    left, right = fit([zero_extent(style), edge, *extents], rows.width, least_span(np.concatenate([low, high])))
    panel = Panel(left, right, rows.width, rows.row)
    drawn = rows.canvas(style, style.px(ABOVE))
    draw_axis(drawn, style, panel, str(effect.unit))
    draw_zero(drawn, style, panel, -rows.height)
    for row, number in enumerate(numbers):
        arrows.name(drawn, style, panel, row, rows.labels[row])
        _draw_interval(drawn, style, panel, row, float(low[row]), float(high[row]))
        arrows.dot(drawn, style, panel, row, float(middle[row]))
        arrows.beside(drawn, style, panel, row, float(high[row]), f"<b>{number}</b>", gap=9)
    rows.draw_rest(drawn, style, panel)
    draw_counts(drawn, style, rows, style.px(ABOVE))
    return drawn.figure()


def _draw_interval(drawn: Drawing, style: Style, panel: Panel, row: int, low: float, high: float) -> None:
    y, line = panel.centre(row), {"color": style.palette.soft, "width": style.px(2)}
    drawn.shape(type="line", x0=low, x1=high, y0=y, y1=y, xref=panel.axis, line=line)

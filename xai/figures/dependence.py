"""Dependence: what a column contributes to the prediction, against its value, over many rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from xai.figures import arrows
from xai.figures.arrows import Panel
from xai.figures.category_rows import category_rows, draw_counts
from xai.figures.drawing import Drawing
from xai.figures.extent import Extent, fit
from xai.figures.plot import Band, draw_support, draw_values, draw_zero_level, plot
from xai.figures.strips import ABOVE, BELOW, draw_axis, draw_zero, least_span, point_size, strip, zero_extent
from xai.figures.style import Style
from xai.figures.ticks import decimals, ticks
from xai.figures.units import Units, units
from xai.results import Effect
from xai.texts import Wording

_ROW = 46
_MOST = 20  # categories with a row of their own
_FEW = 8  # whole numbers a column may have to be drawn like categories


def figure(effect: Effect, style: Style, rows_name: str | None = None) -> go.Figure:
    """Numbers: a cloud of points, the data's rows as columns below.
    Categories and columns of a few whole numbers: a strip of points each, with its median.

    rows_name: what the data columns count (HTML).
    """
    y = np.asarray(effect.prediction, float)
    written = units(style.wording, effect.unit, (0.0, *y)) if len(y) else units(style.wording, effect.unit, (0.0,))
    counts = _counts(effect)
    if counts is not None:
        return _strips(effect, style, written, counts, rows_name)
    shown = np.asarray([written.shown(value) for value in y])
    low, high = min(shown.min(initial=0.0), 0.0), max(shown.max(initial=0.0), 0.0)
    band = Band(low, high if high > low else low + 1)
    marks = ticks(band.low, band.high, 6)
    names = [style.wording.number(mark, decimals(marks), sign=True) for mark in marks]
    drawn = plot(style, band, marks, names, right=76)
    x = np.asarray(effect.grid, float)
    draw_values(drawn, style, effect, min(x.min(), effect.edges[0]), max(x.max(), effect.edges[-1]))
    draw_support(drawn, style, effect, band, rows_name)
    draw_zero_level(drawn, style)
    marker = {"size": style.px(7), "color": style.palette.soft, "opacity": 0.55, "line": {"width": 0}}
    points = {"x": x.astype("float32"), "y": shown.astype("float32"), "marker": marker}
    hover = f"%{{x}}: %{{y:+,.{written.digits}f}}<extra></extra>"
    drawn.cloud(**points, hovertemplate=hover)
    return drawn.figure()


def alt(effect: Effect, wording: Wording) -> str:
    """The figure in one sentence."""
    plain = wording.on("plain")
    y = np.asarray(effect.prediction, float)
    written = units(plain, effect.unit, (0.0, *y))
    facts = {"column": plain.column(effect.column), "rows": plain.number(len(y), 0)}
    return plain.say(
        "figures.alt.dependence", **facts, low=written.effect(float(y.min())), high=written.effect(float(y.max()))
    )


def _counts(effect: Effect) -> dict[Any, int] | None:
    """Rows of the data per value, for categories and for a few whole numbers; None for other numbers."""
    if effect.edges is None:
        return dict(zip(effect.grid, effect.support, strict=True))
    values, edges = sorted(set(effect.grid)), np.asarray(effect.edges)
    whole = all(float(value).is_integer() for value in values) and np.allclose(np.diff(edges), 1)
    if len(values) > _FEW or not whole:
        return None
    bins = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(effect.support) - 1)
    return {value: effect.support[k] for value, k in zip(values, bins, strict=True)}


def _strips(effect: Effect, style: Style, written: Units, counts: dict[Any, int], rows_name: str | None) -> go.Figure:
    """A row per value: its points, its median, and how many rows of the data it has. Numbers keep their order."""
    frequent = sorted(counts, key=lambda category: -counts[category])[:_MOST]
    values = {c: _of(effect, c, written) for c in frequent}
    frequent.sort(key=(lambda c: c) if effect.edges else (lambda c: -float(np.median(values[c]))))
    support = [counts[category] for category in frequent]
    rows = category_rows(style, effect.column, frequent, support, len(counts), rows_name, _ROW, BELOW)
    medians = [(float(np.median(values[c])), float(values[c].max())) for c in frequent]
    everything = np.concatenate([values[c] for c in frequent])
    numbers = [style.wording.number(median, written.digits, sign=True) for median, _ in medians]
    word = style.wording.say("figures.curve.median")
    extents = [
        arrows.beside_extent(style, end, number, 1, f"{word} ", gap=9)
        for (_, end), number in zip(medians, numbers, strict=True)
    ]
    edge = Extent(float(everything.min()), left=point_size(style))
    low, high = fit([zero_extent(style), edge, *extents], rows.width, least_span(everything))
    panel = Panel(low, high, rows.width, rows.row)
    drawn = rows.canvas(style, style.px(ABOVE))
    draw_axis(drawn, style, panel, str(effect.unit))
    draw_zero(drawn, style, panel, -rows.height)
    y = np.concatenate([strip(style, panel, k, values[c]) for k, c in enumerate(frequent)])
    marker = {"size": point_size(style), "color": style.palette.mid, "opacity": 0.8, "line": {"width": 0}}
    hover = f"%{{x:+,.{written.digits}f}}<extra></extra>"
    points = {"x": everything.astype("float32"), "y": y.astype("float32"), "marker": marker}
    drawn.cloud(**points, hovertemplate=hover)
    for k, ((median, end), number) in enumerate(zip(medians, numbers, strict=True)):
        arrows.name(drawn, style, panel, k, rows.labels[k])
        _draw_median(drawn, style, panel, k, median)
        soft = f'<span style="color:{style.palette.soft}">{word}</span>'
        arrows.beside(drawn, style, panel, k, end, f"{soft} <b>{number}</b>", gap=9)
    rows.draw_rest(drawn, style, panel)
    draw_counts(drawn, style, rows, style.px(ABOVE))
    return drawn.figure()


def _of(effect: Effect, category: object, written: Units) -> np.ndarray:
    """The contributions of one category, in the unit they are written in."""
    pairs = zip(effect.grid, effect.prediction, strict=True)
    return np.asarray([written.shown(float(y)) for value, y in pairs if value == category])


def _draw_median(drawn: Drawing, style: Style, panel: Panel, row: int, median: float) -> None:
    y, half = panel.centre(row), 0.36 * panel.row
    line = {"color": style.palette.ink, "width": style.px(3)}
    drawn.shape(type="line", x0=median, x1=median, y0=y - half, y1=y + half, xref=panel.axis, line=line)

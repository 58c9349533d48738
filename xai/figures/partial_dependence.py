"""Partial dependence: the mean prediction as one column takes other values, before the curves of single rows (ICE)."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from xai.figures import category_curve, curve
from xai.figures.drawing import Drawing
from xai.figures.labels import text_width
from xai.figures.plot import draw_support, draw_values, plot
from xai.figures.style import NOTE, Style
from xai.figures.units import units
from xai.results import Effect
from xai.texts import Wording


def figure(effect: Effect, style: Style, rows_name: str | None = None) -> go.Figure:
    """Thin: single rows. Thick: their mean, solid where at least five rows of the data are near, dotted elsewhere.

    rows_name: what the data columns count (HTML). Categories are dots in rows, single rows points around them.
    """
    if effect.edges is None:
        return category_curve.figure(effect, style, rows_name=rows_name)
    lines = effect.individual if effect.individual is not None else np.empty((0, len(effect.grid)))
    predictions = np.concatenate([np.asarray(effect.prediction, float), lines.ravel()])
    band = curve.band_of(effect, predictions, None)
    marks = curve.marks_of(effect, band, None)
    name = style.wording.say("figures.average")
    drawn = plot(style, band, marks, curve.mark_names(style, effect, marks, None), text_width(name, NOTE) + 30)
    x = np.asarray(effect.grid, float)
    draw_values(drawn, style, effect, min(x.min(), effect.edges[0]), max(x.max(), effect.edges[-1]))
    draw_support(drawn, style, effect, band, rows_name)
    _draw_lines(drawn, style, x, lines)
    written = units(style.wording, effect.unit, effect.prediction)
    curve.draw_curve(drawn, style, effect, x, written.amount)
    curve.name_at_the_end(drawn, style, name, float(effect.prediction[-1]), style.palette.ink)
    return drawn.figure()


def alt(effect: Effect, wording: Wording) -> str:
    """The figure in one sentence."""
    return curve.alt(effect, wording)


def _draw_lines(drawn: Drawing, style: Style, x: np.ndarray, lines: np.ndarray) -> None:
    """All of them as one trace, with a gap after each."""
    if not len(lines):
        return
    gaps = np.full((len(lines), 1), np.nan)
    along = np.hstack([np.tile(x, (len(lines), 1)), gaps]).ravel()
    drawn.scatter(
        x=along.astype("float32"),
        y=np.hstack([lines, gaps]).ravel().astype("float32"),
        mode="lines",
        line={"color": style.palette.mid, "width": style.px(1)},
        opacity=0.35,
        connectgaps=False,
        hoverinfo="skip",
    )

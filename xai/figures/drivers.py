"""What drives the model? Importance has no sign, so its bars are grey; whiskers where an interval was measured."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from xai.figures import arrows
from xai.figures.arrows import Panel
from xai.figures.drawing import Drawing, Margin, canvas, room
from xai.figures.extent import Extent, fit
from xai.figures.labels import SHOWN, fold, label, left_margin, row_height
from xai.figures.path import LIST_ROW
from xai.figures.style import Style
from xai.figures.units import Units, units
from xai.results import Importance
from xai.texts import Wording


def figure(result: Importance, style: Style, top: int = SHOWN) -> go.Figure:
    """The `top` most important columns, and one line about the rest."""
    shown, rest = fold(result.order(), top)
    written = importance_units(style.wording, result)
    labels = [label(style, style.wording.on("plain").column(result.columns[k])) for k in shown]
    note = label(style, style.wording.on("plain").say("figures.more", count=len(rest)))
    margin = Margin(left_margin([*labels, note], style), style.px(10))
    width, row = room(style, margin), row_height(labels, style, LIST_ROW)
    low, high = fit(bar_extents(result, shown, style, written), width, _least_span(result))
    panel = Panel(low, high, width, row)
    drawn = canvas(style, row * (len(shown) + bool(rest)), margin)
    drawn.axes(xaxis={"range": [low, high]})
    draw_bars(drawn, style, panel, result, shown, written)
    for k, words in enumerate(labels):
        arrows.name(drawn, style, panel, k, words)
    if rest:
        most = written.size(float(result.importance[rest].max()))
        arrows.name(drawn, style, panel, len(shown), note, style.palette.soft)
        text = (
            f'<span style="color:{style.palette.soft}">{style.wording.say("figures.drivers.rest", value=most)}</span>'
        )
        arrows.beside(drawn, style, panel, len(shown), 0.0, text, gap=0)
    return drawn.figure()


def alt(result: Importance, wording: Wording, most: int = 5) -> str:
    """The figure in one sentence."""
    plain, written = wording.on("plain"), importance_units(wording.on("plain"), result)
    steps = [
        f"{plain.column(result.columns[k])} {written.size(float(result.importance[k]))}" for k in result.order()[:most]
    ]
    return plain.say("figures.alt.drivers", steps=", ".join(steps))


def importance_units(wording: Wording, result: Importance) -> Units:
    return units(wording, result.unit, (0.0, *(float(x) for x in result.importance)))


def draw_bars(drawn: Drawing, style: Style, panel: Panel, result: Importance, shown: list[int], written: Units) -> None:
    """Bars from zero with their numbers, in one trace."""
    values, low, high = (np.asarray(a, float)[shown] for a in (result.importance, result.low, result.high))
    centres = [panel.centre(k) for k in range(len(shown))]
    drawn.bars(
        x=values,
        y=centres,
        width=0.5 * panel.row,
        marker={"color": style.palette.soft, "line": {"width": 0}},
        hoverinfo="text",
        hovertext=[_hover(result, style, k, written) for k in shown],
        xaxis=panel.axis,
    )
    if np.any((low < values) | (high > values)):
        reach = {"array": np.maximum(high - values, 0), "arrayminus": np.maximum(values - low, 0)}
        # A wide line in the colour of the paper below: whiskers are seen on the bar as well.
        for color, thickness in ((style.palette.paper, 3.5), (style.palette.ink, 1.5)):
            line = {"color": color, "thickness": style.px(thickness), "width": style.px(4)}
            drawn.scatter(
                x=values,
                y=centres,
                mode="markers",
                marker={"size": 1, "color": color},
                error_x={"type": "data", "symmetric": False, **reach, **line},
                hoverinfo="skip",
                xaxis=panel.axis,
            )
    for k, (value, end) in enumerate(zip(values, high, strict=True)):
        text = f"<b>{written.size(float(value))}</b>"
        arrows.beside(drawn, style, panel, k, max(float(value), float(end), 0.0), text, gap=6)


def bar_extents(result: Importance, shown: list[int], style: Style, written: Units) -> list[Extent]:
    extents = [Extent(0.0, left=2), Extent(min(0.0, float(result.low[shown].min())))]
    for k in shown:
        value, end = float(result.importance[k]), float(result.high[k])
        extents.append(arrows.beside_extent(style, max(value, end, 0.0), written.size(value), gap=6))
    return extents


def _least_span(result: Importance) -> float:
    return float(np.abs(result.importance).max(initial=0.0)) or 1.0


def _hover(result: Importance, style: Style, k: int, written: Units) -> str:
    name, value = style.wording.column(result.columns[k]), written.size(float(result.importance[k]))
    low, high = float(result.low[k]), float(result.high[k])
    if not low < high:
        return f"{name}: <b>{value}</b>"
    interval = style.wording.say("figures.drivers.interval", low=written.size(low), high=written.size(high))
    return f"{name}: <b>{value}</b><br>{interval}"

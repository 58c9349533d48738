"""SHAP and LIME in the same rows and at the same points per pixel, and in words whether they agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from xai.figures import arrows
from xai.figures.agreement import Agreement, agreement
from xai.figures.arrows import Panel
from xai.figures.attribution import (
    Weight,
    arrives,
    attribution_units,
    draw_weights,
    shap_route,
    spoken_steps,
    weight_extents,
    weights_of,
)
from xai.figures.drawing import Drawing, Margin, canvas, room
from xai.figures.extent import Extent, bounds, per_unit, pixels
from xai.figures.labels import SHOWN, fold, left_margin, row_height, text_width
from xai.figures.path import ROW, Route, draw_route, least_span, route_extents, threshold_text, valid_threshold, within
from xai.figures.style import LABEL, NOTE, Style
from xai.figures.units import Units
from xai.results import Attribution
from xai.texts import Wording

_GAP = 36.0  # pixels between the panels, and between the second one and the words at the right
_HEADER, _THRESHOLD = 26.0, 22.0  # pixels above the rows: the headers, and below them the name of the threshold


@dataclass(frozen=True)
class _Content:
    """Everything both layouts draw."""

    route: Route
    weights: tuple[Weight, ...]
    words: tuple[Agreement, ...]  # per row; shorter than `weights` where the last row is folded
    written: Units
    note: str
    threshold: float | None


def figure(
    shap: Attribution, lime: Attribution, style: Style, threshold: float | None = None, narrow: bool | None = None
) -> go.Figure:
    """Two explanations of one row, side by side, or stacked where `narrow`.

    Default: stacked under 900 pixels, and where long names and numbers would leave the arrows too little room.
    Rows are in SHAP's order; at most eight columns (those largest for either method), the rest in one grey arrow.
    Raises ValueError if the two are not about one row, the same columns and the same unit.
    """
    words = agreement(shap, lime)
    shown, rest = _rows(shap, lime)
    written = attribution_units(style.wording, shap, lime)
    route = shap_route(shap, style, shown, rest, written)
    weights = weights_of(lime, style, shown, rest, written)
    note, limit = arrives(lime, style, written), valid_threshold(threshold, shap.unit)
    content = _Content(route, weights, tuple(words[k] for k in shown), written, note, limit)
    if narrow is None:
        narrow = style.narrow or _too_tight(content, style)
    return _stacked(content, style) if narrow else _side_by_side(content, style)


def alt(shap: Attribution, lime: Attribution, wording: Wording) -> str:
    """The figure in one sentence."""
    plain, words = wording.on("plain"), agreement(shap, lime)
    return plain.say(
        "figures.alt.pair",
        agree=sum(word != "no" for word in words),
        count=len(words),
        shap=spoken_steps(shap, plain),
        lime=spoken_steps(lime, plain),
    )


def _rows(shap: Attribution, lime: Attribution) -> tuple[list[int], list[int]]:
    """Columns to show, in SHAP's order, and those to fold: no large weight of either method is folded away."""
    size = np.maximum(np.abs(shap.values), np.abs(lime.values))
    shown, rest = fold(np.argsort(-size, kind="stable"), SHOWN)
    return [int(k) for k in shap.order() if k in shown], rest


@dataclass(frozen=True)
class _Layout:
    """Pixels of the side-by-side layout, and the ranges of its two axes."""

    margin: Margin
    width: float
    first: float  # width of the SHAP panel
    second: float
    scale: float  # pixels per unit, in both panels
    shap_range: tuple[float, float]
    lime_range: tuple[float, float]

    @property
    def free(self) -> float:
        return self.first + self.second


def _layout(content: _Content, style: Style) -> _Layout:
    margin = Margin(left_margin(content.route.labels, style), style.px(6), _top(content, style))
    width = room(style, margin)
    free = width - 2 * style.px(_GAP) - _words_width(style)
    left, right = _shap_extents(content, style), _lime_extents(content, style)
    heads = _header_width(style, "shap"), _header_width(style, "lime")
    scale = per_unit([(left, heads[0]), (right, heads[1])], free, least_span(content.route))
    needed = pixels(left, scale, heads[0]), pixels(right, scale, heads[1])
    first = needed[0] + (free - sum(needed)) / 2  # half the width neither panel needs
    ranges = bounds(left, scale, first), bounds(right, scale, free - first)
    return _Layout(margin, width, first, free - first, scale, *ranges)


def _too_tight(content: _Content, style: Style) -> bool:
    """Side by side, the headers would not fit or the arrows would get less than a third of the width."""
    layout = _layout(content, style)
    points, weights = content.route.points(), [0.0, *(weight.value for weight in content.weights)]
    arrows_width = layout.scale * (np.ptp(points) + np.ptp(weights))
    heads = _header_width(style, "shap") + _header_width(style, "lime")
    small = np.ptp(points) + np.ptp(weights) < least_span(content.route)
    return bool(heads > layout.free or (arrows_width < layout.free / 3 and not small))


def _side_by_side(content: _Content, style: Style) -> go.Figure:
    route, weights, layout = content.route, content.weights, _layout(content, style)
    row = row_height(route.labels, style, ROW)
    width, first, second, margin = layout.width, layout.first, layout.second, layout.margin
    shap_range, lime_range = layout.shap_range, layout.lime_range
    drawn = canvas(style, row * route.rows, margin)
    start = (first + style.px(_GAP)) / width
    drawn.axes(
        xaxis={"range": list(shap_range), "domain": [0, first / width]},
        xaxis2={
            "range": list(lime_range),
            "domain": [start, start + second / width],
            "visible": False,
            "fixedrange": True,
            "anchor": "y",
        },
    )
    shap_panel = Panel(*shap_range, first, row)
    lime_panel = Panel(*lime_range, second, row, axis="x2")
    _draw_threshold(drawn, style, shap_panel, content)
    draw_route(drawn, style, shap_panel, route)
    draw_weights(drawn, style, lime_panel, weights, content.written, first=1)
    _draw_words(drawn, style, shap_panel, content)
    _draw_note(drawn, style, lime_panel, content.note, route.rows - 1)
    for x, key, anchor in ((0, "shap", "left"), (start, "lime", "left"), (1, "agree", "right")):
        arrows.header(drawn, style, x, _header(style, key), margin.top - style.px(24), anchor)
    return drawn.figure()


def _stacked(content: _Content, style: Style) -> go.Figure:
    """SHAP above LIME, both from the same left edge and at the same points per pixel."""
    route, weights = content.route, content.weights
    row = row_height(route.labels, style, ROW)
    margin = Margin(left_margin(route.labels, style), style.px(4), _top(content, style))
    width = room(style, margin)
    left, right = _shap_extents(content, style), _lime_extents(content, style)
    words = _words_width(style) + style.px(8)
    scale = min(
        per_unit([(left, 0.0)], width, least_span(route)), per_unit([(right, 0.0)], width - words, least_span(route))
    )
    shap_range = bounds(left, scale, width)
    low = bounds(right, scale, width - words)[0]
    lime_range = (low, low + width / scale)
    below = row * route.rows + style.px(_HEADER + 22)
    height = below + row * (len(weights) + bool(content.note))
    drawn = canvas(style, height, margin)
    axis2 = {"range": list(lime_range), "domain": [0, 1], "visible": False, "fixedrange": True, "anchor": "y"}
    drawn.axes(xaxis={"range": list(shap_range)}, xaxis2={**axis2, "overlaying": "x"})
    shap_panel = Panel(*shap_range, width, row)
    lime_panel = Panel(*lime_range, width, row, top=-below, axis="x2")
    _draw_threshold(drawn, style, shap_panel, content)
    draw_route(drawn, style, shap_panel, route)
    draw_weights(drawn, style, lime_panel, weights, content.written)
    for k, weight in enumerate(weights):
        arrows.name(drawn, style, lime_panel, k, weight.label, style.palette.soft if weight.plain else None)
    _draw_words(drawn, style, lime_panel, content, first=0)
    _draw_note(drawn, style, lime_panel, content.note, len(weights))
    edge = -margin.left / max(style.width - margin.left - margin.right, 1)
    arrows.header(drawn, style, edge, _header(style, "shap"), margin.top - style.px(24))
    arrows.header(drawn, style, edge, _header(style, "lime"), style.px(10) - below)
    arrows.header(drawn, style, 1, _header(style, "agree"), style.px(10) - below, "right")
    return drawn.figure()


def _shap_extents(content: _Content, style: Style) -> list[Extent]:
    extents = route_extents(content.route, style)
    if content.threshold is not None and within(content.threshold, extents):
        half = style.px(text_width(threshold_text(style, content.threshold), NOTE)) / 2
        extents.append(Extent(content.threshold, half, half))
    return extents


def _lime_extents(content: _Content, style: Style) -> list[Extent]:
    note = style.px(text_width(content.note, NOTE))
    return [*weight_extents(style, content.weights, content.written), Extent(0.0, right=note)]


def _has_threshold(content: _Content, style: Style) -> bool:
    return content.threshold is not None and within(content.threshold, route_extents(content.route, style))


def _top(content: _Content, style: Style) -> float:
    return style.px(_HEADER + (_THRESHOLD if _has_threshold(content, style) else 0))


def _draw_threshold(drawn: Drawing, style: Style, panel: Panel, content: _Content) -> None:
    if content.threshold is None or not _has_threshold(content, style):
        return
    ends = (panel.top, panel.top - content.route.rows * panel.row)
    arrows.threshold_line(drawn, style, panel, content.threshold, threshold_text(style, content.threshold), ends)


def _draw_words(drawn: Drawing, style: Style, panel: Panel, content: _Content, first: int = 1) -> None:
    """Bold only where the two differ."""
    for k, word in enumerate(content.words):
        text = style.wording.say(f"figures.pair.{word}")
        drawn.annotation(
            x=1,
            xref="paper",
            xanchor="right",
            y=panel.centre(first + k),
            yref="y",
            text=f"<b>{text}</b>" if word == "no" else text,
            font=style.font(LABEL, style.palette.ink if word == "no" else style.palette.soft),
        )


def _draw_note(drawn: Drawing, style: Style, panel: Panel, note: str, row: int) -> None:
    if note:
        drawn.annotation(
            x=0,
            xref=panel.axis,
            xanchor="left",
            xshift=-2,
            y=panel.centre(row),
            yref="y",
            text=note,
            font=style.font(NOTE, style.palette.soft),
        )


def _header(style: Style, key: str) -> str:
    text = style.wording.say(f"figures.pair.{key}")
    return f"<b>{text}</b>" if key == "agree" else f"<b>{key.upper()}</b>  {text}"


def _header_width(style: Style, key: str) -> float:
    return style.px(text_width(f"{key.upper()}  {style.wording.say(f'figures.pair.{key}')}", NOTE, bold=True))


def _words_width(style: Style) -> float:
    words = [style.wording.say(f"figures.pair.{word}") for word in ("yes", "no", "near", "agree")]
    return style.px(max(text_width(word, LABEL, bold=True) for word in words))

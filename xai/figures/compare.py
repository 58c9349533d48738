"""Do two measures of importance agree? The same columns in the same rows, each measure on a scale of its own."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from xai.figures import arrows
from xai.figures.arrows import Panel
from xai.figures.drawing import Drawing, Margin, canvas, room
from xai.figures.drivers import bar_extents, draw_bars, importance_units
from xai.figures.extent import fit
from xai.figures.labels import SHOWN, fold, label, left_margin, row_height
from xai.figures.path import LIST_ROW
from xai.figures.style import Style
from xai.results import Importance
from xai.texts import Wording

_GAP = 36.0  # pixels between the panels


def figure(one: Importance, other: Importance, style: Style, top: int = SHOWN) -> go.Figure:
    """Two columns of bars in the order of the first. Their units differ: lengths compare within a column only.

    Raises ValueError if the two are not about the same columns.
    """
    if one.columns != other.columns:
        raise ValueError("two importances of the same columns are compared")
    shown, rest = fold(one.order(), top)
    plain = style.wording.on("plain")
    labels = [label(style, plain.column(one.columns[k])) for k in shown]
    note = [label(style, plain.say("figures.more", count=len(rest)))] if rest else []
    margin = Margin(left_margin(labels + note, style), style.px(10), style.px(26))
    width, row = (room(style, margin) - style.px(_GAP)) / 2, row_height(labels, style, LIST_ROW)
    drawn = canvas(style, row * len(labels + note), margin)
    share = width / (2 * width + style.px(_GAP))
    drawn.axes(
        xaxis={"domain": [0, share]},
        xaxis2={"domain": [1 - share, 1], "visible": False, "fixedrange": True, "anchor": "y"},
    )
    for axis, start, result in (("x", 0.0, one), ("x2", 1 - share, other)):
        _draw_side(drawn, style, result, shown, (axis, start), width, row)
    for k, words in enumerate(labels + note):
        arrows.name(drawn, style, Panel(0, 1, width, row), k, words, style.palette.soft if k >= len(shown) else None)
    return drawn.figure()


def alt(one: Importance, other: Importance, wording: Wording) -> str:
    """The figure in one sentence: what counts most by either measure."""
    plain = wording.on("plain")
    first, second = (plain.column(result.columns[int(result.order()[0])]) for result in (one, other))
    names = {"one": _name(plain, one), "other": _name(plain, other)}
    return plain.say("figures.alt.compare", **names, first=first, second=second)


def _draw_side(
    drawn: Drawing,
    style: Style,
    result: Importance,
    shown: list[int],
    at: tuple[str, float],
    width: float,
    row: float,
) -> None:
    axis, start = at
    written = importance_units(style.wording, result)
    least = float(np.abs(result.importance).max(initial=0.0)) or 1.0
    low, high = fit(bar_extents(result, shown, style, written), width, least)
    panel = Panel(low, high, width, row, axis=axis)  # type: ignore[arg-type]
    drawn.axes(**{f"xaxis{axis[1:]}": {"range": [low, high]}})
    draw_bars(drawn, style, panel, result, shown, written)
    arrows.header(drawn, style, start, _name(style.wording, result), style.px(4))


def _name(wording: Wording, result: Importance) -> str:
    return wording.say(f"figures.compare.{result.method}")

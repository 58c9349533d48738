"""SHAP values of many rows: how much each column raises or lowers, and for which of its values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from xai.figures import arrows
from xai.figures.arrows import Panel
from xai.figures.drawing import Drawing, Margin, canvas, room
from xai.figures.drivers import importance_units
from xai.figures.labels import SHOWN, fold, label, left_margin
from xai.figures.strips import ABOVE, BELOW, contribution_range, draw_axis, draw_zero, point_size, strip
from xai.figures.style import Style
from xai.figures.units import units
from xai.results import Importance
from xai.texts import Wording

_ROW = 46
_LEGEND = 26  # pixels of the line that explains the colours
_SHADES = 255


def figure(result: Importance, style: Style, top: int = SHOWN) -> go.Figure:
    """One row of points per column, most important first. Horizontal axis: contribution, in points for probabilities.

    Colour: low to high value of a number; grey for categories and missing values. Raises ValueError for a result
    without SHAP values.
    """
    if result.values is None or result.data is None:
        raise ValueError("a beeswarm needs the SHAP values of many rows")
    shown, rest = fold(result.order(), top)
    plain = style.wording.on("plain")
    labels = [label(style, plain.column(result.columns[k])) for k in shown]
    if rest:
        labels.append(label(style, plain.say("figures.more", count=len(rest))))
    margin = Margin(left_margin(labels, style), style.px(20), style.px(ABOVE + _LEGEND), style.px(BELOW))
    width, row = room(style, margin), style.px(_ROW)
    values = result.values * (100 if result.unit == "probability" else 1)
    panel = Panel(*contribution_range(style, values[:, shown], width), width, row)
    drawn = canvas(style, row * len(labels), margin)
    draw_axis(drawn, style, panel, str(result.unit))
    draw_zero(drawn, style, panel, -row * len(shown))
    _add_points(drawn, style, panel, result, values, shown)
    for k, words in enumerate(labels):
        arrows.name(drawn, style, panel, k, words, style.palette.soft if k == len(shown) else None)
    if rest:
        _draw_rest(drawn, style, panel, result, len(shown), rest)
    _draw_legend(drawn, style)
    return drawn.figure()


def alt(result: Importance, wording: Wording, most: int = 3) -> str:
    """The figure in one sentence: how far the most important columns move the prediction, and in which direction."""
    plain = wording.on("plain")
    if result.values is None:
        return ""
    spoken = []
    for k in result.order()[:most]:
        low, high = float(result.values[:, k].min()), float(result.values[:, k].max())
        written = units(plain, str(result.unit), (low, high))
        key = f"figures.alt.beeswarm_{_direction(float(result.direction[k]))}"
        name = plain.column(result.columns[k])
        spoken.append(plain.say(key, name=name, low=written.effect(low), high=written.effect(high)))
    return plain.say("figures.alt.beeswarm", columns="; ".join(spoken))


def levels(column: pd.Series) -> np.ndarray:
    """(R,) where each value of a number lies between its 5 % and 95 % quantile, 0..1; nan for what has no order."""
    nothing = np.full(len(column), np.nan)
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        return nothing
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return nothing
    low, high = np.quantile(known, (0.05, 0.95))
    low, high = (known.min(), known.max()) if high <= low else (low, high)
    return np.clip((numbers - low) / (high - low), 0, 1) if high > low else nothing


def _add_points(
    drawn: Drawing, style: Style, panel: Panel, result: Importance, values: np.ndarray, shown: list[int]
) -> None:
    """One trace in compact types: nine bytes a point keep the page small. Points without an order lie below."""
    x = np.concatenate([values[:, k] for k in shown]).astype("float32")
    y = np.concatenate([strip(style, panel, i, values[:, k]) for i, k in enumerate(shown)]).astype("float32")
    shade = shades(np.concatenate([levels(result.data.iloc[:, k]) for k in shown]))  # type: ignore[union-attr]
    order = np.argsort(shade > 0, kind="stable")
    ends = {"cmin": 0, "cmax": _SHADES, "showscale": False, "colorscale": _scale(style)}
    marker = {"size": point_size(style), "opacity": 0.85, "line": {"width": 0}, "color": shade[order], **ends}
    hover = f"%{{x:+,.{importance_units(style.wording, result).digits}f}}<extra></extra>"
    drawn.cloud(x=x[order], y=y[order], marker=marker, hovertemplate=hover)


def shades(level: np.ndarray) -> np.ndarray:
    """Levels 0..1 as bytes: 0 stands for no order, 1 to 255 for low to high."""
    known = np.isfinite(level)
    return np.where(known, 1 + np.round((_SHADES - 1) * np.where(known, level, 0)), 0).astype("uint8")


def _scale(style: Style) -> list[list[Any]]:
    """Grey up to halfway between the shades 0 and 1, then the ramp from 1 on."""
    ramp, first = style.palette.ramp, 1 / _SHADES
    steps = [first + (1 - first) * k / (len(ramp) - 1) for k in range(len(ramp))]
    grey = [[0, style.palette.mid], [first / 2, style.palette.mid], [first / 2, ramp[0]]]
    return grey + [[step, color] for step, color in zip(steps, ramp, strict=True)]


def _draw_rest(drawn: Drawing, style: Style, panel: Panel, result: Importance, row: int, rest: list[int]) -> None:
    most = importance_units(style.wording, result).size(float(result.importance[rest].max()))
    note = style.wording.say("figures.beeswarm.rest", value=most)
    text = f'<span style="color:{style.palette.soft}">{note}</span>'
    arrows.beside(drawn, style, panel, row, panel.low, text, gap=0)


def _draw_legend(drawn: Drawing, style: Style) -> None:
    """What the colours say, above the right end."""
    dots = "".join(f'<span style="color:{color}">●</span>' for color in style.palette.ramp)
    grey = f'<span style="color:{style.palette.mid}">●</span>'
    text = style.wording.say("figures.beeswarm.legend", ramp=dots, grey=grey)
    arrows.header(drawn, style, 1, text, style.px(ABOVE + 2), "right")


def _direction(rank: float) -> str:
    if not np.isfinite(rank) or abs(rank) < 0.3:
        return "mixed"
    return "rising" if rank > 0 else "falling"

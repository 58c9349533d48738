"""Ceteris paribus: what the model would say if one column alone took other values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go

from xai.figures import category_curve
from xai.figures.drawing import Drawing
from xai.figures.labels import shorten, text_width
from xai.figures.path import valid_threshold
from xai.figures.plot import Band, draw_support, draw_values, plot
from xai.figures.style import NOTE, Style
from xai.figures.ticks import decimals, ticks
from xai.figures.units import Units, units
from xai.results import Effect
from xai.texts import Wording
from xai.texts.wording import is_missing

_FEW = 12  # values of a column that are marked one by one
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


def figure(
    effect: Effect,
    style: Style,
    threshold: float | None = None,
    before: Effect | None = None,
    before_name: str | None = None,
    rows_name: str | None = None,
) -> go.Figure:
    """Solid where at least five rows of the data share the neighbourhood, dotted where fewer; a dot for the case.

    threshold: 0.5 for a binary classifier's probability, else None. before: the same curve before other columns were
    changed, thin and grey, with its name. rows_name: what the data columns count (HTML). Categories are dots in rows.
    """
    threshold = valid_threshold(threshold, effect.unit)
    if effect.edges is None:
        return category_curve.figure(effect, style, threshold, before, before_name, rows_name)
    curves = [effect.prediction, before.prediction if before else None, effect.average]
    predictions = np.concatenate([np.asarray(curve, float) for curve in curves if curve is not None])
    written = units(style.wording, effect.unit, predictions)
    band = band_of(effect, predictions, threshold)
    marks = marks_of(effect, band, threshold)
    greys = _greys(effect, style, before, before_name)
    right = max((text_width(name, NOTE) for name, _, _ in greys), default=0.0) + 30
    drawn = plot(style, band, marks, mark_names(style, effect, marks, threshold), right)
    x, edges = np.asarray(effect.grid, float), effect.edges
    draw_values(drawn, style, effect, min(x.min(), edges[0]), max(x.max(), edges[-1]))
    draw_support(drawn, style, effect, band, rows_name)
    if threshold is not None:
        _draw_level(drawn, style, threshold)
    for grey in greys:
        _draw_grey(drawn, style, *grey)
    draw_curve(drawn, style, effect, x, written.amount)
    _draw_now(drawn, style, effect, x, written)
    return drawn.figure()


def alt(effect: Effect, wording: Wording) -> str:
    """The figure in one sentence: from where to where the prediction moves, and where it is now."""
    plain = wording.on("plain")
    predictions = np.asarray(effect.prediction, float)
    written = units(plain, effect.unit, predictions)
    least, most = int(predictions.argmin()), int(predictions.argmax())
    facts = {
        "column": plain.column(effect.column),
        "low": written.amount(predictions[least]),
        "low_at": plain.value(effect.column, effect.grid[least]),
        "high": written.amount(predictions[most]),
        "high_at": plain.value(effect.column, effect.grid[most]),
    }
    now = at_current(effect)
    if now is None:
        return plain.say("figures.alt.curve", **facts)
    current = plain.value(effect.column, effect.current)
    return plain.say("figures.alt.curve_now", **facts, current=current, now=written.amount(now))


def at_current(effect: Effect) -> float | None:
    """The prediction at the row's own value; None where it has none or the curve does not reach it."""
    if is_missing(effect.current):
        return None
    if effect.edges is None:
        return next(
            (float(p) for v, p in zip(effect.grid, effect.prediction, strict=True) if v == effect.current), None
        )
    x, current = np.asarray(effect.grid, float), float(effect.current)
    return float(np.interp(current, x, effect.prediction)) if x.min() <= current <= x.max() else None


def band_of(effect: Effect, predictions: np.ndarray, threshold: float | None) -> Band:
    """The vertical range for predictions: from zero on for probabilities."""
    low, high = float(predictions.min()), float(predictions.max())
    if effect.unit == "probability":
        return Band(0.0, max(high, 0.55 if threshold is not None else 0.02))
    spare = max(high - low, 0.02 * max(abs(low), abs(high)), 1e-9) - (high - low)
    return Band(low - spare / 2, high + spare / 2)


def marks_of(effect: Effect, band: Band, threshold: float | None) -> list[float]:
    """Round values on the vertical axis."""
    if effect.unit == "probability" and band.high >= 0.4:
        marks = [mark for mark in _QUARTERS if mark <= band.high + 0.02]
        return marks if threshold is None or threshold in marks else sorted([*marks, threshold])
    return ticks(band.low, band.high, 5)


def mark_names(style: Style, effect: Effect, marks: list[float], threshold: float | None) -> list[str]:
    """How they are written."""
    words = style.wording
    if effect.unit != "probability":
        return [words.number(mark, decimals(marks)) for mark in marks]
    digits = decimals([100 * mark for mark in marks])
    names = [words.percent(mark, digits) for mark in marks]
    return [
        words.say("figures.threshold", value=name) if mark == threshold else name
        for mark, name in zip(marks, names, strict=True)
    ]


def _draw_level(drawn: Drawing, style: Style, threshold: float) -> None:
    line = {"color": style.palette.soft, "width": style.px(1.5), "dash": "dot"}
    drawn.shape(type="line", x0=0, x1=1, xref="paper", y0=threshold, y1=threshold, line=line, layer="below")


def _greys(
    effect: Effect, style: Style, before: Effect | None, before_name: str | None
) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Curves to compare with: name (HTML), values of the column, predictions."""
    greys = []
    if effect.average is not None:
        name = style.wording.say("figures.average")
        greys.append((name, np.asarray(effect.grid, float), np.asarray(effect.average, float)))
    if before is not None:
        name = style.wording.raw(shorten(before_name, 16)) if before_name else style.wording.say("figures.before")
        greys.append((name, np.asarray(before.grid, float), np.asarray(before.prediction, float)))
    return greys


def _draw_grey(drawn: Drawing, style: Style, name: str, x: np.ndarray, y: np.ndarray) -> None:
    """A thin curve, its name after its right end."""
    line = {"color": style.palette.mid, "width": style.px(2)}
    drawn.scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")
    name_at_the_end(drawn, style, name, float(y[-1]), style.palette.soft)


def name_at_the_end(drawn: Drawing, style: Style, name: str, y: float, color: str) -> None:
    """The name (HTML) of a curve after its right end."""
    drawn.annotation(
        x=1,
        xref="paper",
        y=y,
        yref="y",
        text=name,
        xanchor="left",
        xshift=style.px(4),
        font=style.font(NOTE, color),
    )


def draw_curve(
    drawn: Drawing,
    style: Style,
    effect: Effect,
    x: np.ndarray,
    written: Callable[[float], str],
    shown: np.ndarray | None = None,
) -> None:
    """The curve itself: solid, or dotted where the data has few rows. `shown`: in the unit it is drawn in."""
    y, supported = np.asarray(effect.prediction if shown is None else shown, float), effect.supported()
    hover = [
        f"{style.wording.value(effect.column, value)}: <b>{written(float(p))}</b>"
        for value, p in zip(effect.grid, effect.prediction, strict=True)
    ]
    inside = supported & np.r_[True, supported[:-1]] & np.r_[supported[1:], True]
    # A line needs two points; and where the column has few values, it is seen that there is nothing in between.
    dots = supported & ((len(x) <= _FEW) | (~np.r_[False, supported[:-1]] & ~np.r_[supported[1:], False]))
    dotted = {"color": style.palette.soft, "width": style.px(1.5), "dash": "dot"}
    solid = {"color": style.palette.ink, "width": style.px(3.5)}
    common = {"x": x, "connectgaps": False, "text": hover, "hoverinfo": "text"}
    drawn.scatter(y=np.where(inside, np.nan, y), mode="lines", line=dotted, **common)
    drawn.scatter(y=np.where(supported, y, np.nan), mode="lines", line=solid, **common)
    if dots.any():
        marker = {"size": style.px(7), "color": style.palette.ink}
        drawn.scatter(x=x[dots], y=y[dots], mode="markers", marker=marker, hoverinfo="skip")


def _draw_now(drawn: Drawing, style: Style, effect: Effect, x: np.ndarray, written: Units) -> None:
    """The case's own value, with its prediction."""
    now = at_current(effect)
    if now is None:
        return
    current = float(effect.current)
    marker = {"size": style.px(14), "color": style.palette.ink, "line": {"color": style.palette.ink, "width": 2}}
    drawn.scatter(x=[current], y=[now], mode="markers", marker=marker, hoverinfo="skip", cliponaxis=False)
    above, left = _free_corner(current, x, effect.prediction)
    drawn.annotation(
        x=current,
        y=now,
        text=f"<b>{style.wording.say('figures.curve.now', value=written.amount(now))}</b>",
        xanchor="right" if left else "left",
        xshift=style.px(4 if left else -4),
        yshift=style.px(20 if above else -20),
        font=style.font(),
        bgcolor=style.palette.paper,
        borderpad=1,
    )


def _free_corner(current: float, x: np.ndarray, y: np.ndarray) -> tuple[bool, bool]:
    """Where a label near the curve does not cover it: (above, left)."""
    reach = 0.12 * (x.max() - x.min())
    before, now, after = np.interp([current - reach, current, current + reach], x, y)
    left_fits, right_fits = current - reach > x.min(), current + reach < x.max()
    if after > now:  # rising: free are above left and below right
        return (True, True) if left_fits and before <= now else (False, False)
    return (True, False) if right_fits else (before <= now, True)

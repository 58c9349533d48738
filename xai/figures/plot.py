"""What curves and clouds over a number share: a horizontal axis of the column's values, columns of data below,
and a vertical axis of predictions or contributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xai.figures.drawing import Drawing, Margin, canvas
from xai.figures.labels import shorten, text_width
from xai.figures.style import NOTE, Style
from xai.figures.ticks import decimals, ticks
from xai.results import Effect

HEIGHT = 330
_TOP, _BOTTOM = 16, 52
_DATA, _FROM, _TO = 0.15, 0.25, 0.93  # shares of the height: data columns up to, curve from, curve to


@dataclass(frozen=True)
class Band:
    """The vertical range: `floor` to `ceiling`, the curve between `low` and `high`, data columns up to `top`."""

    low: float
    high: float

    @property
    def _unit(self) -> float:
        return (self.high - self.low) / (_TO - _FROM)

    @property
    def floor(self) -> float:
        return self.low - _FROM * self._unit

    @property
    def ceiling(self) -> float:
        return self.floor + self._unit

    @property
    def top(self) -> float:
        return self.floor + _DATA * self._unit


def plot(style: Style, band: Band, marks: Sequence[float], names: Sequence[str], right: float = 30) -> Drawing:
    """An empty plot with its vertical axis: round values `marks` and how they are written."""
    widest = max((text_width(name, NOTE) for name in names), default=0.0)
    margin = Margin(style.px(max(widest + 14, 60)), style.px(right), style.px(_TOP), style.px(_BOTTOM))
    drawn = canvas(style, style.px(HEIGHT - _TOP - _BOTTOM), margin)
    drawn.axes(
        yaxis={
            "visible": True,
            "range": [band.floor, band.ceiling],
            "showgrid": False,
            "zeroline": False,
            "tickvals": list(marks),
            "ticktext": list(names),
            "tickfont": style.font(NOTE, style.palette.soft),
            "fixedrange": True,
        }
    )
    return drawn


def draw_values(drawn: Drawing, style: Style, effect: Effect, low: float, high: float, most: int = 9) -> None:
    """The horizontal axis: the column's values between `low` and `high`, and its name."""
    spare = 0.02 * ((high - low) or 1.0)
    marks, names = _value_marks(style, effect, low, high, most)
    soft = style.font(NOTE, style.palette.soft)
    drawn.axes(
        xaxis={
            "visible": True,
            "range": [low - spare, high + spare],
            "showgrid": False,
            "zeroline": False,
            "showline": True,
            "linecolor": style.palette.line,
            "ticks": "outside",
            "tickcolor": style.palette.line,
            "tickvals": marks,
            "ticktext": names,
            "tickfont": style.font(NOTE),
            "title": {"text": _axis_name(style, effect), "font": soft},
            "fixedrange": True,
        }
    )


def draw_support(drawn: Drawing, style: Style, effect: Effect, band: Band, name: str | None = None) -> None:
    """How many rows of the data lie where, as columns on the floor; the tallest takes 15 % of the height."""
    most = max(effect.support, default=0)
    edges = effect.edges or ()
    for left, right, rows in zip(edges[:-1], edges[1:], effect.support, strict=False):
        if rows:
            drawn.shape(
                type="rect",
                x0=left,
                x1=right,
                y0=band.floor,
                y1=band.floor + (band.top - band.floor) * rows / most,
                fillcolor=style.palette.mid,
                line={"width": 1, "color": style.palette.paper},
                layer="below",
            )
    drawn.annotation(
        x=1,
        xref="paper",
        xanchor="right",
        y=band.top,
        yref="y",
        yanchor="bottom",
        text=name or rows_name(style),
        font=style.font(NOTE, style.palette.soft),
    )


def draw_zero_level(drawn: Drawing, style: Style) -> None:
    """The zero line, and at its right end in words which side raises the prediction."""
    line = {"color": style.palette.soft, "width": style.px(1)}
    drawn.shape(type="line", x0=0, x1=1, xref="paper", y0=0, y1=0, line=line, layer="below")
    for key, anchor in (("up", "bottom"), ("down", "top")):
        drawn.annotation(
            x=1,
            xref="paper",
            xanchor="left",
            xshift=style.px(6),
            y=0,
            yref="y",
            yanchor=anchor,
            text=style.wording.say(f"figures.contribution.{key}"),
            font=style.font(NOTE, style.palette.soft),
        )


def rows_name(style: Style) -> str:
    """What the data columns count: the rows, under the name they were given."""
    rows = style.wording.labels.rows
    if rows is None:
        return style.wording.say("figures.curve.rows")
    return style.wording.say("figures.curve.named_rows", rows=style.wording.raw(rows))


def _value_marks(style: Style, effect: Effect, low: float, high: float, most: int) -> tuple[list[float], list[str]]:
    """Round values and how they are written: as many as fit beside each other."""
    words = style.wording
    while True:
        marks = ticks(low, high, most)
        if _whole(effect):
            marks = [mark for mark in marks if float(mark).is_integer()] or [low]
        digits = decimals(marks)
        # A year is not split into thousands: whole numbers are written as values are.
        names = [words.number(mark, digits) if digits else words.value(effect.column, mark) for mark in marks]
        needed = sum(style.px(text_width(name, NOTE) + 24) for name in names)
        if needed < style.width - style.px(140) or most <= 2:
            return marks, names
        most -= 1


def _axis_name(style: Style, effect: Effect) -> str:
    return style.wording.raw(shorten(style.wording.on("plain").column(effect.column), 80))


def _whole(effect: Effect) -> bool:
    return all(isinstance(value, int | float) and float(value).is_integer() for value in effect.grid)

"""The pieces all figures are drawn with: arrows, dots, names, lines and words, placed in rows of pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from xai.figures.drawing import Drawing
from xai.figures.extent import Extent
from xai.figures.labels import Label, text_width
from xai.figures.style import END, LABEL, NOTE, Style

_HEAD = 10.0  # pixels an arrow head is long, where the arrow is longer
_HALF = 0.27  # half the height of an arrow, in rows
_BESIDE = 4.0  # pixels between an arrow head and its number
_DOT = 13.0  # diameter of a dot
_AFTER_DOT = 11.0  # pixels from a dot's centre to its text


@dataclass(frozen=True)
class Panel:
    """Where rows are drawn: one horizontal axis, `width` pixels wide; the first row begins at `top` (0 or negative)."""

    low: float
    high: float
    width: float
    row: float
    top: float = 0.0
    axis: Literal["x", "x2"] = "x"

    def centre(self, row: float) -> float:
        """Vertical position of a row, counted from 0."""
        return self.top - (row + 0.5) * self.row

    @property
    def unit(self) -> float:
        """Length of a pixel on the axis."""
        return (self.high - self.low) / self.width

    def holds(self, x: float) -> bool:
        return self.low < x < self.high


def arrow(
    drawn: Drawing, style: Style, panel: Panel, row: int, ends: tuple[float, float], color: str, hover: str = ""
) -> None:
    """An arrow between two values; a step too small for a head is a wedge, a step of zero a line."""
    start, end = ends
    sign = 1 if end >= start else -1
    neck = end - sign * min(abs(end - start), style.px(_HEAD) * panel.unit)
    y, half = panel.centre(row), _HALF * panel.row
    drawn.scatter(
        x=[start, neck, end, neck, start, start],
        y=[y - half, y - half, y, y + half, y + half, y - half],
        mode="lines",
        fill="toself",
        fillcolor=color,
        line={"width": style.px(1), "color": color},
        hoveron="fills",
        hoverinfo="text" if hover else "skip",
        text=hover,
        xaxis=panel.axis,
        yaxis="y",
    )


def direction_color(style: Style, change: float) -> str:
    """Raises or lowers; grey where nothing moves."""
    if change == 0:
        return style.palette.soft
    return style.palette.raises if change > 0 else style.palette.lowers


def beside(
    drawn: Drawing, style: Style, panel: Panel, row: float, x: float, text: str, side: int = 1, gap: float = _BESIDE
) -> None:
    """A number beside a mark (side 1: right, -1: left), on paper so that no line crosses it."""
    drawn.annotation(
        x=x,
        y=panel.centre(row),
        xref=panel.axis,
        yref="y",
        text=text,
        xanchor="left" if side > 0 else "right",
        xshift=style.px(gap) * (1 if side > 0 else -1),
        font=style.font(LABEL),
        bgcolor=style.palette.paper,
        borderpad=1,
    )


def beside_extent(style: Style, x: float, text: str, side: int = 1, extra: str = "", gap: float = _BESIDE) -> Extent:
    """The room `beside` takes for a bold `text` followed by a regular `extra` (both plain)."""
    reach = style.px(gap + text_width(text, LABEL, bold=True) + text_width(extra, LABEL) + 6)
    return Extent(x, right=reach) if side > 0 else Extent(x, left=reach)


def dot(drawn: Drawing, style: Style, panel: Panel, row: float, x: float, filled: bool = True) -> None:
    colors = style.palette
    drawn.scatter(
        x=[x],
        y=[panel.centre(row)],
        mode="markers",
        marker={
            "size": style.px(_DOT),
            "color": colors.ink if filled else colors.paper,
            "line": {"color": colors.ink, "width": style.px(2)},
        },
        hoverinfo="skip",
        cliponaxis=False,
        xaxis=panel.axis,
        yaxis="y",
    )


def stop(drawn: Drawing, style: Style, panel: Panel, row: int, x: float, text: str, end: bool) -> None:
    """The start (hollow) or the end (filled, its value large) of a path. `text` is plain."""
    dot(drawn, style, panel, row, x, filled=end)
    drawn.annotation(
        x=x,
        y=panel.centre(row),
        xref=panel.axis,
        yref="y",
        text=f"<b>{text}</b>" if end else text,
        xanchor="left",
        xshift=style.px(_AFTER_DOT),
        font=style.font(END if end else LABEL),
        bgcolor=style.palette.paper,
        borderpad=1,
    )


def stop_extent(style: Style, x: float, text: str, end: bool) -> Extent:
    reach = _AFTER_DOT + text_width(text, END if end else LABEL, bold=end) + 4
    return Extent(x, left=style.px(_DOT / 2 + 2), right=style.px(reach))


def name(drawn: Drawing, style: Style, panel: Panel, row: float, label: Label, color: str | None = None) -> None:
    """A label left of the axis, 14 pixels away from it."""
    drawn.annotation(
        x=0,
        xref="paper",
        y=panel.centre(row),
        yref="y",
        text=label.html,
        align="right",
        xanchor="right",
        xshift=-style.px(14),
        font=style.font(LABEL, color),
    )


def connector(drawn: Drawing, style: Style, panel: Panel, row: int, x: float) -> None:
    """From the middle of a row down to the middle of the next: where one step ends the next begins."""
    rule(drawn, panel, x, (panel.centre(row), panel.centre(row + 1)), {"color": style.palette.line, "width": 1})


def rule(drawn: Drawing, panel: Panel, x: float, ends: tuple[float, float], line: dict[str, Any]) -> None:
    """A vertical line behind everything else."""
    drawn.shape(type="line", x0=x, x1=x, y0=ends[0], y1=ends[1], xref=panel.axis, yref="y", layer="below", line=line)


def threshold_line(drawn: Drawing, style: Style, panel: Panel, x: float, text: str, ends: tuple[float, float]) -> None:
    """The dotted line where the model's answer changes, its name above it. `ends`: upper and lower end in pixels."""
    line = {"color": style.palette.soft, "width": style.px(1.5), "dash": "dot"}
    rule(drawn, panel, x, ends, line)
    drawn.annotation(
        x=x,
        xref=panel.axis,
        y=ends[0],
        yref="y",
        yanchor="bottom",
        text=text,
        font=style.font(NOTE, style.palette.soft),
    )


def header(
    drawn: Drawing, style: Style, x: float, text: str, y: float, anchor: Literal["left", "center", "right"] = "left"
) -> None:
    """A note at a share `x` of the plotting area's width; `y` pixels from its upper edge (positive: above it)."""
    # In "paper" coordinates: Plotly drops annotations that lie outside the range of an axis.
    drawn.annotation(
        x=x,
        xref="paper",
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=y,
        xanchor=anchor,
        align=anchor,
        text=text,
        font=style.font(NOTE, style.palette.soft),
    )


def small_dot(drawn: Drawing, style: Style, panel: Panel, row: float, x: float) -> None:
    """A value among others."""
    marker = {"size": style.px(9), "color": style.palette.soft, "line": {"width": 0}}
    y = panel.centre(row)
    drawn.scatter(x=[x], y=[y], mode="markers", marker=marker, hoverinfo="skip", cliponaxis=False, xaxis=panel.axis)

"""An empty canvas measured in pixels, and the list of everything drawn on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from xai.figures.style import NOTE, Style

_SVG = 1000  # points up to which every point is an element of the page


@dataclass(frozen=True)
class Margin:
    """Pixels around the plotting area, already at the style's scale."""

    left: float
    right: float
    top: float = 2
    bottom: float = 2


class Drawing:
    """Collects traces, shapes and annotations, and becomes a Plotly figure once (adding to one each time is slow)."""

    def __init__(self, layout: dict[str, Any]) -> None:
        self._layout = layout
        self._traces: list[dict[str, Any]] = []
        self._shapes: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []

    def scatter(self, **properties: Any) -> None:
        self._traces.append({"type": "scatter", **properties})

    def cloud(self, **properties: Any) -> None:
        """Many points: drawn on the graphics card above a thousand of them."""
        many = len(properties["x"]) > _SVG
        self._traces.append({"type": "scattergl" if many else "scatter", "mode": "markers", **properties})

    def bars(self, **properties: Any) -> None:
        self._traces.append({"type": "bar", "orientation": "h", **properties})

    def shape(self, **properties: Any) -> None:
        self._shapes.append(properties)

    def annotation(self, **properties: Any) -> None:
        """Text without a pointer; `text` is HTML in which everything from files is escaped."""
        self._annotations.append({"showarrow": False, **properties})

    def axes(self, **axes: dict[str, Any]) -> None:
        """Properties of axes, added to those they have."""
        for name, properties in axes.items():
            self._layout[name] = self._layout.get(name, {}) | properties

    def figure(self) -> go.Figure:
        layout = {**self._layout, "shapes": self._shapes, "annotations": self._annotations}
        figure = go.Figure(data=self._traces, layout=layout)
        # Defaults that other libraries set for the whole process (Streamlit's colours are placeholders) stay away.
        figure.update_layout(template=None)
        return figure


def canvas(style: Style, height: float, margin: Margin) -> Drawing:
    """An empty drawing of `height` pixels between its margins: no template, title, legend, grid or zoom.

    The vertical axis counts pixels downwards from 0 to -height, so that rows are placed exactly.
    """
    colors = style.palette
    hidden = {"visible": False, "fixedrange": True}
    return Drawing(
        {
            "height": round(height + margin.top + margin.bottom),
            "margin": {
                "l": round(margin.left),
                "r": round(margin.right),
                "t": round(margin.top),
                "b": round(margin.bottom),
                "pad": 0,
                "autoexpand": False,
            },
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": style.font(),
            "showlegend": False,
            "separators": ",." if style.wording.language == "de" else ".,",
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": colors.paper,
                "bordercolor": colors.line,
                "font": style.font(NOTE),
                "align": "left",
            },
            "xaxis": hidden,
            "yaxis": {**hidden, "range": [-height, 0]},
        }
    )


def room(style: Style, margin: Margin) -> float:
    """Pixels the plotting area is wide; a little is kept back for other fonts and scroll bars."""
    return max(0.97 * (style.width - margin.left - margin.right), 60.0)

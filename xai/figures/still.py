"""A figure as plain HTML: the same picture, for a browser that has not loaded the drawing library.

It knows what `Drawing` puts on a canvas of pixels: bars with whiskers, closed shapes, dots, lines and words. Lengths
across are shares of the plotting area, so that the picture follows the width it is given, as the library's does.
"""

from __future__ import annotations

import html as markup
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

_TAG = re.compile(r"<[^>]+>")
_BREAK = re.compile(r"<br ?/?>")
_LINE_HEIGHT = 1.3  # of a line of text, as Plotly sets it
_BORDER = 1  # pixels it keeps around text for a border, drawn or not
_SHIFT = {"left": "0", "center": "-50%", "right": "-100%", "top": "0", "middle": "-50%", "bottom": "-100%"}


def still(figure: go.Figure, alt: str) -> str:
    """The figure as HTML. `alt`: its finding, for screen readers, plain text.

    Raises ValueError for what stands on no canvas of pixels: axes that are shown, points in thousands.
    """
    layout = figure.layout.to_plotly_json()
    axes = _axes(layout)
    margin = {side: layout["margin"].get(side, 0) for side in "ltrb"}
    traces = [piece for trace in figure.data for piece in _trace(axes, trace.to_plotly_json())]
    pieces = [
        *(_rule(axes, shape) for shape in layout.get("shapes", ())),
        *traces,
        *(_words(axes, text, layout["font"]) for text in layout.get("annotations", ())),
    ]
    area = {"left": margin["l"], "right": margin["r"], "top": margin["t"], "bottom": margin["b"]}
    inside = _box("".join(pieces), {side: f"{pixels}px" for side, pixels in area.items()})
    size = f"position:relative;height:{layout['height']}px;font-family:{markup.escape(layout['font']['family'])}"
    return f'<div class="still" role="img" aria-label="{markup.escape(alt)}" style="{size}">{inside}</div>'


@dataclass(frozen=True)
class _Axes:
    """From values to places: shares of the plotting area across, pixels from its upper edge downwards."""

    low: float
    high: float
    height: float

    def across(self, x: float, reference: str = "x") -> float:
        """Per cent."""
        return 100 * (x if reference == "paper" else (x - self.low) / (self.high - self.low))

    def down(self, y: float, reference: str = "y") -> float:
        return (1 - y) * self.height if reference == "paper" else -y


def _axes(layout: Mapping[str, Any]) -> _Axes:
    across, down = layout["xaxis"], layout["yaxis"]
    if across.get("visible", True) or down.get("visible", True) or "xaxis2" in layout or down["range"][1] != 0:
        raise ValueError("no canvas of pixels")
    return _Axes(*across["range"], height=-down["range"][0])


def _trace(axes: _Axes, trace: Mapping[str, Any]) -> Iterator[str]:
    if trace["type"] == "bar":
        yield from _bars(axes, trace)
    elif trace["type"] != "scatter":
        raise ValueError(f"no still of {trace['type']}")
    elif "error_x" in trace:
        yield from _whiskers(axes, trace)
    elif trace.get("fill") == "toself":
        yield _closed(axes, trace)
    else:
        yield from _dots(axes, trace)


def _bars(axes: _Axes, trace: Mapping[str, Any]) -> Iterator[str]:
    for value, y, hover in zip(trace["x"], trace["y"], trace["hovertext"], strict=True):
        top, height = axes.down(y) - trace["width"] / 2, trace["width"]
        yield _bar(axes, (0.0, value), top, height, trace["marker"]["color"], hover)


def _whiskers(axes: _Axes, trace: Mapping[str, Any]) -> Iterator[str]:
    bars = trace["error_x"]
    thick, cap, color = bars["thickness"], bars["width"], bars["color"]
    for x, y, more, less in zip(trace["x"], trace["y"], bars["array"], bars["arrayminus"], strict=True):
        middle = axes.down(y)
        yield _bar(axes, (x - less, x + more), middle - thick / 2, thick, color)
        for end in (x - less, x + more):
            place = {"left": f"calc({axes.across(end):.3f}% - {thick / 2:g}px)", "top": f"{middle - cap:g}px"}
            yield _box("", {**place, "width": f"{thick:g}px", "height": f"{2 * cap:g}px", "background": color})


def _bar(
    axes: _Axes, ends: tuple[float, float], top: float, height: float, color: str, hover: str = "", cut: str = ""
) -> str:
    """A rectangle between two values, or what is cut out of it."""
    left, right = axes.across(min(ends)), axes.across(max(ends))
    place = {"left": f"{left:.3f}%", "width": f"{right - left:.3f}%", "min-width": "1px"}
    place |= {"top": f"{top:g}px", "height": f"{height:g}px", "background": color}
    return _box("", {**place, "clip-path": f"polygon({cut})"} if cut else place, hover)


def _closed(axes: _Axes, trace: Mapping[str, Any]) -> str:
    """An arrow, or a wedge; a step of zero is a line."""
    across, down = trace["x"], [axes.down(y) for y in trace["y"]]
    start, length, top, height = min(across), max(across) - min(across), min(down), max(down) - min(down)
    corners = zip(across, down, strict=True)
    cut = [f"{100 * (x - start) / length:.2f}% {100 * (y - top) / height:.2f}%" for x, y in corners] if length else []
    ends = (start, start + length)
    return _bar(axes, ends, top, height, trace["fillcolor"], trace.get("text", ""), ",".join(cut))


def _dots(axes: _Axes, trace: Mapping[str, Any]) -> Iterator[str]:
    marker = trace["marker"]
    line = marker["line"]
    size = marker["size"] + line["width"]  # the line lies half outside
    look = {"width": f"{size:g}px", "height": f"{size:g}px", "background": marker["color"], "border-radius": "50%"}
    look |= {"transform": "translate(-50%,-50%)", "box-sizing": "border-box"}
    look |= {"border": f"{line['width']:g}px solid {line.get('color', 'transparent')}"}
    for x, y in zip(trace["x"], trace["y"], strict=True):
        yield _box("", {"left": f"{axes.across(x):.3f}%", "top": f"{axes.down(y):g}px", **look})


def _rule(axes: _Axes, shape: Mapping[str, Any]) -> str:
    """A vertical line."""
    if shape["type"] != "line" or shape["x0"] != shape["x1"]:
        raise ValueError(f"no still of a {shape['type']}")
    top, bottom = sorted((axes.down(shape["y0"]), axes.down(shape["y1"])))
    line = shape["line"]
    look = f"{line['width']:g}px {'dotted' if 'dash' in line else 'solid'} {line['color']}"
    left = f"calc({axes.across(shape['x0']):.3f}% - {line['width'] / 2:g}px)"
    return _box("", {"left": left, "top": f"{top:g}px", "height": f"{bottom - top:g}px", "border-left": look})


def _words(axes: _Axes, text: Mapping[str, Any], font: Mapping[str, Any]) -> str:
    """Words at a place, moved by pixels to the right and upwards."""
    across, down = text.get("xanchor", "center"), text.get("yanchor", "middle")
    font = {**font, **text.get("font", {})}
    place = {
        "left": f"calc({axes.across(text['x'], text['xref']):.3f}% + {text.get('xshift', 0):g}px)",
        "top": f"{axes.down(text['y'], text['yref']) - text.get('yshift', 0):g}px",
        "transform": f"translate({_SHIFT[across]},{_SHIFT[down]})",
        "padding": f"{text.get('borderpad', 1) + _BORDER:g}px",
        "font-size": f"{font['size']:g}px",
        "line-height": f"{_LINE_HEIGHT}",
        "color": font["color"],
        "text-align": text.get("align", "center"),
        "white-space": "pre",
    }
    return _box(text["text"], {**place, "background": text.get("bgcolor", "none")}, kind="words")


def _box(inside: str, look: Mapping[str, str], hover: str = "", kind: str = "") -> str:
    said = markup.unescape(_TAG.sub("", _BREAK.sub("\n", hover)))
    more = (f' class="{kind}"' if kind else "") + (f' title="{markup.escape(said)}"' if said else "")
    style = ";".join(f"{name}:{value}" for name, value in look.items())
    return f'<div style="position:absolute;{style}"{more}>{inside}</div>'

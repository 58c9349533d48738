"""Where is it wrong? Actual classes in rows, the model's answers in columns; shaded by the share of the row."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from xai.figures import arrows
from xai.figures.arrows import Panel
from xai.figures.drawing import Drawing, Margin, canvas, room
from xai.figures.labels import label, left_margin, lines_of, row_height, text_width
from xai.figures.style import LABEL, Style
from xai.results import Quality
from xai.texts import Wording

MOST = 12
"""Classes a table can show and still be read."""
_ROW, _CELL = 40, 150  # pixels: height of a row, most width of a cell


def figure(result: Quality, style: Style) -> go.Figure | None:
    """The (K, K) table of counts; None where there is none (regression) or more than twelve classes."""
    if result.confusion is None or len(result.classes) > MOST:
        return None
    counts = np.asarray(result.confusion)
    plain = style.wording.on("plain")
    labels = [label(style, plain.outcome(name)) for name in result.classes]
    side = left_margin(labels, style)
    size = min(room(style, Margin(side, style.px(6))) / len(labels), style.px(_CELL))
    heads, above = _heads(result, style, size)
    margin = Margin(side, style.width - side - size * len(labels), above + style.px(30))
    panel = Panel(0, len(labels), size * len(labels), row_height(labels, style, _ROW))
    drawn = canvas(style, panel.row * len(labels), margin)
    # The cells keep their proportions to the names above them, whatever width the browser gives.
    drawn.axes(xaxis={"range": [0, len(labels)]})
    for k, words in enumerate(labels):
        arrows.name(drawn, style, panel, k, words)
        _head(drawn, style, (k + 0.5) / len(labels), *heads[k])
    _cells(drawn, style, panel, counts)
    arrows.header(drawn, style, 0, style.wording.say("figures.confusion.predicted"), above + style.px(6))
    corner = -margin.left / max(panel.width, 1)
    arrows.header(drawn, style, corner, style.wording.say("figures.confusion.actual"), style.px(6))
    return drawn.figure()


def alt(result: Quality, wording: Wording) -> str:
    """The figure in one sentence: how many are right, and the most frequent mistake."""
    plain = wording.on("plain")
    if result.confusion is None:
        return ""
    counts = np.array(result.confusion, float)
    right, total = int(np.trace(counts)), int(counts.sum())
    np.fill_diagonal(counts, 0)
    actual, predicted = np.unravel_index(int(counts.argmax()), counts.shape)
    facts = {"right": plain.number(right, 0), "total": plain.number(total, 0)}
    if not counts.any():
        return plain.say("figures.alt.confusion_perfect", **facts)
    return plain.say(
        "figures.alt.confusion",
        **facts,
        actual=plain.outcome(result.classes[int(actual)]),
        predicted=plain.outcome(result.classes[int(predicted)]),
        times=plain.number(counts.max(), 0),
    )


def _cells(drawn: Drawing, style: Style, panel: Panel, counts: np.ndarray) -> None:
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = counts / totals
    colors = style.palette
    for (i, j), count in np.ndenumerate(counts):
        share = float(shares[i, j])
        top, ground = panel.top - i * panel.row, _blend(colors.paper, colors.soft, 0.06 + 0.94 * share)
        drawn.shape(
            type="rect",
            x0=j + 0.02,
            x1=j + 0.98,
            y0=top - 2,
            y1=top - panel.row + 2,
            fillcolor=ground,
            line={"width": style.px(2) if i == j else 0, "color": colors.ink},
            layer="below",
        )
        drawn.annotation(
            x=j + 0.5,
            y=top - panel.row / 2,
            text=f"<b>{style.wording.number(int(count), 0)}</b>" if i == j else style.wording.number(int(count), 0),
            font=style.font(LABEL, max((colors.ink, colors.paper), key=lambda text: _contrast(text, ground))),
        )


def _heads(result: Quality, style: Style, size: float) -> tuple[list[tuple[str, bool]], float]:
    """Names above the columns (HTML, upright?), and the pixels they take; upright where they do not fit lying."""
    plain, escape = style.wording.on("plain"), style.wording.raw
    names = [plain.outcome(name) for name in result.classes]
    limit = max(int(size / style.px(0.6 * LABEL)), 3)
    lying = [lines_of(name, limit) for name in names]
    if all(_whole(name, lines) for name, lines in zip(names, lying, strict=True)):
        tall = max(len(lines) for lines in lying)
        return [("<br>".join(map(escape, lines)), False) for lines in lying], style.px(22 * tall + 4)
    upright = [lines_of(name, 24, 1)[0] for name in names]
    return [(escape(name), True) for name in upright], style.px(max(map(text_width, upright)) + 8)


def _whole(name: str, lines: list[str]) -> bool:
    """Nothing was cut, and no word was broken."""
    return all(line in name for line in lines) and len(lines) <= 1 + sum(name.count(c) for c in " _-./")


def _head(drawn: Drawing, style: Style, x: float, text: str, upright: bool) -> None:
    drawn.annotation(
        x=x,
        xref="paper",
        xanchor="center",
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=style.px(4),
        text=text,
        textangle=-90 if upright else 0,
        font=style.font(LABEL),
    )


def _blend(one: str, other: str, share: float) -> str:
    """A colour between two others, `share` of the way."""
    pairs = [(int(one[k : k + 2], 16), int(other[k : k + 2], 16)) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

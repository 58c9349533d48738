"""Ceteris paribus of a column of categories: a row each, a dot at the prediction, the data at the right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from xai.figures import arrows
from xai.figures.arrows import Panel
from xai.figures.category_rows import CategoryRows, category_rows, draw_counts
from xai.figures.drawing import Drawing
from xai.figures.extent import Extent, fit
from xai.figures.labels import Label, text_width
from xai.figures.path import threshold_text, within
from xai.figures.strips import point_size, strip
from xai.figures.style import NOTE, Style
from xai.figures.units import Units, units
from xai.results import Effect
from xai.texts.wording import is_missing

_BESIDE = 11  # pixels from a dot's centre to its number


@dataclass(frozen=True)
class _Mark:
    """One category: its prediction, the one before other columns changed, and what stands beside the dot."""

    x: float
    earlier: float | None
    text: str
    note: str
    current: bool
    filled: bool

    @property
    def side(self) -> int:
        """The number stands away from the earlier dot."""
        return -1 if self.earlier is not None and self.earlier > self.x else 1


def figure(
    effect: Effect,
    style: Style,
    threshold: float | None = None,
    before: Effect | None = None,
    before_name: str | None = None,
    rows_name: str | None = None,
) -> go.Figure:
    """See `curve.figure`. Filled dot: the row's own category, or means; points: single rows.

    Where the data has fewer than five rows, that is said.
    """
    chosen = _chosen(effect)
    marks = _marks(effect, style, chosen, before)
    extents = _extents(style, marks)
    single = None if effect.individual is None else np.asarray(effect.individual, float)[:, chosen]
    if single is not None:
        edge = point_size(style)
        extents += [Extent(float(single.min()), edge, edge), Extent(float(single.max()), edge, edge)]
    half = style.px(text_width(threshold_text(style, threshold), NOTE)) / 2 if threshold is not None else 0.0
    if threshold is not None and within(threshold, extents):
        extents.append(Extent(threshold, half, half))
    support = [effect.support[k] for k in chosen]
    rows = category_rows(style, effect.column, [effect.grid[k] for k in chosen], support, len(effect.grid), rows_name)
    low, high = fit(extents, rows.width, _least_span(effect))
    panel = Panel(low, high, rows.width, rows.row)
    shown = threshold is not None and low + half * panel.unit < threshold < high
    top = style.px(48 if shown else 26)
    drawn = rows.canvas(style, top)
    drawn.axes(xaxis={"range": [low, high]})
    if threshold is not None and shown:
        arrows.threshold_line(drawn, style, panel, threshold, threshold_text(style, threshold), (0.0, -rows.height))
    if single is not None:
        _draw_single(drawn, style, panel, single)
    _draw_marks(drawn, style, panel, rows, marks)
    draw_counts(drawn, style, rows, top)
    if before is not None:
        name = style.wording.raw(before_name) if before_name else style.wording.say("figures.before")
        arrows.header(drawn, style, 0, f"○ {name}  ● {style.wording.say('figures.now')}", top - style.px(22))
    return drawn.figure()


def _marks(effect: Effect, style: Style, chosen: list[int], before: Effect | None) -> list[_Mark]:
    earlier = dict(zip(before.grid, before.prediction, strict=True)) if before else {}
    written = units(style.wording, effect.unit, (*effect.prediction, *earlier.values()))
    return [_mark(effect, style, k, written, earlier.get(effect.grid[k])) for k in chosen]


def _mark(effect: Effect, style: Style, k: int, written: Units, earlier: float | None) -> _Mark:
    x = float(effect.prediction[k])
    note = "" if effect.support[k] >= 5 else style.wording.say("figures.curve.rare")
    current = _is_current(effect, k)
    return _Mark(x, earlier, written.amount(x), note, current, current or effect.individual is not None)


def _extents(style: Style, marks: list[_Mark]) -> list[Extent]:
    dot = style.px(9)
    extents = [Extent(x, dot, dot) for mark in marks for x in (mark.x, mark.earlier) if x is not None]
    for mark in marks:
        extra = f"  {mark.note}" if mark.note else ""
        extents.append(arrows.beside_extent(style, mark.x, mark.text, mark.side, extra, _BESIDE))
    return extents


def _draw_marks(drawn: Drawing, style: Style, panel: Panel, rows: CategoryRows, marks: list[_Mark]) -> None:
    for row, mark in enumerate(marks):
        _guide(drawn, style, panel, row, mark.x)
        if mark.earlier is not None:
            arrows.dot(drawn, style, panel, row, mark.earlier, filled=False)
        (arrows.dot if mark.filled else arrows.small_dot)(drawn, style, panel, row, mark.x)
        note = f'<span style="color:{style.palette.soft}">  {mark.note}</span>' if mark.note else ""
        text = f"<b>{mark.text}</b>" if mark.filled else mark.text
        arrows.beside(drawn, style, panel, row, mark.x, text + note, mark.side, _BESIDE)
        words = rows.labels[row]
        html = f"<b>{words.html}</b>" if mark.current else words.html
        arrows.name(drawn, style, panel, row, Label(html, words.width, words.lines, words.plain))
    rows.draw_rest(drawn, style, panel)


def _draw_single(drawn: Drawing, style: Style, panel: Panel, single: np.ndarray) -> None:
    """(L, categories) predictions of single rows, as heaps of points."""
    y = np.concatenate([strip(style, panel, row, values) for row, values in enumerate(single.T)])
    marker = {"size": point_size(style), "color": style.palette.mid, "opacity": 0.5, "line": {"width": 0}}
    x = single.T.ravel()
    drawn.cloud(x=x.astype("float32"), y=y.astype("float32"), marker=marker, hoverinfo="skip")


def _guide(drawn: Drawing, style: Style, panel: Panel, row: int, x: float) -> None:
    """A faint line from the name to the dot."""
    y, line = panel.centre(row), {"color": style.palette.line, "width": 1}
    drawn.shape(type="line", x0=panel.low, x1=x, y0=y, y1=y, xref=panel.axis, layer="below", line=line)


def _is_current(effect: Effect, k: int) -> bool:
    return not is_missing(effect.current) and bool(effect.grid[k] == effect.current)


def _chosen(effect: Effect, most: int = 20) -> list[int]:
    """Positions of the categories drawn, in their own order: the most frequent ones, always with the row's own."""
    order = sorted(range(len(effect.grid)), key=lambda k: (not _is_current(effect, k), -effect.support[k]))
    return sorted(order[:most])


def _least_span(effect: Effect) -> float:
    if effect.unit == "probability":
        return 0.02
    return 0.02 * float(np.abs(effect.prediction).max(initial=0.0)) or 1.0

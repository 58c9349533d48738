"""Rows of categories: names at the left, one panel for predictions or contributions, one for the rows of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from xai.figures import arrows
from xai.figures.arrows import Panel
from xai.figures.drawing import Drawing, Margin, canvas, room
from xai.figures.labels import Label, label, left_margin, row_height, text_width
from xai.figures.path import LIST_ROW
from xai.figures.plot import rows_name
from xai.figures.style import LABEL, NOTE, Style

_COUNTS = 0.17  # share of the width that belongs to the counts
_GAP = 24  # pixels between the panels


@dataclass(frozen=True)
class CategoryRows:
    """Where everything goes: `width` pixels for the first panel, `counts_width` for the second."""

    labels: list[Label]
    counts: Sequence[int]
    rest: int  # categories that are not drawn
    row: float
    width: float
    counts_width: float
    margin: Margin
    counts_name: str

    @property
    def height(self) -> float:
        return self.row * (len(self.labels) + bool(self.rest))

    @property
    def panels_width(self) -> float:
        return self.width + self.counts_width + _GAP

    def canvas(self, style: Style, top: float) -> Drawing:
        """An empty figure with both axes in place, `top` pixels above the rows."""
        drawn = canvas(style, self.height, replace(self.margin, top=top))
        start = (self.width + _GAP) / self.panels_width
        drawn.axes(
            xaxis={"domain": [0, self.width / self.panels_width]},
            xaxis2={
                "domain": [start, 1],
                "range": [0, self.counts_range()],
                "visible": False,
                "fixedrange": True,
                "anchor": "y",
            },
        )
        return drawn

    def counts_range(self) -> float:
        """The longest bar leaves room for its number."""
        most = max(self.counts, default=0) or 1
        reserved = text_width(f"{most:,}", LABEL) + 12
        return most * self.counts_width / max(self.counts_width - reserved, self.counts_width / 4)

    def draw_rest(self, drawn: Drawing, style: Style, panel: Panel) -> None:
        """What is not drawn is said."""
        if self.rest:
            words = label(style, style.wording.on("plain").say("figures.more", count=self.rest))
            arrows.name(drawn, style, panel, len(self.labels), words, style.palette.soft)
            note = style.wording.say("figures.curve.rest")
            text = f'<span style="color:{style.palette.soft}">{note}</span>'
            arrows.beside(drawn, style, panel, len(self.labels), panel.low, text, gap=0)


def category_rows(
    style: Style,
    column: str,
    categories: Sequence[Any],
    counts: Sequence[int],
    total: int,
    counts_name: str | None = None,
    row: int = LIST_ROW,
    below: float = 2,
) -> CategoryRows:
    """The layout for some of `total` categories and their counts.

    row and below: pixels (at scale 1) of a row, and of the margin below all rows.
    """
    plain = style.wording.on("plain")
    labels = [label(style, plain.value(column, category)) for category in categories]
    margin = Margin(left_margin(labels, style), style.px(10), style.px(26), style.px(below))
    width = room(style, margin) - _GAP
    return CategoryRows(
        labels,
        counts,
        total - len(categories),
        row_height(labels, style, row),
        width * (1 - _COUNTS),
        width * _COUNTS,
        margin,
        counts_name or rows_name(style),
    )


def draw_counts(drawn: Drawing, style: Style, rows: CategoryRows, top: float) -> None:
    """Grey bars with the number of rows, in the second panel; their name at the upper end of the `top` margin."""
    panel = Panel(0.0, rows.counts_range(), rows.counts_width, rows.row, axis="x2")
    drawn.bars(
        x=list(rows.counts),
        y=[panel.centre(k) for k in range(len(rows.counts))],
        width=0.3 * rows.row,
        marker={"color": style.palette.mid, "line": {"width": 0}},
        hoverinfo="skip",
        xaxis="x2",
    )
    for k, count in enumerate(rows.counts):
        text = f'<span style="color:{style.palette.soft}">{style.wording.number(count, 0)}</span>'
        arrows.beside(drawn, style, panel, k, count, text)
    anchor = "right" if style.px(text_width(rows.counts_name, NOTE)) > rows.counts_width else "left"
    x = 1.0 if anchor == "right" else (rows.width + _GAP) / rows.panels_width
    arrows.header(drawn, style, x, rows.counts_name, top - style.px(22), anchor)

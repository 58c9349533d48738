"""The path of arrows: start dot, one arrow per step, end dot. Every question that has a before and an after uses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from xai.figures import arrows
from xai.figures.arrows import Panel
from xai.figures.drawing import Drawing, Margin, canvas, room
from xai.figures.extent import Extent, fit
from xai.figures.labels import Label, label, left_margin, row_height, text_width
from xai.figures.style import NOTE, Style
from xai.figures.units import Units

ROW, LIST_ROW = 40, 34
"""Pixels of a row: alone on a page, and inside a list of several figures."""
_END_NAME = 28  # characters in a line of the name of an end, which stands alone


@dataclass(frozen=True)
class Step:
    """One arrow. `plain`: grey, for steps without a direction worth a colour (folded columns, gains in quality)."""

    label: Label
    change: float
    hover: str = ""
    plain: bool = False


@dataclass(frozen=True)
class Route:
    """A path ready to be drawn: its steps, the names of its ends, and whether the value reached stands at each step."""

    steps: tuple[Step, ...]
    start: float
    end: float
    names: tuple[Label, Label]
    units: Units
    reached: bool = False

    def points(self) -> list[float]:
        """(steps + 1) values: the start, and where each step ends."""
        return [float(x) for x in self.start + np.cumsum([0.0, *(step.change for step in self.steps)])]

    @property
    def rows(self) -> int:
        return len(self.steps) + 2

    @property
    def labels(self) -> list[Label]:
        return [self.names[0], *(step.label for step in self.steps), self.names[1]]

    def number(self, k: int) -> tuple[str, str]:
        """What stands beside the k-th arrow: the signed change, and the value reached (not at the last one)."""
        change = self.units.effect(self.steps[k].change)
        if not self.reached or k == len(self.steps) - 1:
            return change, ""
        return change, f"  → {self.units.amount(self.points()[k + 1])}"


def make_route(
    style: Style,
    steps: Sequence[Step],
    ends: tuple[float, float],
    names: tuple[str, str],
    units: Units,
    reached: bool = False,
) -> Route:
    """A route whose steps lead from start to end. `names` are plain text.

    What approximate steps leave open is a step of its own: the path never pretends to arrive.
    """
    start, end = ends
    missing = end - start - sum(step.change for step in steps)
    if not units.vanishes(missing):
        words = label(style, style.wording.on("plain").say("figures.unassigned"))
        steps = [*steps, Step(words, missing, words.html, plain=True)]
    first, last = label(style, names[0], limit=_END_NAME), label(style, "", names[1], limit=_END_NAME)
    return Route(tuple(steps), start, end, (first, last), units, reached)


def path(
    route: Route,
    style: Style,
    threshold: float | None = None,
    row: int = ROW,
    include: tuple[float, ...] = (),
    goal: tuple[float, float] | None = None,
    together: Sequence[Route] = (),
) -> go.Figure:
    """The figure of one route.

    threshold: drawn where it lies in the range of the axis. include: values the axis must reach.
    goal: a wanted range, drawn as a band; its ends may be infinite.
    together: routes of the same list, whose figures get the same axis, so that one can be laid beside the other.
    """
    threshold = valid_threshold(threshold, route.units.unit)
    routes = [route, *together]
    extents = [extent for one in routes for extent in route_extents(one, style)] + [Extent(x) for x in include]
    if goal is not None:
        extents += [Extent(x) for x in _goal_limits(goal, route.start)]
    label_width = style.px(text_width(threshold_text(style, threshold), NOTE)) / 2 if threshold is not None else 0
    if threshold is not None and within(threshold, extents):
        extents.append(Extent(threshold, label_width, label_width))
    margin = Margin(left_margin([words for one in routes for words in one.labels], style), style.px(20))
    width = room(style, margin)
    low, high = fit(extents, width, max(map(least_span, routes)))
    shown = threshold is not None and low + label_width / width * (high - low) < threshold < high
    height = row_height(route.labels, style, row)
    panel = Panel(low, high, width, height)
    margin = Margin(margin.left, margin.right, style.px(26) if shown or goal else 2)
    drawn = canvas(style, height * route.rows, margin)
    drawn.axes(xaxis={"range": [low, high]})
    if goal is not None:
        _draw_goal(drawn, style, panel, route, goal)
    if shown:
        ends = (0.0, -height * route.rows)
        arrows.threshold_line(drawn, style, panel, threshold, threshold_text(style, threshold), ends)
    draw_route(drawn, style, panel, route)
    return drawn.figure()


def draw_route(drawn: Drawing, style: Style, panel: Panel, route: Route) -> None:
    """All rows of a route into a panel."""
    points, last = route.points(), route.rows - 1
    arrows.stop(drawn, style, panel, 0, route.start, route.units.amount(route.start), end=False)
    arrows.name(drawn, style, panel, 0, route.names[0], style.palette.soft)
    for k, step in enumerate(route.steps):
        arrows.connector(drawn, style, panel, k, points[k])
        color = style.palette.soft if step.plain else arrows.direction_color(style, route.units.visible(step.change))
        arrows.arrow(drawn, style, panel, k + 1, (points[k], points[k + 1]), color, step.hover)
        change, reached = route.number(k)
        side = 1 if step.change >= 0 else -1
        arrows.beside(drawn, style, panel, k + 1, points[k + 1], f"<b>{change}</b>{reached}", side)
        arrows.name(drawn, style, panel, k + 1, step.label, style.palette.soft if step.plain else None)
    arrows.connector(drawn, style, panel, last - 1, route.end)
    arrows.stop(drawn, style, panel, last, route.end, route.units.amount(route.end), end=True)
    arrows.name(drawn, style, panel, last, route.names[1])


def _draw_goal(drawn: Drawing, style: Style, panel: Panel, route: Route, goal: tuple[float, float]) -> None:
    """The wanted range as a band behind the path, its limits above it."""
    low, high = max(goal[0], panel.low), min(goal[1], panel.high)
    drawn.shape(
        type="rect",
        x0=low,
        x1=high,
        y0=0,
        y1=-panel.row * route.rows,
        fillcolor=style.palette.line,
        opacity=0.35,
        line={"width": 0},
        layer="below",
    )
    text = goal_text(style, route.units, goal)
    reach = style.px(text_width(text, NOTE)) / 2 * panel.unit
    middle = min(max((low + high) / 2, panel.low + reach), panel.high - reach)
    share = (middle - panel.low) / (panel.high - panel.low)
    arrows.header(drawn, style, share, text, style.px(4), "center")


def _goal_limits(goal: tuple[float, float], start: float) -> list[float]:
    """The limit to be crossed; the other one only where it is not much farther away."""
    near = min(max(start, goal[0]), goal[1])
    return [x for x in goal if np.isfinite(x) and abs(x - near) <= abs(near - start)] or [near]


def goal_text(style: Style, written: Units, goal: tuple[float, float]) -> str:
    low, high = goal
    if np.isfinite(low) and np.isfinite(high):
        return style.wording.say("figures.goal.between", low=written.amount(low), high=written.amount(high))
    if np.isfinite(low):
        return style.wording.say("figures.goal.least", low=written.amount(low))
    return style.wording.say("figures.goal.most", high=written.amount(high))


def route_extents(route: Route, style: Style) -> list[Extent]:
    """The room every mark of a route and its text need."""
    points, amount = route.points(), route.units.amount
    extents = [
        arrows.stop_extent(style, route.start, amount(route.start), end=False),
        arrows.stop_extent(style, route.end, amount(route.end), end=True),
    ]
    for k, step in enumerate(route.steps):
        side = 1 if step.change >= 0 else -1
        extents.append(arrows.beside_extent(style, points[k + 1], *_split(route.number(k), side)))
    return extents


def least_span(route: Route) -> float:
    """The shortest length the axis may show: two points for probabilities, else two per cent of the largest value."""
    if route.units.in_percent:
        return 0.02
    largest = max(abs(x) for x in route.points())
    return 0.02 * largest if largest > 0 else 1.0


def within(x: float, extents: Sequence[Extent]) -> bool:
    return min(e.x for e in extents) <= x <= max(e.x for e in extents)


def valid_threshold(threshold: float | None, unit: str) -> float | None:
    """Only probabilities have one."""
    return threshold if unit == "probability" else None


def threshold_text(style: Style, threshold: float) -> str:
    return style.wording.say("figures.threshold", value=style.wording.percent(threshold))


def _split(number: tuple[str, str], side: int) -> tuple[str, int, str]:
    return number[0], side, number[1]

"""Why this prediction? SHAP: the path from the average to the prediction. LIME: weights as arrows from zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from xai.figures import arrows
from xai.figures.arrows import Panel
from xai.figures.drawing import Drawing, Margin, canvas, room
from xai.figures.extent import Extent, fit
from xai.figures.labels import Label, column_label, fold, label, left_margin, row_height
from xai.figures.path import ROW, Route, Step, make_route, path
from xai.figures.style import NOTE, Style
from xai.figures.units import Units, units
from xai.results import Attribution
from xai.texts import Wording

_LISTED = 10  # folded columns named when hovering


@dataclass(frozen=True)
class Weight:
    """One arrow from zero."""

    label: Label
    value: float
    hover: str
    plain: bool = False


def figure(result: Attribution, style: Style, threshold: float | None = None) -> go.Figure:
    """One explained row: a path for SHAP, weights for LIME. At most eight columns; the rest is folded into one arrow.

    threshold: 0.5 for a binary classifier's probability, else None. Raises ValueError for several rows.
    """
    if result.values.ndim != 1:
        raise ValueError("a figure explains one row")
    shown, rest = fold(result.order())
    written = attribution_units(style.wording, result)
    if result.method == "lime":
        return _weights_figure(result, style, weights_of(result, style, shown, rest, written), written)
    return path(shap_route(result, style, shown, rest, written), style, threshold)


def alt(result: Attribution, wording: Wording) -> str:
    """The figure in one sentence."""
    plain = wording.on("plain")
    if result.method == "lime":
        return plain.say("figures.alt.lime", steps=spoken_steps(result, plain))
    written = attribution_units(plain, result)
    return plain.say(
        "figures.alt.path",
        **{"start": plain.say("figures.average"), "from": written.amount(result.base)},
        **{"end": plain.say("figures.prediction"), "to": written.amount(float(result.prediction))},
        steps=spoken_steps(result, plain),
    )


def attribution_units(wording: Wording, *results: Attribution) -> Units:
    """Decimals that fit everything drawn of these explanations."""
    points = [0.0]
    for result in results:
        points += [float(value) for value in result.values]
        points.append(float(result.prediction) - result.base)
    return units(wording, results[0].unit, points)


def shap_route(result: Attribution, style: Style, shown: list[int], rest: list[int], written: Units) -> Route:
    """The path of a SHAP explanation through the columns `shown`, then one grey step for the `rest`."""
    steps = [
        Step(weight.label, weight.value, weight.hover, weight.plain)
        for weight in weights_of(result, style, shown, rest, written)
    ]
    plain = style.wording.on("plain")
    names = (plain.say("figures.average"), plain.say("figures.prediction"))
    return make_route(style, steps, (result.base, float(result.prediction)), names, written)


def weights_of(
    result: Attribution, style: Style, shown: list[int], rest: list[int], written: Units
) -> tuple[Weight, ...]:
    """The contributions of the columns `shown`, then the sum of the `rest` in grey."""
    rows = []
    for k in shown:
        name = column_label(style, result.columns[k], result.data[result.columns[k]].iloc[0])
        rows.append(Weight(name, float(result.values[k]), _hover(result, style, k, name, written)))
    if rest:
        words = label(style, style.wording.on("plain").say("figures.more", count=len(rest)))
        total = float(result.values[rest].sum())
        rows.append(Weight(words, total, _rest_hover(result, style, rest, written), plain=True))
    return tuple(rows)


def draw_weights(
    drawn: Drawing, style: Style, panel: Panel, weights: Sequence[Weight], written: Units, first: int = 0
) -> None:
    """Arrows from a zero line, from row `first` on."""
    top, bottom = panel.centre(first) + 0.45 * panel.row, panel.centre(first + len(weights) - 1) - 0.45 * panel.row
    arrows.rule(drawn, panel, 0.0, (top, bottom), {"color": style.palette.soft, "width": 1})
    for k, weight in enumerate(weights):
        color = style.palette.soft if weight.plain else arrows.direction_color(style, written.visible(weight.value))
        arrows.arrow(drawn, style, panel, first + k, (0.0, weight.value), color, weight.hover)
        side = 1 if weight.value >= 0 else -1
        text = f"<b>{written.effect(weight.value)}</b>"
        arrows.beside(drawn, style, panel, first + k, weight.value, text, side)


def weight_extents(style: Style, weights: Sequence[Weight], written: Units) -> list[Extent]:
    numbers = [
        arrows.beside_extent(style, weight.value, written.effect(weight.value), 1 if weight.value >= 0 else -1)
        for weight in weights
    ]
    return [Extent(0.0, style.px(2), style.px(2)), *numbers]


def arrives(result: Attribution, style: Style, written: Units) -> str:
    """What LIME's own line says for the row, where it says anything."""
    if result.local_prediction is None:
        return ""
    return style.wording.say("figures.pair.arrives", value=written.amount(result.local_prediction))


def spoken_steps(result: Attribution, plain: Wording, most: int = 4) -> str:
    """The largest contributions as a list of words."""
    written = attribution_units(plain, result)
    spoken = [
        plain.say(
            "figures.alt.step",
            name=f"{plain.column(name)} {plain.value(name, result.data[name].iloc[0])}",
            change=written.effect(float(result.values[k])),
        )
        for k, name in ((k, result.columns[k]) for k in result.order()[:most])
        if not written.vanishes(float(result.values[k]))
    ]
    return ", ".join(spoken) or plain.say("figures.alt.nothing")


def _weights_figure(result: Attribution, style: Style, weights: Sequence[Weight], written: Units) -> go.Figure:
    labels = [weight.label for weight in weights]
    note = arrives(result, style, written)
    margin = Margin(left_margin(labels, style), style.px(20), 2, style.px(26) if note else 2)
    width, row = room(style, margin), row_height(labels, style, ROW)
    low, high = fit(weight_extents(style, weights, written), width, _least_span(weights, written))
    panel = Panel(low, high, width, row)
    drawn = canvas(style, row * len(weights), margin)
    drawn.axes(xaxis={"range": [low, high]})
    draw_weights(drawn, style, panel, weights, written)
    for k, item in enumerate(weights):
        arrows.name(drawn, style, panel, k, item.label, style.palette.soft if item.plain else None)
    if note:
        arrows.header(drawn, style, -low / (high - low), note, -row * len(weights) - style.px(NOTE + 10))
    return drawn.figure()


def _least_span(weights: Sequence[Weight], written: Units) -> float:
    if written.in_percent:
        return 0.02
    return max((abs(weight.value) for weight in weights), default=0.0) or 1.0


def _hover(result: Attribution, style: Style, k: int, name: Label, written: Units) -> str:
    lines = [f"{name.plain}: <b>{written.effect(float(result.values[k]))}</b>"]
    if not written.vanishes(float(result.spread[k])):
        lines.append(style.wording.say("figures.hover.spread", value=written.size(float(result.spread[k]))))
    if len(result.rules) == len(result.columns) and result.rules[k]:
        lines.append(style.wording.say("figures.hover.rule", rule=style.wording.raw(result.rules[k])))
    return "<br>".join(lines)


def _rest_hover(result: Attribution, style: Style, rest: list[int], written: Units) -> str:
    lines = [
        f"{style.wording.column(result.columns[k])}: {written.effect(float(result.values[k]))}" for k in rest[:_LISTED]
    ]
    if len(rest) > _LISTED:
        lines.append(style.wording.say("figures.hover.rest", count=len(rest) - _LISTED))
    return "<br>".join(lines)

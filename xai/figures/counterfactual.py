"""What would have to be different? One counterfactual as a path: now, after each change, after all of them."""

from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go

from xai.figures.labels import change_label
from xai.figures.path import LIST_ROW, Route, Step, make_route, path, valid_threshold
from xai.figures.style import Style
from xai.figures.units import Units, units
from xai.results import Counterfactual, Counterfactuals
from xai.texts import Wording


def figure(result: Counterfactuals, item: Counterfactual, style: Style, threshold: float | None = None) -> go.Figure:
    """The path of one of the result's counterfactuals (or of an example in `blocked_by`).

    threshold: 0.5 for a binary classifier's probability, else None; always drawn, for crossing it is the point.
    A wanted range of a regression is a band. All counterfactuals of a result share one axis.
    """
    goal = wanted_range(result)
    threshold = valid_threshold(threshold, result.unit)
    include = () if threshold is None else (threshold,)
    together = [_route(result, other, style) for other in result.counterfactuals]
    return path(_route(result, item, style), style, threshold, LIST_ROW, include, goal, together)


def limit(result: Counterfactuals, threshold: float | None) -> float | None:
    """Where the line is drawn: at the wanted probability where there is one, else at the model's own threshold.

    On the other side of it where the probability of the other one of two classes is shown.
    """
    if result.at_least is None:
        return threshold
    return result.at_least if result.target_class == result.desired else 1 - result.at_least


def alt(result: Counterfactuals, item: Counterfactual, wording: Wording) -> str:
    """The figure in one sentence."""
    plain = wording.on("plain")
    written = _units(plain, result, item)
    steps = [
        plain.say(
            "figures.alt.change",
            name=plain.column(name),
            old=plain.value(name, old),
            new=plain.value(name, new),
            change=written.effect(after - before),
        )
        for (name, (old, new)), (before, after) in zip(item.changes.items(), _legs(result, item), strict=True)
    ]
    return plain.say(
        "figures.alt.path",
        **{"start": plain.say("figures.now"), "from": written.amount(result.prediction)},
        **{"end": plain.say("figures.then"), "to": written.amount(item.prediction)},
        steps=", ".join(steps) or plain.say("figures.alt.nothing"),
    )


def wanted_range(result: Counterfactuals) -> tuple[float, float] | None:
    """The range a regression should reach; None for a wanted class."""
    if isinstance(result.desired, tuple | list):
        low, high = result.desired
        return float(low), float(high)
    return None


def _route(result: Counterfactuals, item: Counterfactual, style: Style) -> Route:
    written = _units(style.wording, result, item)
    steps = []
    for (name, (old, new)), (before, after) in zip(item.changes.items(), _legs(result, item), strict=True):
        words = change_label(style, name, old, new)
        hover = f"{words.plain}: <b>{written.effect(after - before)}</b>"
        steps.append(Step(words, after - before, hover))
    plain = style.wording.on("plain")
    names = (plain.say("figures.now"), plain.say("figures.then"))
    return make_route(style, steps, (result.prediction, item.prediction), names, written, reached=True)


def _legs(result: Counterfactuals, item: Counterfactual) -> list[tuple[float, float]]:
    """Prediction before and after each change."""
    return list(pairwise((result.prediction, *item.steps)))


def _units(wording: Wording, result: Counterfactuals, item: Counterfactual) -> Units:
    return units(wording, result.unit, (result.prediction, *item.steps))

"""Is it any good? From the trivial answer to the model: a grey path, for a gain in quality has no direction."""

from __future__ import annotations

import plotly.graph_objects as go

from xai.figures.labels import label
from xai.figures.path import LIST_ROW, Step, make_route, path
from xai.figures.style import Style
from xai.figures.units import Units, units
from xai.results import Quality
from xai.texts import Wording

_PERFECT = 1.0


def figure(result: Quality, style: Style, model_name: str | None = None) -> go.Figure:
    """Accuracy of a classifier, R² of a regression: baseline → model. The axis ends at the best possible value.

    model_name: what the end is called, plain text.
    """
    start, end = _ends(result)
    written = _units(style.wording, result)
    plain = style.wording.on("plain")
    gain = label(style, plain.say("figures.quality.gain" if end >= start else "figures.quality.loss"))
    steps = [Step(gain, end - start, f"{gain.html}: <b>{written.effect(end - start)}</b>", plain=True)]
    names = (_baseline_name(result, plain), model_name or plain.say("figures.quality.model"))
    return path(make_route(style, steps, (start, end), names, written), style, row=LIST_ROW, include=(_PERFECT,))


def alt(result: Quality, wording: Wording) -> str:
    """The figure in one sentence."""
    plain = wording.on("plain")
    written, (start, end) = _units(plain, result), _ends(result)
    return plain.say(
        f"figures.alt.quality_{'regression' if result.task == 'regression' else 'classes'}",
        model=written.amount(end),
        baseline=written.amount(start),
        always=_baseline_name(result, plain),
    )


def _metric(result: Quality) -> str:
    return "r2" if result.task == "regression" else "accuracy"


def _ends(result: Quality) -> tuple[float, float]:
    metric = _metric(result)
    return float(result.baseline[metric]), float(result.metrics[metric])


def _units(wording: Wording, result: Quality) -> Units:
    return units(wording, _metric(result), (0.0, 1.0))


def _baseline_name(result: Quality, plain: Wording) -> str:
    if result.task == "regression":
        return plain.say("figures.quality.mean")
    return plain.say("figures.quality.always", outcome=plain.outcome(result.baseline_answer))

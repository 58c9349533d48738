"""What would be if? The path from the prediction before to the one after, by what happens to each contribution."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from xai.figures.labels import SHOWN, change_label, column_label, fold, label
from xai.figures.path import LIST_ROW, Route, Step, make_route, path
from xai.figures.style import Style
from xai.figures.units import Units, units
from xai.results import WhatIf
from xai.texts import Wording


def figure(result: WhatIf, style: Style, threshold: float | None = None) -> go.Figure:
    """Largest change of a contribution first; changed columns are always shown, the rest beyond eight is folded.

    threshold: 0.5 for a binary classifier's probability, else None.
    """
    return path(_route(result, style), style, threshold, LIST_ROW)


def alt(result: WhatIf, wording: Wording, most: int = 4) -> str:
    """The figure in one sentence."""
    plain = wording.on("plain")
    written, moves = _units(plain, result), _moves(result)
    steps = [
        plain.say("figures.alt.step", name=plain.column(result.before.columns[k]), change=written.effect(moves[k]))
        for k in np.argsort(-np.abs(moves), kind="stable")[:most]
        if not written.vanishes(moves[k])
    ]
    return plain.say(
        "figures.alt.path",
        **{"start": plain.say("figures.before"), "from": written.amount(float(result.before.prediction))},
        **{"end": plain.say("figures.after"), "to": written.amount(float(result.after.prediction))},
        steps=", ".join(steps) or plain.say("figures.alt.nothing"),
    )


def _route(result: WhatIf, style: Style) -> Route:
    written, moves = _units(style.wording, result), _moves(result)
    shown, rest = _rows(result, moves)
    steps = [_step(result, style, k, float(moves[k]), written) for k in shown]
    plain = style.wording.on("plain")
    if rest:
        words = label(style, plain.say("figures.more", count=len(rest)))
        steps.append(Step(words, float(moves[rest].sum()), words.html, plain=True))
    names = (plain.say("figures.before"), plain.say("figures.after"))
    ends = (float(result.before.prediction), float(result.after.prediction))
    return make_route(style, steps, ends, names, written)


def _step(result: WhatIf, style: Style, k: int, move: float, written: Units) -> Step:
    name = result.before.columns[k]
    if name in result.changes:
        words = change_label(style, name, *result.changes[name])
    else:
        words = column_label(style, name, result.after.data[name].iloc[0], strong=False)
    before, after = written.effect(float(result.before.values[k])), written.effect(float(result.after.values[k]))
    return Step(words, move, f"{words.plain}: <b>{written.effect(move)}</b><br>{before} → {after}")


def _rows(result: WhatIf, moves: np.ndarray) -> tuple[list[int], list[int]]:
    order = np.argsort(-np.abs(moves), kind="stable")
    changed = [int(k) for k in order if result.before.columns[k] in result.changes]
    others = [int(k) for k in order if int(k) not in changed]
    chosen, rest = fold([*changed, *others], max(SHOWN, len(changed)))
    return [int(k) for k in order if int(k) in chosen], rest


def _moves(result: WhatIf) -> np.ndarray:
    return np.asarray(result.after.values, float) - np.asarray(result.before.values, float)


def _units(wording: Wording, result: WhatIf) -> Units:
    ends = (float(result.before.prediction), float(result.after.prediction))
    start = ends[0]
    return units(wording, result.before.unit, (*ends, *(start + move for move in _moves(result))))

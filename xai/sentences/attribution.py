"""Why this prediction? In words: the prediction, what drives it, and whether SHAP and LIME agree."""

from __future__ import annotations

import re

import numpy as np

from xai.figures.agreement import agreement as compared
from xai.results import Attribution, Task
from xai.sentences import algorithms, phrases
from xai.sentences.who import Who
from xai.texts import Wording
from xai.texts.wording import text_of

POOR_FIT = 0.5  # below this R² (the rule of the trust strip) LIME's line is no ground to argue on


def answer(attribution: Attribution, wording: Wording, who: Who, task: Task = "binary") -> str:
    """What the model predicts for one row, the average, and the columns that make the difference.

    With more than two classes (`task`) the model's own answer is said where it is not the class that is shown.
    """
    return f"{_prediction(attribution, wording, who, task)} {_drivers(attribution, wording)}"


def _prediction(attribution: Attribution, wording: Wording, who: Who, task: Task) -> str:
    prediction, base, unit = float(attribution.prediction), attribution.base, attribution.unit
    scale = phrases.shared_scale(prediction, base)
    start = "neighbours" if attribution.method == "lime" else "average"  # what the contributions are added to
    facts = {
        "prediction": phrases.amount(wording, prediction, unit, scale),
        "start": wording.say(f"sentences.attribution.{start}", base=wording.amount(base, unit, scale=scale)),
    }
    name = who.called(wording)
    quantity = phrases.quantity(wording, unit, attribution.target_class)
    if unit == "target":
        return wording.say("sentences.attribution.target", who=name, **facts)
    if unit != "probability":
        return wording.say("sentences.attribution.score", who=name, quantity=quantity, **facts)
    if task == "multiclass" and text_of(attribution.label) == text_of(attribution.target_class):
        label = phrases.quoted(wording, attribution.label)
        return wording.say("sentences.attribution.class", who=name, label=label, **facts)
    key = "other_class" if task == "multiclass" and attribution.label is not None else "probability"
    return wording.say(
        f"sentences.attribution.{key}{'' if who.proper else '_described'}",
        who=name,
        holder=who.holder(wording),
        quantity=quantity,
        answer=phrases.quoted(wording, attribution.label),
        **facts,
    )


def _drivers(attribution: Attribution, wording: Wording) -> str:
    """At most two columns that push to the side of the prediction, and the strongest one against them."""
    values = attribution.values
    noticed = [i for i in attribution.order() if abs(values[i]) >= attribution.negligible and values[i] != 0]
    if not noticed:
        return wording.say("sentences.attribution.nothing")
    up, down = [i for i in noticed if values[i] > 0], [i for i in noticed if values[i] < 0]
    rises = bool(up) if float(attribution.prediction) > attribution.base else not down
    leading, opposing = (up, down) if rises else (down, up)
    verb = "raised" if rises else "lowered"
    plural = "" if len(leading) > 1 else "_one"
    named = wording.listing([_named(attribution, wording, i, among=len(leading) > 1) for i in leading[:2]])
    lead = wording.say(f"sentences.attribution.{verb}{plural}", columns=named)
    if not opposing:
        return f"{lead} {wording.say('sentences.attribution.nothing_against')}"
    return f"{lead} {wording.say('sentences.attribution.against', column=_named(attribution, wording, opposing[0]))}"


def _named(attribution: Attribution, wording: Wording, i: int, among: bool = False) -> str:
    column = attribution.columns[i]
    scale = phrases.shared_scale(*attribution.values)
    return wording.say(
        "sentences.shared.named_effect",
        column=phrases.name(wording, column, among),
        value=wording.value(column, attribution.data[column].iloc[0]),
        effect=wording.effect(float(attribution.values[i]), attribution.unit, digits=0, scale=scale),
    )


def agreement(shap: Attribution, lime: Attribution, wording: Wording) -> str:
    """For how many columns SHAP and LIME point the same way; where they do not, and why."""
    same = np.array([word != "no" for word in compared(shap, lime)])
    total = len(same)
    if same.all():
        return wording.say(f"sentences.attribution.agree_{'single' if total == 1 else 'all'}", total=total)
    size = np.maximum(np.abs(shap.values), np.abs(lime.values))
    apart = [i for i in np.argsort(-size, kind="stable") if not same[i]]
    counted = wording.say("sentences.attribution.agree_some", same=int(same.sum()), total=total)
    return f"{counted} {_why_apart(shap, lime, apart, wording)}"


def _why_apart(shap: Attribution, lime: Attribution, apart: list[int], wording: Wording) -> str:
    columns = phrases.columns(wording, [shap.columns[i] for i in apart])
    fit = next((measure for measure in lime.trust.measures if measure.code == "lime_fit"), None)
    if fit is not None and fit.value < POOR_FIT:
        return wording.say("sentences.attribution.apart_poor", columns=columns, r2=wording.number(fit.value, 2))
    column = shap.columns[apart[0]]
    rule = lime.rules[apart[0]] if len(lime.rules) > apart[0] else ""
    if len(apart) == 1 and re.search("[<>≤≥]", rule):
        value = wording.value(column, shap.data[column].iloc[0])
        group = wording.say("sentences.shared.quoted", text=wording.raw(rule))
        return wording.say("sentences.attribution.apart_group", columns=columns, rule=group, value=value)
    return wording.say("sentences.attribution.apart", columns=columns)


def sample(shap: Attribution, lime: Attribution | None, wording: Wording) -> str:
    """The unit of the numbers, the algorithms, the samples they were computed with, and the seeds."""
    parts = [_unit(shap, wording), _sample_shap(shap, wording)]
    if lime is not None:
        samples = wording.number(float(lime.sampling.get("samples", 0)), 0)
        parts.append(wording.say("sentences.attribution.sample_lime", samples=samples, seed=lime.seed))
    return " ".join(parts)


def _unit(shap: Attribution, wording: Wording) -> str:
    if shap.unit == "target":
        return wording.say("sentences.attribution.numbers_target")
    kind = "probability" if shap.unit == "probability" else "other"
    quantity = phrases.quantity(wording, shap.unit, shap.target_class)
    return wording.say(f"sentences.attribution.numbers_{kind}", quantity=quantity)


def _sample_shap(shap: Attribution, wording: Wording) -> str:
    return wording.say(
        "sentences.attribution.sample_shap",
        algorithm=algorithms.name(shap.algorithm, wording),
        background=wording.number(shap.background_rows, 0),
        rows=phrases.rows(wording),
        seed=shap.seed,
    )

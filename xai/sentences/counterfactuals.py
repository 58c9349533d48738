"""What would have to differ? In words: the first way and how far it carries, or that there is none and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from xai.results import Blocked, Counterfactual, Counterfactuals, Receipt, Task, Verdict
from xai.sentences import algorithms, phrases
from xai.sentences.who import Who
from xai.texts import Wording

FEW = 5  # fewer similar rows than this: with care
STEADY, SHAKY = 0.9, 0.5  # shares of small disturbances: solid from the first on, not reliable below the second
SMALL = 0.1  # a smaller step of a probability is written with a decimal


def answer(result: Counterfactuals, wording: Wording, who: Who, task: Task = "binary") -> str:
    """The first way, its verdict where it does not simply carry, and how many ways the data knows; or "no way"."""
    if any(notice.code == "already-there" for notice in result.warnings):
        return _there(result, wording, who)
    if not result.counterfactuals:
        return _none(result, wording, who)
    first = result.counterfactuals[0]
    way = phrases.counted(
        wording,
        f"counterfactuals.{_kind(result)}",
        len(first.changes),
        who=who.called(wording),
        desired=desired(result, wording),
        changes=phrases.changes(wording, first.changes),
        path=_judged(first, result, wording, task),
    )
    return f"{way} {_known(result, wording)}".rstrip()


def desired(result: Counterfactuals, wording: Wording) -> str:
    """The wanted outcome: a class in quotation marks, "at least 80 % for …", or "between 2,000 and 3,000"."""
    if not isinstance(result.desired, tuple):
        label = phrases.quoted(wording, result.desired)
        if result.at_least is None:
            return label
        probability = wording.percent(result.at_least, _digits(result.at_least))
        return wording.say("sentences.counterfactuals.certain", probability=probability, label=label)
    low, high = (math.nan if limit is None else float(limit) for limit in result.desired)
    scale = phrases.shared_scale(low, high)
    facts = {
        "low": wording.amount(low, result.unit, scale=scale),
        "high": wording.amount(high, result.unit, scale=scale),
    }
    key = "at_least" if not math.isfinite(high) else "at_most" if not math.isfinite(low) else "between"
    return wording.say(f"sentences.counterfactuals.{key}", **facts)


def _kind(result: Counterfactuals) -> str:
    """Whether the model is to say a class, or to predict something: a range, or a probability."""
    return "range" if isinstance(result.desired, tuple) or result.at_least is not None else "class"


def _digits(probability: float) -> int:
    return 0 if round(100 * probability, 6).is_integer() else 1


def _judged(item: Counterfactual, result: Counterfactuals, wording: Wording, task: Task) -> str:
    """ "63 % → 36 %", followed by the verdict and its reason where the way does not simply carry."""
    path = _path(item, result, wording)
    if item.verdict == "solid":
        return path
    verdict = wording.say(f"words.verdict.{item.verdict}")
    reason = _reason(item, result, wording, task)
    return wording.say("sentences.counterfactuals.path_judged", path=path, verdict=verdict, reason=reason)


def _path(item: Counterfactual, result: Counterfactuals, wording: Wording) -> str:
    """ "63 % → 36 %", with the class where the reader could not know which."""
    scale = phrases.shared_scale(result.prediction, item.prediction)
    near = not item.receipt.clear
    # "50 %" would not say on which side it is, and "50 % → 54 %" not how far it went
    digits = 1 if near or abs(item.prediction - result.prediction) < SMALL else 0
    facts = {
        "before": wording.amount(result.prediction, result.unit, digits, scale),
        "after": wording.amount(item.prediction, result.unit, digits, scale),
    }
    path = wording.say("sentences.counterfactuals.path", **facts)
    if result.target_class is not None and not phrases.speaks_of_chance(wording, result.unit, result.target_class):
        label = phrases.quoted(wording, result.target_class)
        path = wording.say("sentences.counterfactuals.path_label", label=label, **facts)
    return path


def _reason(item: Counterfactual, result: Counterfactuals, wording: Wording, task: Task) -> str:
    similar = item.receipt.similar
    if similar == 0:
        return wording.say("sentences.counterfactuals.reason_similar_none")
    if similar < FEW:
        return phrases.counted(wording, "counterfactuals.reason_similar", similar)
    past = phrases.size(wording, item.receipt.past_threshold or 0.0, result.unit, digits=1)
    return wording.say(f"sentences.counterfactuals.reason_{'lead' if task == 'multiclass' else 'near'}", size=past)


def _known(result: Counterfactuals, wording: Wording) -> str:
    """How many of several ways lead to where similar rows are."""
    total = len(result.counterfactuals)
    if total < 2:
        return ""
    known = sum(item.receipt.similar > 0 for item in result.counterfactuals)
    key = {0: "known_none", total: "known_all", 1: "known_one"}.get(known, "known")
    return wording.say(f"sentences.counterfactuals.{key}", n=known, total=total)


def _there(result: Counterfactuals, wording: Wording, who: Who) -> str:
    """The wanted outcome is the present one."""
    if result.at_least is not None:
        facts = {"who": who.called(wording), "desired": desired(result, wording)}
        return wording.say("sentences.counterfactuals.there_certain", **facts)
    scale = phrases.shared_scale(result.prediction)
    return wording.say(
        f"sentences.counterfactuals.there_{_kind(result)}",
        who=who.called(wording),
        desired=desired(result, wording),
        prediction=wording.amount(result.prediction, result.unit, scale=scale),
    )


def _none(result: Counterfactuals, wording: Wording, who: Who) -> str:
    """ "There is no way" only where everything was looked at; else that the search found none."""
    complete = any(measure.code == "complete" and measure.value == 1 for measure in result.trust.measures)
    key = f"counterfactuals.{'none' if complete else 'unfound'}_{_kind(result)}"
    facts = {"who": who.called(wording), "desired": desired(result, wording)}
    if result.keep:
        columns = phrases.columns(wording, result.keep)
        lead = phrases.counted(wording, f"{key}_kept", len(result.keep), columns=columns, **facts)
    else:
        lead = wording.say(f"sentences.{key}", **facts)
    parts = [lead]
    if complete:
        parts.append(wording.say("sentences.counterfactuals.checked_all"))
    elif result.candidates:
        some = wording.number(result.candidates, 0)
        parts.append(wording.say("sentences.counterfactuals.checked_some", n=some))
    if result.timed_out:
        parts.append(wording.say("sentences.counterfactuals.timed_out"))
    elif (result.keep or result.bound) and not result.blocked_by:
        parts.append(wording.say("sentences.counterfactuals.no_single"))
    return " ".join(parts)


def heading(position: int, item: Counterfactual, result: Counterfactuals, wording: Wording) -> str:
    """ "Way 1: One change, 36.2%"."""
    count = len(item.changes)
    changes = wording.say(f"sentences.counterfactuals.changes_{count if count <= 4 else 'many'}", n=count)
    scale = phrases.shared_scale(result.prediction, item.prediction)
    prediction = wording.amount(item.prediction, result.unit, digits=1, scale=scale)
    return wording.say("sentences.counterfactuals.heading", position=position, changes=changes, prediction=prediction)


def way(item: Counterfactual, result: Counterfactuals, wording: Wording) -> str:
    """One way in a sentence: what changes, and what the model says then."""
    facts = {"changes": phrases.changes(wording, item.changes), "desired": desired(result, wording)}
    if isinstance(result.desired, tuple):
        scale = phrases.shared_scale(result.prediction, item.prediction)
        before = wording.amount(result.prediction, result.unit, scale=scale)
        after = wording.amount(item.prediction, result.unit, scale=scale)
        return wording.say("sentences.counterfactuals.way_range", before=before, after=after, changes=facts["changes"])
    kind = "class" if result.at_least is None else "certain"
    return wording.say(f"sentences.counterfactuals.way_{kind}", path=_path(item, result, wording), **facts)


def receipt(
    item: Counterfactual, result: Counterfactuals, wording: Wording, task: Task = "binary"
) -> tuple[tuple[Verdict, str], ...]:
    """What was checked about one way: verdict and sentence of each check."""
    checked = item.receipt
    kept = checked.valid and checked.constraints_kept
    lines: list[tuple[Verdict, str]] = [
        ("solid" if kept else "weak", wording.say(f"sentences.counterfactuals.receipt_{'kept' if kept else 'broken'}"))
    ]
    if isinstance(result.desired, tuple):
        lines.append(("solid", wording.say("sentences.counterfactuals.receipt_inside")))
    elif checked.past_threshold is not None:
        size = phrases.size(wording, checked.past_threshold, result.unit, digits=0 if checked.clear else 1)
        key = "receipt_lead" if task == "multiclass" and result.at_least is None else "receipt_past"
        past = wording.say(f"sentences.counterfactuals.{key}", size=size)
        lines.append(("solid" if checked.clear else "care", past))
    verdict: Verdict = "weak" if checked.similar == 0 else "care" if checked.similar < FEW else "solid"
    similar = wording.number(checked.similar, 0)
    rows = phrases.rows(wording)
    lines.append((verdict, wording.say("sentences.counterfactuals.receipt_similar", rows=rows, n=similar)))
    return (*lines, *_tried(checked, wording))


def _tried(checked: Receipt, wording: Wording) -> list[tuple[Verdict, str]]:
    """What small disturbances do, and whether every change is needed: where there was time to try."""
    lines: list[tuple[Verdict, str]] = []
    if checked.shaken:
        share = checked.stable / checked.shaken
        verdict: Verdict = "solid" if share >= STEADY else "care" if share >= SHAKY else "weak"
        facts = {"kept": wording.number(checked.stable, 0), "tried": wording.number(checked.shaken, 0)}
        lines.append((verdict, wording.say("sentences.counterfactuals.receipt_stable", **facts)))
    if checked.minimal is not None and checked.changed > 1:
        key = "minimal" if checked.minimal else "needless"
        needed: Verdict = "solid" if checked.minimal else "care"
        lines.append((needed, wording.say(f"sentences.counterfactuals.receipt_{key}")))
    return lines


def details(item: Counterfactual, wording: Wording) -> tuple[tuple[str, str], ...]:
    """The rest of the receipt, as pairs of what and how much."""
    checked = item.receipt
    said = {"distance": wording.number(checked.distance, 1), "nearest": _nearest_row(checked, wording)}
    if checked.nearest is not None and (differing := _differing(item.row, checked.nearest, wording)):
        said["differs"] = phrases.changes(wording, differing)
    if math.isfinite(checked.plausibility):
        said["lonely"] = wording.percent(checked.plausibility)
    said["source"] = algorithms.name(item.source, wording)
    return tuple((wording.say(f"sentences.counterfactuals.detail_{key}"), text) for key, text in said.items())


def _nearest_row(checked: Receipt, wording: Wording) -> str:
    if checked.nearest_row is None or checked.nearest_distance is None:
        return wording.say("sentences.counterfactuals.detail_nearest_none")
    key = "row" if checked.nearest_distance > 0 else "same"
    distance = wording.number(checked.nearest_distance, 1)
    facts = {"row": checked.nearest_row} | ({"distance": distance} if key == "row" else {})
    return wording.say(f"sentences.counterfactuals.detail_nearest_{key}", **facts)


def _differing(row: Mapping[str, Any], other: Mapping[str, Any], wording: Wording) -> dict[str, tuple[Any, Any]]:
    """Columns in which two rows differ to the eye."""
    pairs = {name: (value, other[name]) for name, value in row.items() if name in other}
    return {name: pair for name, pair in pairs.items() if len({wording.value(name, value) for value in pair}) > 1}


def blocked(blocked_by: Blocked, result: Counterfactuals, wording: Wording) -> str:
    """What would be possible without one constraint."""
    item = blocked_by.example
    scale = phrases.shared_scale(result.prediction, item.prediction)
    columns = blocked_by.columns or ((blocked_by.column,) if blocked_by.column else ())
    return wording.say(
        f"sentences.counterfactuals.free_{blocked_by.constraint}",
        column=phrases.columns(wording, columns),
        changes=phrases.changes(wording, item.changes),
        prediction=wording.amount(item.prediction, result.unit, digits=1, scale=scale),
    )


def nearest(result: Counterfactuals, wording: Wording) -> str:
    """How the nearest row of the data with the wanted outcome differs; "" where there is none."""
    if not result.nearest:
        return ""
    differing = _differing(result.row, result.nearest, wording)
    if not differing:
        return ""
    said = phrases.changes(wording, differing)
    return wording.say("sentences.counterfactuals.nearest", desired=desired(result, wording), changes=said)


def searched(result: Counterfactuals, wording: Wording) -> str:
    """How the ways were searched for, how many proposals were predicted again, how many of them dropped."""
    return wording.say(
        "sentences.counterfactuals.searched",
        algorithm=algorithms.name(result.algorithm, wording),
        candidates=wording.number(result.candidates, 0),
        dropped=wording.number(result.dropped, 0),
        seed=result.seed,
    )

"""What if? In words: from which prediction to which, and whether the model's answer changes."""

from __future__ import annotations

from xai.results import Attribution, WhatIf
from xai.sentences import phrases
from xai.sentences.who import Who
from xai.texts import Wording


def answer(result: WhatIf, wording: Wording, who: Who) -> str:
    """The changes, the prediction before and after, and what the model says now."""
    if not result.changes:
        return _unchanged(result.before, wording, who)
    said = _moved(result, wording, who)
    before, after = result.before.label, result.after.label
    if result.after.unit == "target" or after is None:
        return said
    verb = "still" if before == after else "now"
    return f"{said} {wording.say(f'sentences.what_if.{verb}', answer=phrases.quoted(wording, after))}"


def _unchanged(before: Attribution, wording: Wording, who: Who) -> str:
    name, quantity = who.called(wording), phrases.quantity(wording, before.unit, before.target_class)
    kind = {"target": "_target", "probability": "" if who.proper else "_described"}.get(before.unit, "_score")
    return wording.say(
        f"sentences.what_if.unchanged{kind}",
        who=name,
        holder=who.holder(wording),
        quantity=quantity,
        prediction=phrases.amount(wording, float(before.prediction), before.unit),
    )


def _moved(result: WhatIf, wording: Wording, who: Who) -> str:
    unit, shown = result.before.unit, result.before.target_class
    old, new = float(result.before.prediction), float(result.after.prediction)
    scale = phrases.shared_scale(old, new)
    before, after = (phrases.amount(wording, x, unit, scale) for x in (old, new))
    if before == after and old != new:  # a decimal more, where it shows the difference
        before, after = (wording.amount(x, unit, digits=1, scale=scale) for x in (old, new))
    verb = "stays" if before == after else "rises" if new > old else "falls"
    facts = {"changes": _changes(result, wording), "before": before, "after": after}
    if who.proper and phrases.speaks_of_chance(wording, unit, shown):
        quantity = phrases.quantity(wording, unit, shown)
        return wording.say(f"sentences.what_if.{verb}_named", owner=who.owner(wording), quantity=quantity, **facts)
    return wording.say(
        f"sentences.what_if.{verb}", who=who.called(wording), quantity=_the_quantity(result, wording), **facts
    )


def _changes(result: WhatIf, wording: Wording) -> str:
    if len(result.changes) > phrases.MOST_NAMED:
        return wording.say("sentences.what_if.many_changes", n=len(result.changes))
    return phrases.changes(wording, result.changes)


def _the_quantity(result: WhatIf, wording: Wording) -> str:
    """With its article; a friendly name has none that is known, so the class is named instead."""
    unit, shown = result.before.unit, result.before.target_class
    if unit == "target" or shown is None:
        return wording.say("sentences.what_if.the_target")
    return wording.say(f"sentences.what_if.the_{unit}", label=phrases.quoted(wording, shown))

"""How far does this explanation carry? Each measure in words: what was measured, its number, the verdict, the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xai.results import Measure, Trust, Verdict
from xai.sentences import phrases
from xai.texts import Wording

_SEVERITY: tuple[Verdict, ...] = ("solid", "care", "weak")
_MISSES = ("miss", "care_miss", "weak_miss", "limit")  # differences of predictions, whatever the measure's kind
_IN_POINTS = ("accuracy", "balanced_accuracy")


@dataclass(frozen=True)
class Line:
    """One column of the trust strip. `verdict` is the code, `word` the word for it; the rest are sentences."""

    what: str
    number: str
    verdict: Verdict
    word: str
    rule: str


def line(measure: Measure, unit: str, wording: Wording, scale: float | None = None) -> Line:
    """A measure in words. `unit` is that of the explanation; `scale` a size of predictions, for choosing decimals."""
    facts = _facts(measure, unit, wording, scale)
    return Line(
        what=wording.say(f"trust.{measure.code}.what", **facts),
        number=wording.say(f"trust.{measure.code}.number", **facts),
        verdict=measure.verdict,
        word=wording.say(f"words.verdict.{measure.verdict}"),
        rule=wording.say(f"trust.{measure.code}.rule", **facts),
    )


def worst(trust: Trust, unit: str, wording: Wording) -> str:
    """The measure with the worst verdict in one short sentence; "" where all are solid."""
    if trust.verdict == "solid":
        return ""
    found = [measure for measure in trust.measures if measure.verdict == trust.verdict]
    facts = _facts(found[0], unit, wording, None)
    reason = wording.say(f"trust.{found[0].code}.{found[0].verdict}", **facts)
    return wording.say(f"trust.worst.{trust.verdict}", reason=reason)


def joined(*trusts: Trust) -> Trust:
    """The measures of several explanations that stand on one page."""
    return Trust(tuple(measure for trust in trusts for measure in trust.measures))


def _facts(measure: Measure, unit: str, wording: Wording, scale: float | None) -> dict[str, Any]:
    """Value, rule and facts of a measure as they are written, under their names."""
    effects = [x for name, x in measure.rule.items() if measure.kind == "effect" or name in _MISSES]
    size = max([scale or 0.0, *(abs(x) for x in effects if x < float("inf"))]) or None
    facts: dict[str, Any] = {"value": _value(measure, unit, wording, size), "noun": phrases.rows(wording)}
    for name, fact in (*measure.rule.items(), *measure.facts.items()):
        facts[name] = _written(name, fact, measure, unit, wording, size)
    if "miss" in measure.facts:  # beside a rule that names the unit
        miss = float(measure.facts["miss"])
        facts["miss_bare"] = wording.effect(abs(miss), unit, scale=size).lstrip("+")
    return facts


def _value(measure: Measure, unit: str, wording: Wording, scale: float | None) -> str:
    if measure.code == "additivity":  # the gap is there to be seen as nothing: four decimals more than a point
        return wording.number(100 * measure.value, 4) if unit == "probability" else wording.number(measure.value, 4)
    return _written("value", measure.value, measure, unit, wording, scale)


def _written(name: str, fact: Any, measure: Measure, unit: str, wording: Wording, scale: float | None) -> str:
    """A number by what it measures; names of columns and scores in words."""
    if name == "column":
        return wording.column(fact)
    if name == "score":
        return wording.say(f"sentences.scores.{fact}")
    if isinstance(fact, bool | str):
        return wording.raw(fact)
    if isinstance(fact, int):
        return wording.number(fact, 0)
    if measure.kind == "effect" or name in _MISSES:
        return _effect(name, float(fact), unit, wording, scale)
    if measure.kind == "r2":
        return wording.number(fact, 2)
    if measure.kind == "share":
        return _share(float(fact), measure.facts.get("score"), wording, sign=name == "value")
    return wording.number(fact, 0)


def _effect(name: str, x: float, unit: str, wording: Wording, scale: float | None) -> str:
    if name == "limit":
        return phrases.size(wording, x, unit, digits=3)
    if unit != "probability":
        return phrases.size(wording, x, unit, scale=scale)
    whole = name != "value" and name != "miss" and float(100 * x).is_integer()
    return phrases.size(wording, x, unit, digits=0 if whole else 1)


def _share(x: float, score: Any, wording: Wording, sign: bool) -> str:
    """A share in per cent. A difference of scores: points where the score is a share of rows, else two decimals."""
    if score is None:
        return wording.percent(x)
    if score not in _IN_POINTS:
        return wording.number(x, 2, sign=sign)
    digits = 0 if abs(x) >= 0.02 else 1
    return phrases.size(wording, x, "probability", digits, sign=sign)

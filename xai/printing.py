"""A result as text for a terminal: the answer first, then the numbers, then how far they carry."""

from __future__ import annotations

from typing import Any

from xai.export.contributions import WrittenContributions
from xai.inspection import Inspection
from xai.results import Attribution, Counterfactuals, Effect, Importance, Result, Trust, WhatIf
from xai.sentences import (
    algorithms,
    attribution,
    checklist,
    counterfactuals,
    effects,
    importance,
    notices,
    phrases,
    trust,
    what_if,
)
from xai.sentences.who import Who
from xai.texts import Wording

_BOLD = "**"


def printed(result: Any, wording: Wording, task: str, row: int | None) -> str:
    """The whole answer; an inspection is its checklist."""
    if isinstance(result, Inspection):
        return checklist.printed(result, wording)
    who = Who.row(wording, row if row is not None else 0)
    parts = [_answer(result, wording, who, task), ""]
    parts += _ways(result, wording, task) if isinstance(result, Counterfactuals) else [_table(result, wording)]
    if hasattr(result, "algorithm"):
        parts += ["", algorithms.why(result.algorithm, wording)]
    parts += ["", *_trust(result, wording)]
    parts += [notices.sentence(notice, wording) for notice in result.warnings]
    return "\n".join(part.replace(_BOLD, "") for part in parts)


def _ways(result: Counterfactuals, wording: Wording, task: str) -> list[str]:
    """Each way with its receipt; where there is none, what stands in the way, and the nearest row that is there."""
    lines = []
    for position, item in enumerate(result.counterfactuals, start=1):
        lines.append(f"{position}. {counterfactuals.way(item, result, wording)}")
        lines += [f"   {text}" for _, text in counterfactuals.receipt(item, result, wording, task)]
        lines += [f"   {what}: {text}" for what, text in counterfactuals.details(item, wording)]
        lines += [f"   {phrases.change(wording, name, *pair)}" for name, pair in item.changes.items()]
    lines += [counterfactuals.blocked(blocked, result, wording) for blocked in result.blocked_by]
    lines += [nearest] if not lines and (nearest := counterfactuals.nearest(result, wording)) else []
    return [*lines, *(["", wording.say("sentences.counterfactuals.no_advice")] if lines else [])]


def _answer(result: Result, wording: Wording, who: Who, task: str) -> str:
    if isinstance(result, Attribution):
        return attribution.answer(result, wording, who, task)
    if isinstance(result, Counterfactuals):
        return counterfactuals.answer(result, wording, who, task)
    if isinstance(result, WhatIf):
        return what_if.answer(result, wording, who)
    if isinstance(result, Effect):
        return " ".join(part for part in (effects.answer(result, wording), effects.sample(result, wording)) if part)
    if isinstance(result, WrittenContributions):
        rows = wording.number(result.rows, 0)
        return wording.say("sentences.effects.written", rows=rows, file=wording.raw(result.file))
    return importance.answer(result, wording)


def _table(result: Result, wording: Wording) -> str:
    """The result's table with names and values in the reader's words."""
    table = result.to_frame()
    if isinstance(result, Importance | Attribution | WhatIf) and "column" in table:
        for name in ("value", "before", "after"):
            if name in table:
                table[name] = [wording.value(c, v) for c, v in zip(table["column"], table[name], strict=True)]
        table["column"] = [wording.column(name) for name in table["column"]]
    digits = 4 if getattr(result, "unit", "") in ("probability", "share", "accuracy", "r2") else 6
    return (
        table.to_string(index=False, float_format=lambda number: wording.number(number, digits)) if len(table) else ""
    )


def _trust(result: Result, wording: Wording) -> list[str]:
    """One line per measure: what was measured, its number, the verdict, the rule."""
    measured: Trust = result.trust
    unit = getattr(result, "unit", None) or result.before.unit
    lines = [trust.line(measure, unit, wording) for measure in measured.measures]
    return [f"{line.what}: {line.number} – {line.word} ({line.rule})" for line in lines]

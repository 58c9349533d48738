"""What was measured about an explanation, and what its reader must know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from xai.results.plain_data import plain
from xai.results.words import Verdict


@dataclass(frozen=True)
class Notice:
    """Something the reader must know: a catalogue key under `notices.` and the facts for its sentence."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, **plain(self.facts)}


@dataclass(frozen=True)
class Measure:
    """One measured property of an explanation, the rule it was judged by, and the verdict.

    `value` is in the explanation's own unit where `kind` is "effect" (a difference of predictions),
    else a plain number ("r2", "rows", "share").
    """

    code: str
    value: float
    kind: Literal["effect", "r2", "rows", "share"]
    verdict: Verdict
    rule: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Trust:
    """What was measured about this very explanation."""

    measures: tuple[Measure, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all measures."""
        found = {measure.verdict for measure in self.measures}
        return next((word for word in ("weak", "care") if word in found), "solid")

    def to_dict(self) -> dict[str, Any]:
        measures = {m.code: {"value": m.value, "verdict": m.verdict, **m.rule, **m.facts} for m in self.measures}
        return plain({"verdict": self.verdict, **measures})

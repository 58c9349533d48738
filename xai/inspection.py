"""The answer of `inspect`: what opening a model and its table found out. Plain data; `xai.opening` makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from xai.adjustment import Adjustment, Recipe
from xai.data import Column
from xai.results import Label, Notice, Quality, Result, Task, plain

_AS_IT_IS = Recipe()
_ROUNDING = 1e-9  # relative


@dataclass(frozen=True)
class Repair:
    """One thing that was put right: a catalogue key under `repairs.` and the facts for its sentence."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: a catalogue key under `checklist.`, the verdict, the facts for the sentence."""

    code: str
    verdict: Literal["good", "care", "missing"]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """The model as it runs here beside the versions it was saved with, on rows of the table."""

    version: str  # of the scikit-learn it was compared with
    rows: int
    largest_difference: float  # of two probabilities, scores or numbers
    scale: float  # the largest number among them: 1 for probabilities
    other_answers: int  # rows that get another class; 0 for regression

    @property
    def identical(self) -> bool:
        """No difference but that of rounding: another NumPy adds up in another order."""
        return self.other_answers == 0 and self.largest_difference <= _ROUNDING * self.scale

    @property
    def check(self) -> Check:
        """Its line of the checklist."""
        facts = {
            "saved": self.version,
            "rows": self.rows,
            "difference": f"{self.largest_difference:.2g}",
            "others": self.other_answers,
        }
        if not self.identical:
            return Check("proof-differs", "care", facts)
        return Check("proof-rounding" if self.largest_difference else "proof-identical", "good", facts)

    def to_dict(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "rows": self.rows,
            "largest_difference": self.largest_difference,
            "other_answers": self.other_answers,
            "identical": self.identical,
        }


@dataclass(frozen=True)
class Inspection(Result):
    """Everything that was detected about a model file and its table."""

    name: str
    format: str
    saved_with: Mapping[str, str]
    runs_with: Mapping[str, str]
    how: Literal["as is", "repaired", "own environment"]
    repairs: tuple[Repair, ...]
    steps: tuple[str, ...]
    task: Task
    classes: tuple[Label, ...]
    target_class: Label | None
    columns: tuple[Column, ...]  # () without a table
    column_names: tuple[str, ...]  # () where neither model nor table names them
    target: str | None
    target_candidates: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: int | None
    quality: Quality | None
    checks: tuple[Check, ...]
    adjustments: tuple[Adjustment, ...] = ()  # what was done so that the table fits
    offers: tuple[Adjustment, ...] = ()  # what could be done
    recipe: Recipe = _AS_IT_IS
    warnings: tuple[Notice, ...] = ()
    outline: str = ""  # of the steps, with what is inside them
    object_key: str | None = None  # which object of a bundle was taken: "model", "scaler+model"
    objects: tuple[str, ...] = ()  # what can be taken instead
    proof: Proof | None = None  # where it was asked for

    def with_proof(self, proof: Proof) -> Inspection:
        """The same with a proof: a line of the checklist, below that about the version; a warning where it failed."""
        place = next((k + 1 for k, check in enumerate(self.checks) if check.code.startswith("version-")), 0)
        failed = () if proof.identical else (Notice("proof-differs", proof.check.facts),)
        return replace(
            self,
            proof=proof,
            checks=(*self.checks[:place], proof.check, *self.checks[place:]),
            warnings=(*self.warnings, *failed),
        )

    def to_dict(self) -> dict[str, Any]:
        return plain(
            {
                "format": self.format,
                "saved_with": self.saved_with,
                "runs_with": self.runs_with,
                "how": self.how,
                "repairs": [{"code": repair.code, **repair.facts} for repair in self.repairs],
                "steps": self.steps,
                "outline": self.outline,
                "object": self.object_key,
                "objects": self.objects,
                "task": self.task,
                "classes": self.classes,
                "class": self.target_class,
                "columns": self._columns(),
                "target": self.target,
                "ignored": self.ignored,
                "rows": self.rows,
                "score": self._score(),
                "adjustments": [adjustment.to_dict() for adjustment in self.adjustments],
                "offers": [offer.to_dict() for offer in self.offers],
                "checks": [{"code": check.code, "verdict": check.verdict, **check.facts} for check in self.checks],
                "warnings": self.warnings,
                "proof": None if self.proof is None else self.proof.to_dict(),
            }
        )

    def _columns(self) -> list[dict[str, Any]]:
        if not self.columns:
            return [{"name": name, "kind": None, "missing": None} for name in self.column_names]
        return [{"name": column.name, "kind": column.kind, "missing": column.missing} for column in self.columns]

    def _score(self) -> dict[str, Any]:
        if self.quality is None:
            return {}
        found = self.quality
        return {**found.metrics, "baseline": found.baseline, "rows": found.rows, "held_out": found.held_out}

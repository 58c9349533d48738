"""What was done, or could be done, so that a model and a table fit. Plain data; `xai.opening.fitting` makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from xai.results import Label, plain


@dataclass(frozen=True)
class Evidence:
    """What an adjustment is worth, measured on rows whose outcome is known."""

    score: str  # "accuracy" or "r2"
    without: float | None  # None: without it the model predicts nothing
    with_it: float
    baseline: float  # what the most frequent class, or the mean, gets
    rows: int  # on so many rows it was measured
    together: tuple[str, ...] = ()  # keys of the other offers that were taken for granted

    @property
    def convinces(self) -> bool:
        """Whether the model is clearly better with it than the trivial answer, and than without it."""
        return self.with_it > self.baseline + 0.02 and (self.without is None or self.with_it > self.without)


@dataclass(frozen=True)
class Adjustment:
    """One thing that was done (or is offered): a catalogue key under `adjustments.`, and the facts for its sentence."""

    code: str
    column: str = ""  # of the table; "" where it is about all of it, or about the model's answers
    facts: Mapping[str, Any] = field(default_factory=dict)
    needed: bool = False  # without it, or another one in its place, the model cannot predict
    asked: bool = False  # somebody asked for it; else it was done because nothing about it is a guess
    evidence: Evidence | None = None

    @property
    def key(self) -> str:
        """How it is asked for: "one-hot=city"; the code alone stands for all columns it is about."""
        return f"{self.code}={self.column}" if self.column else self.code

    def measured(self, evidence: Evidence | None) -> Adjustment:
        return replace(self, evidence=evidence)

    def to_dict(self) -> dict[str, Any]:
        known = {"code": self.code, "column": self.column or None, "key": self.key, "needed": self.needed}
        return plain({**known, "asked": self.asked, "facts": self.facts, "evidence": self._evidence()})

    def _evidence(self) -> dict[str, Any] | None:
        found = self.evidence
        if found is None:
            return None
        scores = {"without": found.without, "with": found.with_it, "baseline": found.baseline}
        return {"score": found.score, **scores, "rows": found.rows, "together": found.together}


@dataclass(frozen=True)
class Step:
    """One thing done to a column on its way into the model; see `xai.making`."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """How one column of the model is made of one column of the table."""

    name: str  # the model's column; what it stands for where the model knows no names
    column: str  # of the table
    steps: tuple[Step, ...] = ()  # () where it goes in as it is


@dataclass(frozen=True)
class Recipe:
    """All that stands between a table and a model; whoever asks the model by other means has to do the same."""

    preprocessing: bool = False  # one from another file stands in front of the model
    made: tuple[Made, ...] = ()  # () where the table's columns go in as they are
    framed: bool = True  # the model gets a DataFrame; else a plain array
    columns: tuple[str, ...] = ()  # those of the table that go in, where the model itself does not name its own
    classes: tuple[Label, ...] = ()  # what its classes are called, in its order; () where they keep their names
    answers: str | None = (
        None  # what brings its answers into the table's unit: "exp", "expm1", "power-of-ten", "square"
    )

    def __bool__(self) -> bool:
        return bool(self.made or self.classes or self.answers)

"""What one must know about a model and one of its cases to ask about them: plain data, no model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xai.data import Column
from xai.results import Label, Task, Unit


@dataclass(frozen=True)
class Description:
    """A model and its data. `cases` are codes of ready-made cases; every row's position is a case as well."""

    task: Task
    classes: tuple[Label, ...]  # () for regression
    target_class: Label | None  # whose probability is shown; None for regression and where it follows the case
    unit: Unit
    target: str | None
    rows: int
    columns: tuple[Column, ...]
    steps: tuple[str, ...]
    unused: tuple[str, ...]
    cases: tuple[str, ...]
    methods: tuple[str, ...] = ("shap",)  # kinds of importance the model and its table allow

    @property
    def threshold(self) -> float | None:
        """The probability at which a binary classifier changes its answer; None where there is no such line."""
        return 0.5 if self.task == "binary" and self.unit == "probability" else None

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Case:
    """One case and what the model says about it."""

    code: str
    position: int | None  # row of the data; None for a ready-made case
    values: Mapping[str, Any]  # column -> raw value
    prediction: float  # probability (or score) of `target_class`; the predicted value for regression
    answer: Label
    actual: Label | None  # what the data say, where the case is a row and the target is known
    target_class: Label | None
    unit: Unit


@dataclass(frozen=True)
class ColumnNames:
    """Names that must be matched: what the model wants and does not find, and what it has no use for."""

    missing: tuple[str, ...]
    free: tuple[str, ...]
    near: Mapping[str, str]  # missing name -> the most similar free one

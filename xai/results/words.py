"""The words results are described in: tasks, units, verdicts, and what a model may answer."""

from __future__ import annotations

from typing import Literal

Task = Literal["binary", "multiclass", "regression"]
Unit = Literal["probability", "margin", "score", "target"]
"""probability: 0..1 of the class; margin: log-odds; score: a decision function; target: the target's own unit."""
Verdict = Literal["solid", "care", "weak"]
Label = str | int | float | bool

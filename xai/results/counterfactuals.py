"""What would have to be different: the rows that were found, the receipt of each, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xai.results.plain_data import plain
from xai.results.result import Result
from xai.results.trust import Notice, Trust
from xai.results.words import Label, Unit, Verdict


@dataclass(frozen=True)
class Receipt:
    """What was checked about one counterfactual, after the search, on the original frame."""

    valid: bool  # predicted again by the real model: the wanted outcome is reached
    constraints_kept: bool
    changed: int
    distance: float  # L1 over numbers in median absolute deviations, plus one per changed category
    plausibility: float  # share (0..1) of data rows at least as far from their nearest neighbour as this one
    similar: int  # rows of the data as near to it as neighbours usually are to each other
    past_threshold: float | None  # how far beyond the limit the prediction lies; None for a wanted range
    clear: bool = True  # at least two points beyond it, or inside a wanted range
    nearest_row: int | None = None  # position of the nearest row of the data, the explained one aside
    nearest: Mapping[str, Any] | None = None  # that row
    nearest_distance: float | None = None  # to it, measured like `distance`
    stable: int = 0  # how many of `shaken` copies with a little noise in every number keep the outcome
    shaken: int = 0  # 0: not measured, or no number to shake
    minimal: bool | None = None  # tried: no change can be taken back alone; None: not tried


@dataclass(frozen=True)
class Counterfactual:
    """One row that reaches the wanted outcome: only what changed, the prediction after each change, the receipt."""

    changes: Mapping[str, tuple[Any, Any]]  # column -> (from, to), in the order of `steps`
    row: Mapping[str, Any]
    prediction: float  # probability (or score) of the result's `target_class`, or the target's unit
    label: Label | None
    steps: tuple[float, ...]  # prediction after the first change, after the first two, …; last = prediction
    receipt: Receipt
    source: str  # which method found it

    @property
    def verdict(self) -> Verdict:
        """Solid: somebody like that is in the data and it is clearly beyond the limit."""
        if self.receipt.similar == 0:
            return "weak"
        return "solid" if self.receipt.clear and self.receipt.similar >= 5 else "care"


@dataclass(frozen=True)
class Blocked:
    """The one constraint that stands in the way, and what would be possible without it: found, and checked."""

    constraint: str  # "keep", "sensitive" (kept by default), "range", "direction", "together", "at_most", "only_seen"
    column: str  # several ones separated by commas; empty where it is about all of them
    example: Counterfactual
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counterfactuals(Result):
    """What would have to be different.

    Best first: number of changes (being like no row of the data counts as one more), then verdict, then distance.
    """

    method: str
    algorithm: str
    unit: Unit
    target_class: Label | None  # the class whose probability is shown; None for regression
    desired: Label | tuple[float, float]
    prediction: float
    label: Label | None
    row: Mapping[str, Any]
    counterfactuals: tuple[Counterfactual, ...]
    blocked_by: tuple[Blocked, ...]
    nearest: Mapping[str, Any] | None  # nearest real row with the wanted outcome, constraints aside
    candidates: int  # how many rows the search proposed
    dropped: int  # how many of them did not reach the outcome or broke a constraint
    keep: tuple[str, ...]  # columns that were not to change, those of `held` among them
    seed: int
    trust: Trust
    seconds: float
    timed_out: bool = False
    warnings: tuple[Notice, ...] = ()
    held: tuple[str, ...] = ()  # sensitive columns, kept because nobody spoke of them
    bound: tuple[tuple[str, ...], ...] = ()  # columns that move together in the data, and so here
    at_least: float | None = None  # the probability that was wanted of the class; None: the model's own answer
    finished: bool = True  # False: the best so far, while the search goes on

    def to_frame(self) -> pd.DataFrame:
        rows = [
            {"counterfactual": k, "column": name, "from": change[0], "to": change[1], "prediction": item.prediction}
            for k, item in enumerate(self.counterfactuals, start=1)
            for name, change in item.changes.items()
        ]
        return pd.DataFrame(rows, columns=["counterfactual", "column", "from", "to", "prediction"])

    def to_dict(self) -> dict[str, Any]:
        return plain(
            {
                "method": self.method,
                "algorithm": self.algorithm,
                "unit": self.unit,
                "class": self.target_class,
                "desired": self.desired,
                "at_least": self.at_least,
                "prediction": self.prediction,
                "label": self.label,
                "counterfactuals": [
                    {
                        "changes": {name: list(change) for name, change in item.changes.items()},
                        "row": item.row,
                        "prediction": item.prediction,
                        "label": item.label,
                        "steps": item.steps,
                        "source": item.source,
                        "receipt": item.receipt,
                    }
                    for item in self.counterfactuals
                ],
                "blocked_by": [
                    {
                        "constraint": b.constraint,
                        "column": b.column,
                        "columns": b.columns,
                        "changes": b.example.changes,
                        "prediction": b.example.prediction,
                    }
                    for b in self.blocked_by
                ],
                "nearest": self.nearest,
                "candidates": self.candidates,
                "dropped": self.dropped,
                "keep": self.keep,
                "kept_by_default": self.held,
                "moving_together": self.bound,
                "finished": self.finished,
                "timed_out": self.timed_out,
                "trust": self.trust.to_dict(),
                "warnings": self.warnings,
                "seed": self.seed,
                "seconds": self.seconds,
            }
        )

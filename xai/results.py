"""One frozen result type per question: plain data, from which figures, sentences, tables, code and downloads are made.

Arrays are read-only. Frames belong to the result: do not change them.
Shapes use R rows, C original columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
import pandas as pd

from xai.scalars import plain_scalar

Task = Literal["binary", "multiclass", "regression"]
Unit = Literal["probability", "margin", "score", "target"]
"""probability: 0..1 of the class; margin: log-odds; score: a decision function; target: the target's own unit."""
Verdict = Literal["solid", "care", "weak"]
Label = str | int | float | bool


@dataclass(frozen=True)
class Notice:
    """Something the reader must know: a catalogue key under `notices.` and the facts for its sentence."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


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


class Result:
    """What all results share: plain copies for JSON and for tables."""

    def to_dict(self) -> dict[str, Any]:
        return plain({f.name: getattr(self, f.name) for f in fields(self)})  # type: ignore[arg-type]

    def to_frame(self) -> pd.DataFrame:
        raise TypeError(f"{type(self).__name__} has no table")  # each result answers with its own


@dataclass(frozen=True)
class Quality(Result):
    """How good the model is on rows whose outcome is known, beside the trivial baseline."""

    task: Task
    target: str
    rows: int
    held_out: bool | None  # True: rows the model has not seen; None: unknown
    metrics: Mapping[str, float]  # accuracy, auc, f1, balanced_accuracy, log_loss | r2, mae, rmse
    baseline: Mapping[str, float]  # the same metrics for "always the majority class" or "always the mean"
    baseline_answer: Label
    classes: tuple[Label, ...]
    confusion: np.ndarray | None  # (K, K) rows: actual, columns: predicted
    trust: Trust
    seconds: float
    warnings: tuple[Notice, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame({"metric": list(self.metrics), "model": list(self.metrics.values())}).assign(
            baseline=[self.baseline.get(name) for name in self.metrics]
        )

    @property
    def judges(self) -> bool:
        """Whether there is a score to judge the model by: R² needs two rows."""
        return self.task != "regression" or "r2" in self.metrics


@dataclass(frozen=True)
class Predictions(Result):
    """What the model says about every row of the data: for choosing a case. Arrays are (rows,)."""

    answers: np.ndarray  # the model's own answer: class labels (object) or numbers
    shown: np.ndarray  # probability (or score) of `target_class`; the predicted value for regression
    unit: Unit
    target_class: Label | None
    actual: np.ndarray | None  # the target column, comparable with `answers`
    error: np.ndarray | None  # classification: 1 where wrong; regression: predicted minus actual; nan where unknown
    closeness: np.ndarray | None  # lead of the best class over the next (0: undecided); None for regression

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame({"answer": self.answers, "shown": self.shown, "actual": self.actual, "error": self.error})


@dataclass(frozen=True)
class Importance(Result):
    """How much each original column counts, over many rows. Columns are in the data's order."""

    method: Literal["shap", "permutation", "native"]
    algorithm: str  # catalogue key under `algorithms.`
    unit: Unit | str  # for permutation: the score that drops ("r2", "accuracy", "auc"); for native: "share"
    target_class: Label | None
    columns: tuple[str, ...]
    importance: np.ndarray  # (C,) mean |SHAP|, mean drop of the score, or share
    low: np.ndarray  # (C,) 95 % interval; equal to `importance` where none can be measured
    high: np.ndarray
    direction: np.ndarray  # (C,) -1..1 rank correlation of value and contribution; nan where it has no meaning
    rows_used: int
    rows_total: int
    seed: int
    trust: Trust
    seconds: float
    warnings: tuple[Notice, ...] = ()
    values: np.ndarray | None = None  # (rows_used, C) SHAP values (float32), for the beeswarm and dependence
    data: pd.DataFrame | None = None  # (rows_used, C) the rows they belong to
    base: float | None = None

    def order(self) -> np.ndarray:
        """Column positions, most important first."""
        return np.argsort(-self.importance, kind="stable")

    def to_frame(self) -> pd.DataFrame:
        table = pd.DataFrame(
            {"column": self.columns, "importance": self.importance, "low": self.low, "high": self.high}
        )
        return table.iloc[self.order()].reset_index(drop=True)

    def to_dict(self) -> dict[str, Any]:
        head = {
            "method": self.method,
            "algorithm": self.algorithm,
            "unit": self.unit,
            "class": self.target_class,
            "rows_used": self.rows_used,
            "rows_total": self.rows_total,
            "seed": self.seed,
        }
        columns = [
            {"name": row.column, "importance": row.importance, "low": row.low, "high": row.high}
            for row in self.to_frame().itertuples()
        ]
        tail = {"trust": self.trust.to_dict(), "warnings": self.warnings, "seconds": self.seconds}
        return plain({**head, "columns": columns, **tail})


@dataclass(frozen=True)
class Attribution(Result):
    """Why the model predicts what it predicts: contributions of the original columns, for one row or several.

    One row: values (C,), base and prediction floats. Several: values (R, C), prediction (R,).
    """

    method: Literal["shap", "lime"]
    algorithm: str
    unit: Unit
    target_class: Label | None
    columns: tuple[str, ...]
    values: np.ndarray
    base: float
    prediction: float | np.ndarray
    data: pd.DataFrame  # the explained rows (R, C)
    spread: np.ndarray  # like `values`: standard error (SHAP: over background and sampling; LIME: over seeds)
    background_rows: int
    seed: int
    trust: Trust
    seconds: float
    warnings: tuple[Notice, ...] = ()
    rules: tuple[str, ...] = ()  # LIME: the rule each weight belongs to, where it has one
    local_prediction: float | None = None  # LIME: what the local line says for this row
    label: Label | None = None  # what the model answers for the (first) row
    # facts of the sampling, e.g. {"samples": 5000, "runs": 5, "coalitions": 64}
    sampling: Mapping[str, Any] = field(default_factory=dict)

    @property
    def negligible(self) -> float:
        """Below this a contribution is not named: one percentage point, else a twentieth of the largest."""
        if self.unit == "probability":
            return 0.01
        return 0.05 * float(np.abs(self.values).max(initial=0.0))

    def order(self) -> np.ndarray:
        """Column positions, largest contribution first (mean over rows where there are several)."""
        size = np.abs(self.values) if self.values.ndim == 1 else np.abs(self.values).mean(axis=0)
        return np.argsort(-size, kind="stable")

    def to_frame(self) -> pd.DataFrame:
        if self.values.ndim == 2:
            return pd.DataFrame(self.values, columns=list(self.columns))
        table = pd.DataFrame(
            {
                "column": self.columns,
                "value": [self.data[name].iloc[0] for name in self.columns],
                "contribution": self.values,
                "spread": self.spread,
            }
        )
        return table.iloc[self.order()].reset_index(drop=True)

    def to_dict(self) -> dict[str, Any]:
        head = {
            "method": self.method,
            "algorithm": self.algorithm,
            "unit": self.unit,
            "class": self.target_class,
            "base": self.base,
            "prediction": self.prediction,
            "label": self.label,
            "background_rows": self.background_rows,
            "seed": self.seed,
            "sampling": dict(self.sampling),
        }
        if self.values.ndim == 1:
            contributions: Any = [
                {"column": row.column, "value": row.value, "contribution": row.contribution, "spread": row.spread}
                for row in self.to_frame().itertuples()
            ]
        else:
            contributions = self.values
        tail = {"trust": self.trust.to_dict(), "warnings": self.warnings, "seconds": self.seconds}
        return plain({**head, "contributions": contributions, **tail})


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


EffectKind = Literal["ceteris_paribus", "dependence", "partial_dependence", "ice", "ale"]


@dataclass(frozen=True)
class Effect(Result):
    """How the prediction moves with one column. Shapes: G values of the column, L single rows.

    kind "ceteris_paribus": one row, everything else fixed; "dependence": SHAP values of many rows against the column;
    "partial_dependence": the mean of many such curves, and some of them; "ice": the curves themselves, and their mean;
    "ale": accumulated local effects, relative to the mean prediction.
    """

    kind: EffectKind
    column: str
    unit: Unit
    target_class: Label | None
    grid: tuple[
        Any, ...
    ]  # G values of the column (numbers in ascending order, or categories); for dependence: R values
    prediction: np.ndarray  # (G,) prediction at each; for dependence: (R,) contributions; for ale: effects
    current: Any  # the row's own value; None where there is no single row
    support: tuple[int, ...]  # rows of the data per bin
    edges: (
        tuple[float, ...] | None
    )  # bin edges of `support` for numbers (len + 1); None for categories: one per grid value
    trust: Trust
    seconds: float
    warnings: tuple[Notice, ...] = ()
    average: np.ndarray | None = None  # (G,) partial dependence where it was asked for
    low: np.ndarray | None = None  # (G,) 95 % interval of `prediction`, had other rows been drawn
    high: np.ndarray | None = None
    individual: np.ndarray | None = None  # (L, G) predictions of single rows along the grid
    cases: tuple[int, ...] = ()  # L positions of these rows in the data
    rows_used: int | None = None  # rows that were averaged; None where nothing was
    rows_total: int | None = None
    seed: int | None = None

    def supported(self) -> np.ndarray:
        """(G,) bool: at least five rows of the data share the neighbourhood of each grid value (none do outside)."""
        enough = np.asarray(self.support) >= 5
        if self.edges is None:
            return enough
        grid = np.asarray(self.grid, float)
        place = np.clip(np.searchsorted(self.edges, grid, side="right") - 1, 0, len(enough) - 1)
        return enough[place] & (grid >= self.edges[0]) & (grid <= self.edges[-1])

    def to_frame(self) -> pd.DataFrame:
        """A row for each value of the column; the column comes first, whatever it is called."""
        found = {self._quantity: self.prediction}
        found |= {name: each for name, each in (("low", self.low), ("high", self.high)) if each is not None}
        if self.kind == "ice" and self.individual is not None:
            found |= {f"row {case}": line for case, line in zip(self.cases, self.individual, strict=True)}
        table = pd.DataFrame(found)
        table.insert(0, self.column, pd.Series(list(self.grid)), allow_duplicates=True)
        return table

    def to_dict(self) -> dict[str, Any]:
        head = {"kind": self.kind, "column": self.column, "unit": self.unit, "class": self.target_class}
        rows = {"rows_used": self.rows_used, "rows_total": self.rows_total, "seed": self.seed}
        given = {self._quantity: self.prediction, "low": self.low, "high": self.high}
        lists = {"value": list(self.grid), **{name: each for name, each in given.items() if each is not None}}
        values = [dict(zip(lists, each, strict=True)) for each in zip(*lists.values(), strict=True)]
        single = {"cases": self.cases, "individual": self.individual} if self.kind == "ice" else {}
        tail = {"trust": self.trust.to_dict(), "warnings": self.warnings, "seconds": self.seconds}
        return plain({**head, **rows, "values": values, **single, **tail})

    @property
    def _quantity(self) -> str:
        """What `prediction` holds."""
        return {"ale": "effect", "dependence": "contribution"}.get(self.kind, "prediction")


@dataclass(frozen=True)
class WhatIf(Result):
    """What the model says after changing some columns of a case."""

    changes: Mapping[str, tuple[Any, Any]]  # column -> (before, after)
    before: Attribution
    after: Attribution
    trust: Trust
    seconds: float
    warnings: tuple[Notice, ...] = ()  # outside the data, new combination, …

    def to_frame(self) -> pd.DataFrame:
        columns = list(self.before.columns)
        return pd.DataFrame(
            {
                "column": columns,
                "before": [self.before.data[name].iloc[0] for name in columns],
                "after": [self.after.data[name].iloc[0] for name in columns],
                "contribution_before": self.before.values,
                "contribution_after": self.after.values,
                "change": self.after.values - self.before.values,
            }
        )

    def to_dict(self) -> dict[str, Any]:
        return plain(
            {
                "changes": {name: list(change) for name, change in self.changes.items()},
                "before": self.before.to_dict(),
                "after": self.after.to_dict(),
                "trust": self.trust.to_dict(),
                "warnings": self.warnings,
                "seconds": self.seconds,
            }
        )


def freeze(array: np.ndarray) -> np.ndarray:
    """The same array, read-only: results are shared between users of the app."""
    array = np.asarray(array)
    array.setflags(write=False)
    return array


def plain(value: Any) -> Any:
    """A JSON-ready copy: NumPy and pandas scalars become Python's, missing values None, arrays lists."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Trust):
        return value.to_dict()
    if isinstance(value, Notice):
        return {"code": value.code, **plain(value.facts)}
    if isinstance(value, Receipt | Measure):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, pd.DataFrame):
        return [plain(row) for row in value.to_dict(orient="records")]
    if isinstance(value, np.ndarray | list | tuple | set | frozenset | pd.Index | pd.Series):
        return [plain(item) for item in value]
    return plain_scalar(value)

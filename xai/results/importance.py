"""How much each original column counts, over many rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from xai.results.plain_data import plain
from xai.results.result import Result
from xai.results.trust import Notice, Trust
from xai.results.words import Label, Unit


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

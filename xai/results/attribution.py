"""Why the model predicts what it predicts: contributions of the original columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from xai.results.plain_data import plain
from xai.results.result import Result
from xai.results.trust import Notice, Trust
from xai.results.words import Label, Unit


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

"""How the prediction moves with one column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from xai.results.plain_data import plain
from xai.results.result import Result
from xai.results.trust import Notice, Trust
from xai.results.words import Label, Unit

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
    # G values of the column (numbers in ascending order, or categories); for dependence: R values
    grid: tuple[Any, ...]
    prediction: np.ndarray  # (G,) prediction at each; for dependence: (R,) contributions; for ale: effects
    current: Any  # the row's own value; None where there is no single row
    support: tuple[int, ...]  # rows of the data per bin
    # bin edges of `support` for numbers (len + 1); None for categories: one per grid value
    edges: tuple[float, ...] | None
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

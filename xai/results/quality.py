"""How good the model is, beside the trivial baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xai.results.result import Result
from xai.results.trust import Notice, Trust
from xai.results.words import Label, Task


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

"""What the model says after changing some columns of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xai.results.attribution import Attribution
from xai.results.plain_data import plain
from xai.results.result import Result
from xai.results.trust import Notice, Trust


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

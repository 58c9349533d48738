"""Two explanations of one row side by side, for one table."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from xai.results import Attribution, Result


@dataclass(frozen=True)
class Comparison(Result):
    """SHAP and LIME about the same row, columns in SHAP's order."""

    shap: Attribution
    lime: Attribution

    def to_frame(self) -> pd.DataFrame:
        order = self.shap.order()
        table = self.shap.to_frame()
        return pd.DataFrame(
            {
                "column": table["column"],
                "value": table["value"],
                "shap": table["contribution"],
                "shap_spread": table["spread"],
                "lime": self.lime.values[order],
                "lime_spread": self.lime.spread[order],
            }
        )

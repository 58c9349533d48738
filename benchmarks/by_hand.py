"""What somebody writes who wants `shap` or `lime` to explain a pipeline with text columns: codes outside, text inside.

Both packages take numbers only, the pipeline takes its table only. So every text is replaced by its number among the
known ones, and turned back before the pipeline is asked. Nothing of Klartext is used here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


class ByHand:
    """Codes of a table's rows, and the rows again. Missing values are nan on both sides."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.types = table.dtypes
        self.known = {
            name: pd.Index(sorted(table[name].dropna().unique()))
            for name in table
            if not pd.api.types.is_numeric_dtype(table[name])
        }

        numbers = [name for name in table if name not in self.known]
        self.whole = {name for name in numbers if (table[name].dropna() % 1 == 0).all()}

    def encode(self, rows: pd.DataFrame) -> np.ndarray:
        """(n, C) numbers."""
        columns = []
        for name in rows:
            if name in self.known:
                codes = self.known[name].get_indexer(rows[name]).astype(float)
                columns.append(np.where(codes < 0, np.nan, codes))
            else:
                columns.append(rows[name].to_numpy(dtype=float))
        return np.column_stack(columns)

    def decode(self, codes: np.ndarray) -> pd.DataFrame:
        """The table's columns, in their own types; whole numbers stay whole."""
        columns = {}
        for place, (name, kind) in enumerate(self.types.items()):
            values = codes[:, place]
            if name in self.known:
                missing = np.isnan(values)
                text = self.known[name].to_numpy(dtype=object)[np.where(missing, 0, values).astype(int)]
                text[missing] = np.nan
                columns[name] = pd.Series(text, dtype=kind)
            else:
                columns[name] = pd.Series(np.rint(values) if name in self.whole else values).astype(kind)
        return pd.DataFrame(columns)

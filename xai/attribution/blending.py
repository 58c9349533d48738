"""How rows are blended with a background, in one unit: what does not depend on the explained rows, prepared once."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from xai.attribution.blends import Beside, beside
from xai.encoding import Encoding
from xai.lean import Lean
from xai.model import Model
from xai.results import Unit


class Blending:
    """Parameters: a prepared model, background rows (m, C) and what is explained: the model's own unit, or "margin"."""

    def __init__(self, model: Model, frame: pd.DataFrame, unit: Unit) -> None:
        self.model = model
        self.frame = frame.reset_index(drop=True)
        self.unit: Unit = unit

    @property
    def encoding(self) -> Encoding | None:
        """The preprocessing apart, where every encoded column depends on one original column."""
        return self.model.encoding

    @cached_property
    def encoded(self) -> np.ndarray | None:
        """(m, E) encoded rows; None where columns are mixed."""
        return None if self.encoding is None else self.encoding.transform(self.frame)

    @cached_property
    def outputs(self) -> np.ndarray:
        """(m, K) what the model says about them."""
        return self.said(self.frame, self.encoded)

    @property
    def lean(self) -> Lean | None:
        """The model's lean prediction in this unit."""
        if self.encoding is None:
            return None
        return self.encoding.lean_margin if self.unit == "margin" else self.encoding.lean

    @cached_property
    def beside(self) -> Beside | None:
        """The way to blends with explained rows; None without a lean prediction."""
        if self.lean is None or not np.isfinite(self.encoded).all():
            return None
        return beside(self.lean, self.encoded, self.encoding.players, len(self.model.columns))

    def said(self, frame: pd.DataFrame, encoded: np.ndarray | None) -> np.ndarray:
        """(n, K) outputs of some rows, given encoded where columns are not mixed."""
        if encoded is not None:
            return self.predict_encoded(encoded)
        return self.model.margin(frame) if self.unit == "margin" else self.model.predict(frame)

    def predict_encoded(self, matrix: np.ndarray) -> np.ndarray:
        """(n, K) outputs of encoded rows."""
        encoding = self.encoding or self.model.partly
        return encoding.margin(matrix) if self.unit == "margin" else encoding.predict(matrix)

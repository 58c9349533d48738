"""Copies as codes of the model's trees: only paths that ask the replaced column are walked again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.attribution.trees.compiled import CompiledTrees, largest
from xai.model import BLOCK
from xai.progress import Progress, report


class InTrees:
    """For tree ensembles whose kernels are compiled. The methods are those of `in_frame`."""

    space = "trees"

    def __init__(self, background: Background, trees: CompiledTrees) -> None:
        self.model = background.model
        self.width = trees.outputs * trees.players  # of all columns' copies, which are made at once
        self._background, self._trees = background, trees

    def form(self, frame: pd.DataFrame) -> np.ndarray:
        """(n, V) codes."""
        starts = range(0, max(len(frame), 1), BLOCK)
        found = [self._trees.codes(self._background.given(frame.iloc[k : k + BLOCK])) for k in starts]
        return np.ascontiguousarray((found[0] if len(found) == 1 else np.concatenate(found, axis=1)).T)

    def predict(self, rows: np.ndarray, name: str, donors: np.ndarray, place: np.ndarray) -> np.ndarray:
        outputs = self._trees.replaced(rows, self.model.columns.index(name), donors, place)
        return outputs.reshape(place.size, -1)

    def answer_each(
        self, rows: np.ndarray, donors: np.ndarray, place: np.ndarray, progress: Progress | None
    ) -> np.ndarray:
        """None where two classes are so close that rounding decides: there the model itself has to be asked."""
        report(progress, 0.0, "perturbation")
        outputs = self._trees.replaced_each(rows, donors, place)
        return outputs[..., 0] if self.model.task == "regression" else largest(self.model.classes, outputs)

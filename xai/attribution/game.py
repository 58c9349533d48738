"""The game behind SHAP: what the model says when some columns come from the explained row and the others do not.

v(S) = mean over the background rows z of f(columns in S from x, the others from z): interventional Shapley values
(Štrumbelj & Kononenko 2014; Janzing et al. 2020). Players are the original columns, whatever the model turns them into.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xai.encoding import as_rows
from xai.model import Model, margin_of
from xai.results import Unit

BLOCK = 100_000  # rows predicted at once, at most
CELLS = 20_000_000  # and their values, so that wide tables fit into memory as well


class Game:
    """Coalition outcomes for explained rows against a background, in encoded space where the model has one.

    Parameters
    ----------
    model : with its encoding prepared.
    background : (m, C) frame. rows : (R, C) frame to explain, the same columns.
    unit : what is explained: the model's own unit, or "margin".
    """

    def __init__(self, model: Model, background: pd.DataFrame, rows: pd.DataFrame, unit: Unit) -> None:
        self.model = model
        self.margin = unit == "margin"
        self.columns = len(model.columns)
        self.background_rows = len(background)
        names = list(model.columns)
        self.pool = _stack(background[names], rows[names])
        self.encoded = None if model.encoding is None else model.encoding.transform(self.pool)
        players = np.arange(self.columns) if self.encoded is None else model.encoding.players
        self.players = players
        self.active = np.unique(players[players >= 0])  # columns that reach the model at all
        self.outputs = self.predict_places(np.repeat(np.arange(len(self.pool))[:, None], self.columns, axis=1))

    @property
    def base(self) -> np.ndarray:
        """(K,) mean output over the background."""
        return self.outputs[: self.background_rows].mean(axis=0)

    def output(self, row: int) -> np.ndarray:
        """(K,) output for an explained row."""
        return self.outputs[self.background_rows + row]

    def outcomes(self, row: int, coalitions: np.ndarray) -> np.ndarray:
        """(Q, m, K) outputs for each coalition (Q, A) of the active columns and each background row."""
        m = self.background_rows
        width = max(self.columns, 0 if self.encoded is None else self.encoded.shape[1])
        at_once = max(1, min(BLOCK, CELLS // width) // m)
        found = [
            self._outcomes(row, coalitions[start:stop]).reshape(stop - start, m, -1)
            for start, stop in _blocks(len(coalitions), at_once)
        ]
        return np.concatenate(found)

    def predict_places(self, place: np.ndarray) -> np.ndarray:
        """(n, K) outputs of rows whose column j comes from row `place[:, j]` of the pool."""
        if self.encoded is not None:
            found = self.encoded[place[:, np.maximum(self.players, 0)], np.arange(self.encoded.shape[1])]
            return self._predict_encoded(found)
        mixed = pd.DataFrame({name: self.pool[name].array.take(place[:, j]) for j, name in enumerate(self.pool)})
        return self._predict_frame(mixed)

    def _outcomes(self, row: int, coalitions: np.ndarray) -> np.ndarray:
        m = self.background_rows
        full = np.zeros((len(coalitions), self.columns), dtype=bool)
        full[:, self.active] = coalitions
        if self.encoded is None:
            place = np.where(full[:, None, :], m + row, np.arange(m)[None, :, None])
            return self.predict_places(place.reshape(-1, self.columns))
        taken = full[:, np.maximum(self.players, 0)]
        mixed = np.where(taken[:, None, :], self.encoded[m + row], self.encoded[None, :m])
        return self._predict_encoded(mixed.reshape(-1, self.encoded.shape[1]))

    def _predict_encoded(self, matrix: np.ndarray) -> np.ndarray:
        encoding = self.model.encoding
        if not self.margin:
            return encoding.predict(matrix)
        names = getattr(encoding.final, "feature_names_in_", None)
        return margin_of(encoding.final, matrix if names is None else pd.DataFrame(matrix, columns=names))

    def _predict_frame(self, frame: pd.DataFrame) -> np.ndarray:
        if not self.margin:
            return self.model.predict(frame)
        return margin_of(self.model.estimator, as_rows(frame, self.model.named))


def _stack(background: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Background above the explained rows. Categories stay categories, those that only a row has come last."""
    aligned = {}
    for name in background:
        parts = [background[name], rows[name]]
        if all(isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
            kind = parts[0].dtype
            new = [value for value in parts[1].cat.categories if value not in kind.categories]
            wider = pd.CategoricalDtype([*kind.categories, *new], kind.ordered) if new else kind
            parts = [part.astype(wider) for part in parts]
        aligned[name] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(aligned)


def _blocks(count: int, size: int) -> Iterator[tuple[int, int]]:
    return ((start, min(start + size, count)) for start in range(0, count, size))

"""The game behind SHAP: what the model says when some columns come from the explained row and the others do not.

v(S) = mean over the background rows z of f(columns in S from x, the others from z): interventional Shapley values
(Štrumbelj & Kononenko 2014; Janzing et al. 2020). Players are the original columns, whatever the model turns them into.
The mean of games is played game by game: x against a single z, where only the columns count in which they differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from xai.attribution.blending import Blending
from xai.attribution.blends import Built, Placed
from xai.attribution.coalitions import Blends, Coalitions
from xai.encoding import mixture


class Game:
    """Explained rows against a background, in encoded space where the model has one.

    Parameters
    ----------
    blending : with the background, in the unit that is explained.
    rows : (R, C) frame to explain, the same columns.
    encoded : (R, E) the rows in the model's encoding, where it has one and they are known already.
    """

    def __init__(self, blending: Blending, rows: pd.DataFrame, encoded: np.ndarray | None = None) -> None:
        self.blending, self.model = blending, blending.model
        self.margin = blending.unit == "margin"
        self.columns = len(self.model.columns)
        self.background_rows = len(blending.frame)
        self.rows = self.model.inputs(rows).reset_index(drop=True)
        encoding = blending.encoding
        if encoding is not None and encoded is None:
            encoded = encoding.transform(self.rows)
        self.encoded = None if encoding is None else np.concatenate([blending.encoded, encoded])  # (m + R, E)
        self.players = np.arange(self.columns) if encoding is None else encoding.players
        self.active = self._active()  # columns that reach the model at all
        self.outputs = np.concatenate([blending.outputs, blending.said(self.rows, encoded)])  # (m + R, K)

    @property
    def base(self) -> np.ndarray:
        """(K,) mean output over the background."""
        return self.blending.outputs.mean(axis=0)

    @property
    def explained(self) -> np.ndarray:
        """(R, K) outputs of the explained rows."""
        return self.outputs[self.background_rows :]

    @property
    def where(self) -> str:
        """Where rows are blended: encoded, partly encoded, or as whole frames."""
        if self.encoded is not None:
            return "encoded"
        return "frame" if self.model.partly is None else "partly"

    @property
    def mirrored(self) -> bool:
        """Whether two outputs are each other's mirror image, so that one of them tells both."""
        if self.outputs.shape[1] != 2 or self.model.task != "binary":
            return False
        total = self.outputs.sum(axis=1)
        return bool(np.allclose(total, total[0], rtol=0, atol=1e-12))

    def blends(self, start: int, stop: int) -> Blends:
        """Blends of the explained rows from `start` to `stop`; pairs count them from zero."""
        explained = slice(self.background_rows + start, self.background_rows + stop)
        if self.encoded is None:
            pool, predict = self._pool(start, stop), self._predict_frame
            if self.model.partly is not None:
                matrix = self.model.partly.transform(pool)
                return Placed(
                    lambda place: self._predict_partly(pool, matrix, place), self.background_rows, self.columns
                )
            return Placed(lambda place: predict(mixture(pool, place)), self.background_rows, self.columns)
        rows = self.encoded[explained]
        own = Built(self.blending.predict_encoded, rows, self.blending.encoded, self.players, self.columns)
        if self.blending.beside is None or not np.isfinite(rows).all():
            return own
        return Checked(self.blending.beside(rows), own)

    def differs(self, start: int, stop: int) -> np.ndarray:
        """(R, m, C) bool: the columns in which explained rows differ from background rows, for the model."""
        if self.encoded is None:
            return self._frames_differ(start, stop)
        rows = self.encoded[self.background_rows + start : self.background_rows + stop]
        found = np.zeros((len(rows), self.background_rows, self.columns), dtype=bool)
        together = np.argsort(self.players, kind="stable")  # the encoded columns of one original column
        owners = self.players[together]
        first = np.flatnonzero((owners >= 0) & np.diff(owners, prepend=-1).astype(bool))
        if len(first):
            pairs = rows[:, None, together] != self.blending.encoded[None, :, together]
            found[:, :, owners[first]] = np.logical_or.reduceat(pairs, first, axis=2)
        return found

    def _frames_differ(self, start: int, stop: int) -> np.ndarray:
        pool = self._pool(start, stop)
        codes = np.stack([_codes(pool[name]) for name in pool], axis=1)
        background, rows = codes[: self.background_rows], codes[self.background_rows :]
        return (rows[:, None] != background[None]) | (rows[:, None] < 0)

    def _active(self) -> np.ndarray:
        return np.unique(self.players[self.players >= 0])

    @cached_property
    def _whole_pool(self) -> pd.DataFrame:
        return stacked(self.blending.frame, self.rows)

    def _pool(self, start: int, stop: int) -> pd.DataFrame:
        """The background above some of the explained rows."""
        m = self.background_rows
        chosen = np.concatenate([np.arange(m), np.arange(m + start, m + stop)])
        return self._whole_pool.iloc[chosen].reset_index(drop=True)

    def _predict_frame(self, frame: pd.DataFrame) -> np.ndarray:
        return self.blending.said(frame, None)

    def _predict_partly(self, pool: pd.DataFrame, matrix: np.ndarray, place: np.ndarray) -> np.ndarray:
        return self.blending.predict_encoded(self.model.partly.recombined(pool, matrix, place))


class Checked(Blends):
    """Lean blends, and the estimator's own where those are no numbers."""

    def __init__(self, lean: Blends, own: Blends) -> None:
        self.lean, self.own = lean, own
        self.width = lean.width

    @property
    def at_once(self) -> int:
        return self.lean.at_once

    def block(self, games: Sequence[Coalitions], last: bool) -> list[np.ndarray]:
        with np.errstate(all="ignore"):
            found = self.lean.block(games, last)
        return found if all(np.isfinite(each).all() for each in found) else self.own.block(games, last)


def stacked(background: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
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


def _codes(series: pd.Series) -> np.ndarray:
    """(n,) equal codes for equal values; -1, which differs from everything, for values that cannot be compared."""
    try:
        return pd.factorize(series, use_na_sentinel=False)[0]
    except TypeError:
        return np.full(len(series), -1)

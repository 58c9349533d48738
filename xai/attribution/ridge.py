"""Weighted ridge regression in closed form, as a regressor that `lime` can be given (Hoerl & Kennard 1970)."""

from __future__ import annotations

import numpy as np


class Ridge:
    """The same line as `sklearn.linear_model.Ridge(alpha)` with an intercept, without its checks of the input."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def fit(self, rows: np.ndarray, labels: np.ndarray, sample_weight: np.ndarray) -> Ridge:
        """rows (n, V), labels and weights (n,); sets `coef_` (V,) and `intercept_`."""
        share = sample_weight / sample_weight.sum()
        centre, mean = share @ rows, float(share @ labels)
        moved = rows - centre
        weighted = moved * sample_weight[:, None]
        squares = weighted.T @ moved + self.alpha * np.eye(rows.shape[1])
        self.coef_ = np.linalg.solve(squares, weighted.T @ (labels - mean))
        self.intercept_ = mean - float(centre @ self.coef_)
        return self

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """(n,)"""
        return rows @ self.coef_ + self.intercept_

    def score(self, rows: np.ndarray, labels: np.ndarray, sample_weight: np.ndarray) -> float:
        """Weighted R²; 1 for labels that are all the same and met, 0 where they are missed."""
        missed = float(sample_weight @ np.square(labels - self.predict(rows)))
        mean = float(sample_weight @ labels / sample_weight.sum())
        spread = float(sample_weight @ np.square(labels - mean))
        if spread == 0:
            return 1.0 if missed == 0 else 0.0
        return 1 - missed / spread

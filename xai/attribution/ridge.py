"""Weighted ridge regression in closed form, as a regressor that `lime` can be given (Hoerl & Kennard 1970)."""

from __future__ import annotations

import numpy as np

_AT_ONCE = 512  # rows


class Ridge:
    """The same line as `sklearn.linear_model.Ridge(alpha)` with an intercept, without its checks of the input.

    Products are so small that sharing them out among threads, as BLAS would, takes longer than the work itself.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def fit(self, rows: np.ndarray, labels: np.ndarray, sample_weight: np.ndarray) -> Ridge:
        """rows (n, V), labels and weights (n,); sets `coef_` (V,) and `intercept_`."""
        share = sample_weight / sample_weight.sum()
        centre, mean = _product(rows, share), float(share @ labels)
        moved = rows - centre
        weighted = moved * sample_weight[:, None]
        squares = _product(weighted, moved) + self.alpha * np.eye(rows.shape[1])
        self.coef_ = np.linalg.solve(squares, _product(weighted, labels - mean))
        self.intercept_ = mean - float(centre @ self.coef_)
        return self

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """(n,)"""
        return np.einsum("nv,v->n", rows, self.coef_) + self.intercept_

    def score(self, rows: np.ndarray, labels: np.ndarray, sample_weight: np.ndarray) -> float:
        """Weighted R²; 1 for labels that are all the same and met, 0 where they are missed."""
        missed = float(sample_weight @ np.square(labels - self.predict(rows)))
        mean = float(sample_weight @ labels / sample_weight.sum())
        spread = float(sample_weight @ np.square(labels - mean))
        if spread == 0:
            return 1.0 if missed == 0 else 0.0
        return 1 - missed / spread


def _product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """left.T @ right, over a few of their rows at a time."""
    return sum(left[k : k + _AT_ONCE].T @ right[k : k + _AT_ONCE] for k in range(0, len(left), _AT_ONCE))

"""Which of several neighbours are taken where they are equally far: a matter of NumPy's sorting and scikit-learn's.

NumPy 2 chooses among equal values in another order than NumPy 1. Extended precision still goes the former way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sklearn
from scipy import sparse
from sklearn.metrics._pairwise_distances_reduction import ArgKmin
from sklearn.neighbors._base import _get_weights
from sklearn.utils.validation import validate_data

from xai.opening.repairs.exactness import not_exact
from xai.opening.repairs.formulas.former import become

_BY_PRODUCTS = ("euclidean", "l2", "sqeuclidean", "cosine")


def distances(model: Any) -> list[str]:
    """Up to 1.0: without an index all distances were computed and partly sorted; today a heap keeps the nearest."""
    return become(model, ByDistances) if vars(model).get("_fit_method") == "brute" else []


def distances_of_1_1(model: Any) -> list[str]:
    """1.1: still so for sparse tables and for single precision."""
    rows = vars(model).get("_fit_X")
    former = sparse.issparse(rows) or getattr(rows, "dtype", None) == np.float32
    return distances(model) if former and not isinstance(model, SortedAsBefore) else []


def products(model: Any) -> list[str]:
    """Up to 0.23: where distances come from matrix products, their last bit decides between equals, and it differs.

    OpeningError "needs-own-version".
    """
    state = vars(model)
    if state.get("_fit_method") == "brute" and state["effective_metric_"] in _BY_PRODUCTS:
        raise not_exact(type(model).__name__)
    return []


def heap_of_sparse(model: Any) -> list[str]:
    """1.2 and 1.3: sparse rows went into the heap as well; since then their Euclidean distances are all computed."""
    sparse_rows = vars(model).get("_fit_method") == "brute" and sparse.issparse(model._fit_X)
    return become(model, SparseHeap) if sparse_rows and "euclidean" in model.effective_metric_ else []


def order(model: Any) -> list[str]:
    """Saved with NumPy 1: where all distances are still partly sorted, it is done as NumPy 1 did."""
    brute = vars(model).get("_fit_method") == "brute"
    return become(model, SortedAsBefore) if brute and not isinstance(model, SortedAsBefore | SparseHeap) else []


def donors(imputer: Any) -> list[str]:
    """Up to 1.5: KNNImputer took the mean of its donors even where too few of them had a distance."""
    return become(imputer, EveryDonor) if "_fit_X" in vars(imputer) else []


def donors_order(imputer: Any) -> list[str]:
    """Saved with NumPy 1: which of equally far donors KNNImputer takes."""
    if "_fit_X" not in vars(imputer):
        return []
    if isinstance(imputer, EveryDonor):
        imputer.__class__ = type(imputer).__bases__[-1]
        return become(imputer, EveryDonorAsBefore)
    return become(imputer, DonorsAsBefore)


class SortedAsBefore:
    """Neighbours out of all distances."""

    def _kneighbors_reduce_func(self, dist: Any, start: int, n_neighbors: int, return_distance: bool) -> Any:
        rows = np.arange(dist.shape[0])[:, None]
        nearest = _partition(dist, n_neighbors)
        nearest = nearest[rows, np.argsort(dist[rows, nearest].astype(np.longdouble))]
        if not return_distance:
            return nearest
        found = dist[rows, nearest]
        return (np.sqrt(found) if self.effective_metric_ == "euclidean" else found), nearest


class ByDistances(SortedAsBefore):
    """Neighbours without an index, as they were found up to 1.0."""

    def kneighbors(self, *arguments: Any, **options: Any) -> Any:
        with sklearn.config_context(enable_cython_pairwise_dist=False):
            return super().kneighbors(*arguments, **options)

    def predict(self, X: Any) -> np.ndarray:
        """(n,)"""
        with sklearn.config_context(enable_cython_pairwise_dist=False):
            return super().predict(X)

    def predict_proba(self, X: Any) -> np.ndarray:
        """(n, K)"""
        with sklearn.config_context(enable_cython_pairwise_dist=False):
            return super().predict_proba(X)


class SparseHeap:
    """The nearest of sparse rows, kept in a heap."""

    def kneighbors(self, X: Any = None, n_neighbors: int | None = None, return_distance: bool = True) -> Any:
        if X is None:
            return super().kneighbors(X, n_neighbors, return_distance)
        return ArgKmin.compute(
            X=validate_data(self, X, accept_sparse="csr", reset=False, order="C"),
            Y=self._fit_X,
            k=n_neighbors or self.n_neighbors,
            metric=self.effective_metric_,
            metric_kwargs=self.effective_metric_params_,
            strategy="auto",
            return_distance=return_distance,
        )


class EveryDonor:
    """KNNImputer, as it took the mean up to 1.5."""

    def _calc_impute(self, dist_pot_donors: Any, n_neighbors: int, fit_X_col: Any, mask_fit_X_col: Any) -> Any:
        nearest = self._nearest(dist_pot_donors, n_neighbors)
        weights = _get_weights(np.take_along_axis(dist_pot_donors, nearest, axis=1), self.weights)
        weights = self._without_distance(weights, dist_pot_donors, nearest)
        values = np.ma.array(fit_X_col.take(nearest), mask=mask_fit_X_col.take(nearest))
        return np.ma.average(values, axis=1, weights=weights).data

    def _nearest(self, distances: np.ndarray, count: int) -> np.ndarray:
        return np.argpartition(distances, count - 1, axis=1)[:, :count]

    def _without_distance(self, weights: Any, distances: np.ndarray, nearest: np.ndarray) -> Any:
        return None if weights is None else np.nan_to_num(weights, nan=0.0, posinf=np.inf)


class EveryDonorAsBefore(EveryDonor):
    """The same, with the donors that NumPy 1 chose."""

    def _nearest(self, distances: np.ndarray, count: int) -> np.ndarray:
        return _partition(distances, count)


class DonorsAsBefore(EveryDonorAsBefore):
    """From 1.6: donors without a distance do not count."""

    def _without_distance(self, weights: Any, distances: np.ndarray, nearest: np.ndarray) -> Any:
        if weights is not None:
            return super()._without_distance(weights, distances, nearest)
        return (~np.isnan(np.take_along_axis(distances, nearest, axis=1))).astype(float)


def _partition(distances: np.ndarray, count: int) -> np.ndarray:
    """The places of the `count` smallest in each row, as NumPy 1 found them."""
    return np.argpartition(distances.astype(np.longdouble), count - 1, axis=1)[:, :count]

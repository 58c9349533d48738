"""Decision trees and forests of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from xai.opening.repairs.exactness import not_exact

_SUPPORTED = ("gini", "entropy", "log_loss", "squared_error", "friedman_mse", "poisson")


def class_shares(owner: Any) -> list[str]:
    """Up to 1.3 the leaves of a classifier held how many cases of each class they had, since then their shares.

    Dividing by the sum is what `predict_proba` did then. OpeningError "needs-own-version" where rounding would change
    the class of a leaf.
    """
    tree = vars(owner).get("tree_")
    if tree is None:
        return []
    counts = tree.value
    total = counts.sum(axis=2, keepdims=True)
    total[total == 0.0] = 1.0
    shares = counts / total
    if not np.array_equal(shares.argmax(axis=2), counts.argmax(axis=2)):
        raise not_exact(type(owner).__name__)
    counts[...] = shares
    return [type(owner).__name__]


def refuse_missing(owner: Any) -> list[str]:
    """Trees up to 1.2, extremely random ones up to 1.5: they refused missing values, so these here still do."""
    if "tree_" not in vars(owner):
        return []
    owner._support_missing_values = _never
    return [type(owner).__name__]


def forest_refuses_missing(forest: Any) -> list[str]:
    """Random forests up to 1.3, extremely random ones up to 1.5: the same, asked of their trees."""
    trees = vars(forest).get("estimators_") or ()
    for tree in trees:
        tree._support_missing_values = _never
    return [type(forest).__name__] if len(trees) else []


def criterion_refuses_missing(owner: Any) -> list[str]:
    """Up to 1.8: trees grown by other criteria, or with monotonic constraints, refused missing values as well."""
    state = vars(owner)
    supported = state.get("criterion") in _SUPPORTED and state.get("monotonic_cst") is None
    return [] if supported else refuse_missing(owner)


def _never(X: Any) -> bool:
    return False

"""Support vector machines: libsvm reads as many vectors and coefficients as it is told there are."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from xai.errors import OpeningError


def check_support_vectors(model: Any) -> None:
    """Counts, vectors and coefficients fit each other. Raises OpeningError "corrupt-model"."""
    state = vars(model)
    if "support_vectors_" not in state:
        return
    vectors, counts, support = state["support_vectors_"], state["_n_support"], state["support_"]
    name = type(model).__name__
    rows = vectors.shape[0]
    precomputed = state.get("kernel") == "precomputed"
    if not precomputed and vectors.shape[1] != state["n_features_in_"]:
        raise OpeningError("corrupt-model", part=name, found="support_vectors_")
    classes = len(state["classes_"]) if "classes_" in state else 2
    # regressions keep two counts, of which libsvm reads the sum of the first
    told = int(np.sum(counts)) if "classes_" in state else int(counts[0])
    if (np.asarray(counts) < 0).any() or len(support) != len(rows_of(support)) or len(counts) != classes:
        raise OpeningError("corrupt-model", part=name, found="n_support_")
    if not precomputed and (told != rows or len(support) != rows):
        raise OpeningError("corrupt-model", part=name, found="n_support_")
    coefficients, intercept = state["_dual_coef_"], np.ravel(state["_intercept_"])
    pairs = classes * (classes - 1) // 2
    if coefficients.shape != (classes - 1, len(support)) or len(intercept) != pairs:
        raise OpeningError("corrupt-model", part=name, found="dual_coef_")
    for probabilities in (state.get("_probA"), state.get("_probB")):
        if probabilities is not None and np.size(probabilities) not in (0, 1, pairs):
            raise OpeningError("corrupt-model", part=name, found="probA_")
    if sparse.issparse(coefficients):
        coefficients.check_format(full_check=True)


def rows_of(support: Any) -> np.ndarray:
    return np.ravel(support)

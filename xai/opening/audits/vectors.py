"""Support vector machines: libsvm reads as many vectors and coefficients as it is told there are."""

from __future__ import annotations

from typing import Any

import numpy as np

from xai.errors import OpeningError


def check_support_vectors(model: Any) -> None:
    """Counts, vectors and coefficients fit each other. Raises OpeningError "corrupt-model"."""
    state = vars(model)
    if "support_vectors_" not in state:
        return
    classifies = "classes_" in state
    classes = len(state["classes_"]) if classifies else 2
    pairs = classes * (classes - 1) // 2
    support, counts = np.asarray(state["support_"]), np.asarray(state["_n_support"])
    if counts.shape != (classes,) or (counts < 0).any() or support.ndim != 1:
        raise _corrupt(model, "n_support_")
    # a regression keeps one count, and a second that means nothing
    if int(counts.sum() if classifies else counts[0]) != len(support):
        raise _corrupt(model, "n_support_")
    if state.get("kernel") != "precomputed":  # there, no vectors are kept
        if state["support_vectors_"].shape != (len(support), state["n_features_in_"]):
            raise _corrupt(model, "support_vectors_")
    elif (support < 0).any() or (support >= state["shape_fit_"][0]).any():
        raise _corrupt(model, "support_")
    coefficients = state["_dual_coef_"]
    if coefficients.shape != (classes - 1, len(support)) or np.size(state["_intercept_"]) != pairs:
        raise _corrupt(model, "dual_coef_")
    for name in ("_probA", "_probB"):
        if np.size(state.get(name, ())) not in (0, pairs):
            raise _corrupt(model, name)


def _corrupt(model: Any, found: str) -> OpeningError:
    return OpeningError("corrupt-model", part=type(model).__name__, found=found)

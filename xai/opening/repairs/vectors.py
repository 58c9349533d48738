"""Support vector machines."""

from __future__ import annotations

from typing import Any

import numpy as np


def state(model: Any) -> list[str]:
    """Up to 1.8: whether there are probabilities is an attribute today; up to 1.0 iterations were not counted."""
    own, done = vars(model), []
    if "support_vectors_" not in own:
        return []
    if "_effective_probability" not in own:
        model._effective_probability = bool(own.get("probability", False))
        done.append(f"{type(model).__name__}._effective_probability")
    if "_num_iter" not in own:
        model._num_iter = np.zeros(1, dtype=np.int32)
        done.append(f"{type(model).__name__}._num_iter")
    return done

"""The nearest centroid, when it answered no more than the class."""

from __future__ import annotations

from typing import Any

import numpy as np

from xai.opening.repairs.formulas.former import become


def without_scores(model: Any) -> list[str]:
    """Up to 1.5: only the class; today there are probabilities, out of what was not learned then."""
    state = vars(model)
    if "centroids_" not in state or "class_prior_" in state:
        return []
    count = len(model.classes_)
    model.class_prior_ = np.full(count, 1 / count)
    return become(model, WithoutScores)


class WithoutScores:
    """A classifier that has no scores for its classes."""

    def _missing(self) -> Any:
        raise AttributeError("no scores in the version that saved this model")

    predict_proba = predict_log_proba = decision_function = property(_missing)

"""Votes and bags: a mean of the members' outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from xai.lean.base import Combined, Lean, Own, Restricted, Wanted


class Mean(Combined):
    """The weighted mean of the parts."""

    def __init__(self, parts: Sequence[Lean], weights: Sequence[float] | None) -> None:
        self.parts, self.weights = parts, weights

    @property
    def work(self) -> float:
        return sum(part.work for part in self.parts)

    def combine(self, outputs: Sequence[np.ndarray], matrix: np.ndarray | None) -> np.ndarray:
        return np.average(np.stack(outputs), axis=0, weights=self.weights)


def read(estimator: Any, kind: str, wanted: Wanted, part: Callable[[Any, Wanted], Lean]) -> Mean | None:
    """A soft vote, a vote of regressors, or a bag; None for others."""
    if kind in ("VotingClassifier", "VotingRegressor"):
        if wanted == "margin" or getattr(estimator, "voting", "soft") != "soft":
            return None
        return _mean([part(each, wanted) for each in estimator.estimators_], estimator._weights_not_none)
    if kind in ("BaggingClassifier", "BaggingRegressor"):
        return _bag(estimator, wanted, part)
    return None


def _bag(estimator: Any, wanted: Wanted, part: Callable[[Any, Wanted], Lean]) -> Mean | None:
    members = estimator.estimators_
    if wanted == "probability":
        # a member that saw fewer classes than the others, or has no probabilities, counts in a way of its own
        whole = all(len(each.classes_) == len(estimator.classes_) for each in members)
        if not whole or not all(hasattr(each, "predict_proba") for each in members):
            return None
    elif wanted == "margin":
        return None
    pairs = zip(members, estimator.estimators_features_, strict=True)
    every = np.arange(estimator.n_features_in_)
    found = [
        part(each, wanted)
        if np.array_equal(chosen, every)
        else Restricted(part(each, wanted), len(every), np.asarray(chosen))
        for each, chosen in pairs
    ]
    return _mean(found, None)


def _mean(parts: Sequence[Lean], weights: Sequence[float] | None) -> Mean | None:
    return None if all(isinstance(each, Own) for each in parts) else Mean(parts, weights)

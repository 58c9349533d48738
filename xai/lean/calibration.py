"""Calibrated classifiers: the mean over pairs of a classifier and what corrects its scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from xai.lean.base import Combined, Lean, Own, Wanted
from xai.lean.links import normed


class Calibrated(Combined):
    """Each part's scores through its calibrators."""

    def __init__(self, parts: Sequence[Lean], calibrators: Sequence[Sequence[Any]], binary: bool) -> None:
        self.parts, self.calibrators, self.binary = parts, calibrators, binary

    def combine(self, outputs: Sequence[np.ndarray], matrix: np.ndarray | None) -> np.ndarray:
        pairs = zip(outputs, self.calibrators, strict=True)
        return sum(self._one(scores, calibrators) for scores, calibrators in pairs) / len(self.parts)

    def _one(self, scores: np.ndarray, calibrators: Sequence[Any]) -> np.ndarray:
        scores = scores[:, 1:] if self.binary else scores
        pairs = zip(scores.T, calibrators, strict=True)
        found = np.stack([calibrator.predict(column) for column, calibrator in pairs], axis=1)
        found = np.concatenate([1 - found, found], axis=1) if self.binary else normed(found)
        found[(found > 1) & (found <= 1 + 1e-5)] = 1.0
        return found


def read(estimator: Any, kind: str, wanted: Wanted, part: Callable[[Any, Wanted], Lean]) -> Calibrated | None:
    """A calibrated classifier, by sigmoid or isotonic regression; None for others."""
    if kind != "CalibratedClassifierCV" or wanted != "probability":
        return None
    members = estimator.calibrated_classifiers_
    classes = len(estimator.classes_)
    if any(each.method not in ("sigmoid", "isotonic") or len(each.estimator.classes_) != classes for each in members):
        return None
    # the score is asked for where there is one
    asked: list[Wanted] = [
        "margin" if hasattr(each.estimator, "decision_function") else "probability" for each in members
    ]
    parts = [part(each.estimator, wanted) for each, wanted in zip(members, asked, strict=True)]
    if all(isinstance(each, Own) for each in parts):
        return None
    return Calibrated(parts, [each.calibrators for each in members], classes == 2)


def _response(estimator: Any) -> Wanted:
    """The score is asked for where there is one."""
    return "margin" if hasattr(estimator, "decision_function") else "probability"

"""Stacks: the outputs of the first layer are the columns of the final estimator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from xai.lean.base import Combined, Lean, Own, Wanted

_WANTED: dict[str, Wanted] = {"predict_proba": "probability", "decision_function": "margin", "predict": "value"}


class Stack(Combined):
    """The final estimator on the parts' outputs, and on the rows themselves where they are passed through."""

    def __init__(self, parts: Sequence[Lean], final: Lean, passthrough: bool, binary: bool) -> None:
        self.parts, self.final, self.passthrough, self.binary = parts, final, passthrough, binary

    @property
    def work(self) -> float:
        return sum(part.work for part in self.parts) + self.final.work

    def combine(self, outputs: Sequence[np.ndarray], matrix: np.ndarray | None) -> np.ndarray:
        columns = [found[:, 1:] if self.binary else found for found in outputs]
        if matrix is not None and self.passthrough:
            columns.append(matrix)
        return self.final.predict(np.concatenate(columns, axis=1))


def read(estimator: Any, kind: str, wanted: Wanted, part: Callable[[Any, Wanted], Lean]) -> Stack | None:
    """A fitted stack; None for others, and where a first layer of classifiers hands over its answers."""
    if kind not in ("StackingClassifier", "StackingRegressor"):
        return None
    methods = [_WANTED[method] for method in estimator.stack_method_]
    members = [each for each in estimator.estimators_ if not isinstance(each, str)]
    classifier = kind == "StackingClassifier"
    if len(members) != len(methods) or (classifier and "value" in methods):
        return None
    parts = [part(member, method) for member, method in zip(members, methods, strict=True)]
    final = part(estimator.final_estimator_, wanted)
    if all(isinstance(each, Own) for each in (*parts, final)):
        return None
    return Stack(parts, final, bool(estimator.passthrough), classifier and len(estimator.classes_) == 2)

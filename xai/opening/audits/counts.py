"""Too many estimators, or too deep in each other: asking them anything would take for ever."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from xai.errors import OpeningError
from xai.limits import limits
from xai.opening.audits.walking import children


def check(thing: Any, parts: list[Any]) -> None:
    """Raises OpeningError "too-complex"."""
    references = sum(_references(part) for part in parts)
    if references > limits().estimators:
        raise OpeningError("too-complex", found=references, limit=limits().estimators)
    depth = _depth(thing)
    if depth > limits().estimator_depth:
        raise OpeningError("too-complex", found=depth, limit=limits().estimator_depth)


def _references(part: Any) -> int:
    """A list may hold the same tree a million times: each mention is asked."""
    return sum(isinstance(child, BaseEstimator) for child in children(part))


def _depth(thing: Any) -> int:
    """How many estimators stand inside each other at the deepest place."""
    waiting, deepest, best = [(thing, 0)], 0, {}
    while waiting:
        part, level = waiting.pop()
        level += isinstance(part, BaseEstimator)
        if best.get(id(part), -1) >= level:
            continue
        best[id(part)] = level
        deepest = max(deepest, level)
        if deepest > limits().estimator_depth:
            return deepest
        waiting.extend((child, level) for child in children(part) if hasattr(child, "__dict__") or _holds(child))
    return deepest


def _holds(child: Any) -> bool:
    return isinstance(child, dict | list | tuple | set | np.ndarray)

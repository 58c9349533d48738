"""What the program says about the model it has read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Described:
    """A model as its own versions see it. Lists are `()` and numbers None where the model does not say."""

    kind: str  # "classifier", "regressor", or what else it calls itself
    classes: tuple[str | int | float | bool, ...]
    columns: tuple[str, ...]  # the names it was fitted with
    count: int | None  # of the columns it was fitted with
    methods: tuple[str, ...]  # of "predict", "predict_proba", "decision_function"
    steps: tuple[str, ...]  # class names, the final estimator last
    versions: Mapping[str, str]  # of Python and the libraries it runs with
    key: str | None  # under which it was found in a file with several objects
    keys: tuple[str, ...]  # of all objects of that file

"""Histogram boosting: attributes of the model, its bins and its trees."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np


def state(model: Any) -> list[str]:
    """Up to 1.3 columns were used as they are: there was no preprocessing inside, and categories came as codes."""
    own, done = vars(model), []
    if "_predictors" not in own:
        return []
    for name in ("_preprocessor", "_is_categorical_remapped", "is_categorical_"):
        if name not in own:
            setattr(model, name, None)
            done.append(f"{type(model).__name__}.{name}")
    start = np.asarray(own["_baseline_prediction"], dtype=np.float64).reshape(1, -1)
    if np.shape(own["_baseline_prediction"]) != start.shape:  # up to 1.0: a number, or one row per class
        model._baseline_prediction = start
        done.append(f"{type(model).__name__}._baseline_prediction")
    return done


def check_of_numbers(transformer: Any) -> list[str]:
    """1.4 and 1.5: the preprocessing inside histogram boosting checks numbers with an option that was renamed."""
    options = getattr(vars(transformer).get("func"), "keywords", {})
    if "force_all_finite" not in options:
        return []
    function = transformer.func
    named = {"ensure_all_finite" if name == "force_all_finite" else name: each for name, each in options.items()}
    transformer.func = partial(function.func, *function.args, **named)
    return ["FunctionTransformer.func"]


def bins(mapper: Any) -> list[str]:
    """Up to 0.23: no column was categorical."""
    own = vars(mapper)
    if "is_categorical_" in own or "bin_thresholds_" not in own:
        return []
    mapper.is_categorical_ = np.zeros(len(mapper.bin_thresholds_), dtype=np.uint8)
    return ["_BinMapper.is_categorical_"]


def bitsets(tree: Any) -> list[str]:
    """Up to 0.23: no split was by category."""
    if "raw_left_cat_bitsets" in vars(tree):
        return []
    tree.raw_left_cat_bitsets = np.zeros((0, 8), dtype=np.uint32)
    tree.binned_left_cat_bitsets = np.zeros((0, 8), dtype=np.uint32)
    return ["TreePredictor"]

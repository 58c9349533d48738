"""Imputers: types of what they fill in, and the indicator of what was missing."""

from __future__ import annotations

from typing import Any

import numpy as np


def types(imputer: Any) -> list[str]:
    """Up to 1.7 fill values were used in the type they have; today they are cast to `_fill_dtype` first."""
    state, done = vars(imputer), []
    if "statistics_" not in state:
        return []
    if "_fit_dtype" not in state:  # up to 1.0
        imputer._fit_dtype = imputer.statistics_.dtype
        done.append("SimpleImputer._fit_dtype")
    if "_fill_dtype" not in state:
        imputer._fill_dtype = imputer.statistics_.dtype
        done.append("SimpleImputer._fill_dtype")
    return done


def indicator(imputer: Any) -> list[str]:
    """Up to 0.23: the indicator inside an imputer saw the values; today it is given what is missing in them."""
    inner = vars(imputer).get("indicator_")
    if inner is None or "_precomputed" in vars(inner):
        return []
    inner._precomputed = True
    return ["MissingIndicator._precomputed"]


def lone_indicator(part: Any) -> list[str]:
    """Up to 0.23: an indicator that stands for itself looks for what is missing."""
    if "_precomputed" in vars(part):
        return []
    part._precomputed = False
    return ["MissingIndicator._precomputed"]


def valid_columns(imputer: Any) -> list[str]:
    """Up to 1.0: KNNImputer now remembers which columns had any value."""
    state = vars(imputer)
    if "_valid_mask" in state or "_mask_fit_X" not in state:
        return []
    imputer._valid_mask = ~np.all(imputer._mask_fit_X, axis=0)
    return ["KNNImputer._valid_mask"]


def empty_columns(imputer: Any) -> list[str]:
    """Up to 1.5: IterativeImputer now remembers which columns had no value at all."""
    state = vars(imputer)
    if "_is_empty_feature" in state or "initial_imputer_" not in state:
        return []
    imputer._is_empty_feature = np.isnan(imputer.initial_imputer_.statistics_.astype(float))
    return ["IterativeImputer._is_empty_feature"]


def bounds(imputer: Any) -> list[str]:
    """0.22: the bounds of what IterativeImputer fills in were the same for all columns."""
    state = vars(imputer)
    if "imputation_sequence_" not in state:
        return []
    count = len(imputer.initial_imputer_.statistics_)
    for name in ("_min_value", "_max_value"):
        setattr(imputer, name, np.broadcast_to(state[name], count).astype(float))
    return ["IterativeImputer._min_value", "IterativeImputer._max_value"]

"""Encoders of categories: rare categories, dropped ones, missing values."""

from __future__ import annotations

from types import MethodType
from typing import Any


def one_hot(encoder: Any) -> list[str]:
    """Up to 1.1: what is dropped, and how many columns come out, is kept in attributes of its own today."""
    state, done = vars(encoder), _no_rare_categories(encoder)
    if "categories_" not in state:
        return []
    if "_drop_idx_after_grouping" not in state:
        encoder._set_drop_idx()
        done.append("OneHotEncoder._drop_idx_after_grouping")
    if "_n_features_outs" not in state:
        encoder._n_features_outs = encoder._compute_n_features_outs()
        done.append("OneHotEncoder._n_features_outs")
    return done


def ordinal(encoder: Any) -> list[str]:
    """Up to 1.2: no categories are rare; up to 0.24: none stands for missing values."""
    done = _no_rare_categories(encoder)
    if "categories_" in vars(encoder) and "_missing_indices" not in vars(encoder):
        encoder._missing_indices = {}
        done.append("OrdinalEncoder._missing_indices")
    return done


def _no_rare_categories(encoder: Any) -> list[str]:
    if "categories_" not in vars(encoder) or "_infrequent_enabled" in vars(encoder):
        return []
    encoder._infrequent_enabled = False
    return [f"{type(encoder).__name__}._infrequent_enabled"]


def refuse_missing(encoder: Any) -> list[str]:
    """OneHotEncoder up to 0.23, OrdinalEncoder up to 0.24: they refused missing values, so these here still do."""
    encoder._check_X = MethodType(_complete_only, encoder)
    return [type(encoder).__name__]


def _complete_only(encoder: Any, X: Any, ensure_all_finite: Any = True) -> Any:
    return type(encoder)._check_X(encoder, X, ensure_all_finite=True)

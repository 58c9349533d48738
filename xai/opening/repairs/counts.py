"""How many columns a part was fitted with: today each says so under one name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# What of a fitted estimator has one entry per column, and where.
_SAID = ("_n_features", "n_input_features_", "n_features_")
_MEASURED: tuple[tuple[str, Callable[[Any], int]], ...] = (
    ("ranking_", len),  # before `n_features_`, which counts what was selected
    ("x_weights_", len),
    ("shape_fit_", lambda shape: shape[1]),
    ("_fit_X", lambda rows: rows.shape[1]),
    ("coef_", lambda slopes: slopes.shape[-1]),
    ("categories_", len),
    ("statistics_", len),
    ("initial_imputer_", lambda imputer: len(imputer.statistics_)),
    ("bin_edges_", len),
    ("components_", lambda axes: np.shape(axes)[-1]),
    ("theta_", lambda means: np.shape(means)[-1]),
    ("feature_log_prob_", lambda rates: np.shape(rates)[-1]),
    ("centroids_", lambda centres: np.shape(centres)[-1]),
    ("cluster_centers_", lambda centres: np.shape(centres)[-1]),
    ("means_", lambda means: np.shape(means)[-1]),
    ("X_train_", lambda rows: rows.shape[1]),
    ("X_fit_", lambda rows: rows.shape[1]),
    ("scores_", len),
    ("variances_", len),
    ("quantiles_", lambda quantiles: np.shape(quantiles)[-1]),
    ("lambdas_", len),
    ("scale_", len),
    ("mean_", len),
    ("center_", len),
)


def columns(estimator: Any) -> list[str]:
    """Up to 0.24 (dummies up to 1.4): `n_features_in_`, from another name or from what has one entry per column."""
    state = vars(estimator)
    if "n_features_in_" in state or isinstance(getattr(type(estimator), "n_features_in_", None), property):
        return []
    selected = "ranking_" in state
    count = next((state[name] for name in _SAID if isinstance(state.get(name), int | np.integer)), None)
    if count is None or selected:
        count = next((measure(state[name]) for name, measure in _MEASURED if state.get(name) is not None), None)
    if not count:
        return []
    estimator.n_features_in_ = int(count)
    return [f"{type(estimator).__name__}.n_features_in_"]

"""Libraries beside scikit-learn: what their wrappers keep today and did not before. Their versions stand in no file."""

from __future__ import annotations

from typing import Any

from xai.opening.repairs.exactness import not_exact
from xai.opening.repairs.names import Gone


def lightgbm(model: Any) -> list[str]:
    """LightGBM up to 3.3: whether it is fitted was told by its booster, and regressors had no number of classes."""
    state, done = vars(model), []
    if state.get("_Booster") is None:
        return []
    if not state.get("fitted_"):
        model.fitted_ = True
        done.append("fitted_")
    if state.get("_n_classes") is None:
        model._n_classes = -1
        done.append("_n_classes")
    if "_n_features_in" not in state:
        model._n_features_in = state["_n_features"]
        done.append("_n_features_in")
    return [f"{type(model).__name__}.{name}" for name in done]


def xgboost(model: Any) -> list[str]:
    """XGBoost up to 1.5 kept labels of text apart; they would be lost. OpeningError "needs-own-version"."""
    if isinstance(vars(model).get("_le"), Gone):
        raise not_exact(type(model).__name__)
    return []


def category_encoders(encoder: Any) -> list[str]:
    """category_encoders 2.6.3 to 2.8: rare groups and columns taken together did not exist yet.

    OpeningError "needs-own-version" before that: encoders did not know their input.
    """
    state, done = vars(encoder), []
    if state.get("_dim") is None:
        return []
    if "n_features_in_" not in state:
        raise not_exact(type(encoder).__name__)
    if "min_group_lumping_" not in state:
        encoder.min_group_lumping_ = {}
        done.append(f"{type(encoder).__name__}.min_group_lumping_")
    return done

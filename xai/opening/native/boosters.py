"""The inner boosters of XGBoost, LightGBM and CatBoost, as they are pickled, and the estimator put around them."""

from __future__ import annotations

from typing import Any

from xai.opening.native import catboost_files, lightgbm_files, xgboost_files
from xai.results import Notice

KINDS = ("xgboost.core.Booster", "lightgbm.basic.Booster", "catboost.core.CatBoost")


def is_booster(thing: Any) -> bool:
    """Whether it is one of them itself, not an estimator that holds one."""
    return f"{type(thing).__module__}.{type(thing).__qualname__}" in KINDS


def around(booster: Any) -> tuple[Any, tuple[Notice, ...]]:
    """An estimator of the same library that predicts the same, and what must be said.

    Raises OpeningError: "unknown-objective", "several-outputs", "corrupt-tree".
    """
    kind = f"{type(booster).__module__}.{type(booster).__qualname__}"
    if kind == "xgboost.core.Booster":
        made, notices = xgboost_files.construct(bytes(booster.save_raw("ubj")))
    elif kind == "lightgbm.basic.Booster":
        made, notices = lightgbm_files.construct(booster.model_to_string(num_iteration=-1).encode("utf-8"))
    else:
        made, notices = catboost_files.construct(booster.__getstate__()["__model"])
    return made, (Notice("booster-wrapped", {"library": kind.split(".")[0], "model": type(made).__name__}), *notices)

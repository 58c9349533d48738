"""Everyday pipelines of the libraries around scikit-learn, each where it is installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

from everyday import WORDS, prepared
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

_ENCODERS = (
    "BaseNEncoder",
    "BinaryEncoder",
    "CatBoostEncoder",
    "CountEncoder",
    "GrayEncoder",
    "HashingEncoder",
    "HelmertEncoder",
    "JamesSteinEncoder",
    "LeaveOneOutEncoder",
    "MEstimateEncoder",
    "OneHotEncoder",
    "OrdinalEncoder",
    "QuantileEncoder",
    "RankHotEncoder",
    "SumEncoder",
    "TargetEncoder",
    "WOEEncoder",
)
Recipe = tuple[Callable[[], Any], str, str]


def recipes() -> dict[str, Recipe]:
    """name -> (how to make it, the table's name, the target's name), for the libraries that are here."""
    makers = {
        "xgboost": _xgboost,
        "lightgbm": _lightgbm,
        "catboost": _catboost,
        "imblearn": _imblearn,
        "category_encoders": _category_encoders,
    }
    found: dict[str, Recipe] = {}
    for library, make in makers.items():
        if importlib.util.find_spec(library) is not None:
            found |= make()
    return found


def _xgboost() -> dict[str, Recipe]:
    import xgboost

    few = {"n_estimators": 3, "n_jobs": 1}
    return {
        "xgboost": (lambda: prepared(xgboost.XGBClassifier(**few)), "mixed", "binary"),
        "xgboost_categories": (lambda: xgboost.XGBRegressor(enable_categorical=True, **few), "categories", "number"),
        "xgboost_forest": (lambda: prepared(xgboost.XGBRFClassifier(**few)), "mixed", "binary"),
    }


def _lightgbm() -> dict[str, Recipe]:
    import lightgbm

    few = {"n_estimators": 3, "verbose": -1, "n_jobs": 1}
    return {
        "lightgbm": (lambda: prepared(lightgbm.LGBMClassifier(**few)), "mixed", "words"),
        "lightgbm_categories": (lambda: lightgbm.LGBMRegressor(**few), "categories", "number"),
    }


def _catboost() -> dict[str, Recipe]:
    import catboost

    few = {"iterations": 3, "verbose": 0, "allow_writing_files": False, "thread_count": 1}
    return {
        "catboost": (lambda: catboost.CatBoostClassifier(cat_features=WORDS, **few), "mixed", "binary"),
        "catboost_regression": (lambda: prepared(catboost.CatBoostRegressor(**few)), "mixed", "number"),
    }


def _imblearn() -> dict[str, Recipe]:
    from imblearn.combine import SMOTEENN
    from imblearn.ensemble import BalancedRandomForestClassifier, EasyEnsembleClassifier, RUSBoostClassifier
    from imblearn.over_sampling import SMOTE, RandomOverSampler
    from imblearn.pipeline import make_pipeline
    from imblearn.under_sampling import RandomUnderSampler

    def sampled(sampler: Any) -> Any:
        return make_pipeline(prepared(None)[0], sampler, LogisticRegression())

    return {
        "smote": (lambda: sampled(SMOTE(k_neighbors=3)), "mixed", "binary"),
        "smote_enn": (lambda: sampled(SMOTEENN()), "mixed", "binary"),
        "oversampled": (lambda: sampled(RandomOverSampler()), "mixed", "binary"),
        "undersampled": (lambda: sampled(RandomUnderSampler()), "mixed", "binary"),
        "balanced_forest": (lambda: prepared(BalancedRandomForestClassifier(3)), "mixed", "binary"),
        "easy_ensemble": (lambda: prepared(EasyEnsembleClassifier(2)), "mixed", "binary"),
        "rusboost": (lambda: prepared(RUSBoostClassifier(n_estimators=3)), "mixed", "binary"),
    }


def _category_encoders() -> dict[str, Recipe]:
    import category_encoders

    def encoded(name: str) -> Recipe:
        encoder = getattr(category_encoders, name)
        return lambda: prepared(RandomForestClassifier(3), words=encoder()), "mixed", "binary"

    return {f"encoder_{name}": encoded(name) for name in _ENCODERS}

"""Models of the libraries around scikit-learn, each where its environment has it (Python 3.8)."""

from __future__ import annotations

from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

FEW = {"n_estimators": 8, "max_depth": 4, "random_state": 0}
ENCODERS = {
    "targets": "TargetEncoder",
    "one-hot": "OneHotEncoder",
    "ordinal": "OrdinalEncoder",
    "counts": "CountEncoder",
}


def makers(parts):
    """name -> (how to make it, its target)"""
    found = {
        "XGBoost": (lambda: make_pipeline(parts.by_selector(), xgboost("XGBClassifier")), "flag"),
        "XGBoost, regression": (lambda: make_pipeline(parts.coded_with_gaps(), xgboost("XGBRegressor")), "spent"),
        "LightGBM": (lambda: make_pipeline(parts.by_selector(), lightgbm("LGBMClassifier")), "level"),
        "LightGBM, regression": (lambda: make_pipeline(parts.coded_with_gaps(), lightgbm("LGBMRegressor")), "spent"),
        "imbalanced-learn, SMOTE": (lambda: sampled(parts, LogisticRegression(max_iter=200)), "level"),
        "imbalanced-learn, SMOTE, forest": (lambda: sampled(parts, RandomForestClassifier(**FEW)), "buys"),
        "imbalanced-learn, balanced forest": (lambda: balanced(parts), "buys"),
        "imbalanced-learn, RUSBoost": (lambda: of_imblearn(parts, "RUSBoostClassifier", 6), "level"),
        "imbalanced-learn, easy ensemble": (lambda: of_imblearn(parts, "EasyEnsembleClassifier", 3), "buys"),
    }
    for name, kind in ENCODERS.items():
        found["category_encoders, " + name] = (lambda kind=kind: encoded(parts, kind), "flag")
    return found


def xgboost(kind):
    import xgboost as library

    return getattr(library, kind)(n_estimators=8, max_depth=3, n_jobs=1)


def lightgbm(kind):
    import lightgbm as library

    return getattr(library, kind)(n_estimators=8, num_leaves=7, n_jobs=1, verbose=-1)


def sampled(parts, estimator):
    from imblearn.over_sampling import SMOTE
    from imblearn.pipeline import Pipeline

    return Pipeline([("columns", parts.by_selector()), ("more", SMOTE(random_state=0)), ("model", estimator)])


def balanced(parts):
    from imblearn.ensemble import BalancedRandomForestClassifier as Forest

    drawing = {"sampling_strategy": "all", "replacement": True, "bootstrap": False}
    return make_pipeline(parts.by_selector(), parts.accepted(Forest, **drawing, **FEW))


def of_imblearn(parts, kind, count):
    import imblearn.ensemble

    return make_pipeline(parts.by_selector(), getattr(imblearn.ensemble, kind)(n_estimators=count, random_state=0))


def encoded(parts, kind):
    import category_encoders

    encoder = getattr(category_encoders, kind)(cols=parts.WORDS)
    return make_pipeline(encoder, SimpleImputer(), LogisticRegression())

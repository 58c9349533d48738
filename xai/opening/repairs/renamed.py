"""Parameters, their values, and fitted attributes that only changed their name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# parameter -> what it is called today
PARAMETERS: Mapping[str, str] = {
    "base_estimator": "estimator",  # up to 1.1; both exist up to 1.3
    "sparse": "sparse_output",  # OneHotEncoder up to 1.1
    "n_iter": "max_iter",  # BayesianRidge, ARDRegression up to 1.2
    "affinity": "metric",  # FeatureAgglomeration up to 1.1
    "store_cv_values": "store_cv_results",  # RidgeCV up to 1.4
}
_ONLY = {
    "sparse": ("OneHotEncoder",),
    "n_iter": ("BayesianRidge", "ARDRegression"),
    "affinity": ("AgglomerativeClustering",),
}
# class -> parameter -> value -> what it is called today
VALUES: Mapping[str, Mapping[str, Mapping[Any, Any]]] = {
    "BaseSGD": {"loss": {"log": "log_loss", "squared_loss": "squared_error"}},
    "BaseGradientBoosting": {
        "loss": {"deviance": "log_loss", "ls": "squared_error", "lad": "absolute_error"},
        "criterion": {"mse": "squared_error", "mae": "squared_error"},
    },
    "BaseHistGradientBoosting": {
        "loss": {
            "auto": "log_loss", "binary_crossentropy": "log_loss", "categorical_crossentropy": "log_loss",
            "least_squares": "squared_error", "least_absolute_deviation": "absolute_error",
        },
    },
    "BaseDecisionTree": {"criterion": {"mse": "squared_error", "mae": "absolute_error"}},
    "BaseForest": {"criterion": {"mse": "squared_error", "mae": "absolute_error"}},
    "LogisticRegression": {"penalty": {"none": None}},
}  # fmt: skip
# class -> fitted attribute -> what it is called today
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "BaseEnsemble": {"base_estimator_": "estimator_"},  # up to 1.1
    "SelfTrainingClassifier": {"base_estimator_": "estimator_"},  # up to 1.5
    "_BaseHeterogeneousEnsemble": {"_le": "_label_encoder"},  # up to 1.1: StackingClassifier
    "GaussianNB": {"sigma_": "var_"},  # up to 0.24
    "KernelPCA": {"lambdas_": "eigenvalues_", "alphas_": "eigenvectors_"},  # up to 0.24
    "IsotonicRegression": {"_necessary_X_": "X_thresholds_", "_necessary_y_": "y_thresholds_"},  # up to 0.23
    "BaseLibSVM": {"probA_": "_probA", "probB_": "_probB"},  # 0.22
    "_CalibratedClassifier": {
        "base_estimator": "estimator",  # up to 1.1
        "calibrators_": "calibrators",  # up to 0.23
        "classes_": "classes",
    },
    "BaseHistGradientBoosting": {
        "bin_mapper_": "_bin_mapper", "n_features_": "_n_features", "scorer_": "_scorer",  # up to 0.23
    },
    "BaseSGD": {"loss_function_": "_loss_function_"},  # up to 1.3
    "_PLS": {
        "x_mean_": "_x_mean", "y_mean_": "_y_mean", "x_std_": "_x_std", "y_std_": "_y_std",  # up to 0.23
    },
}  # fmt: skip


def parameters(estimator: Any) -> list[str]:
    """Up to 1.8: parameters that are called differently today, and values that are."""
    state, done = vars(estimator), []
    for old, new in PARAMETERS.items():
        only = _ONLY.get(old)
        concerned = only is None or any(kind.__name__ in only for kind in type(estimator).__mro__)
        if concerned and old in state and new not in state and state[old] not in ("deprecated", "warn"):
            setattr(estimator, new, state[old])
            done.append(f"{type(estimator).__name__}.{old} → {new}")
    for kind in type(estimator).__mro__:
        for name, values in VALUES.get(kind.__name__, {}).items():
            value = state.get(name)
            if type(value) is str and value in values:
                setattr(estimator, name, values[value])
                done.append(f"{type(estimator).__name__}.{name}={value} → {values[value]}")
    return done


def attributes(part: Any) -> list[str]:
    """Up to 1.5: fitted attributes that are called differently today."""
    state, done = vars(part), []
    for kind in type(part).__mro__:
        for old, new in ATTRIBUTES.get(kind.__name__, {}).items():
            if old in state and new not in state:
                state[new] = state.pop(old)
                done.append(f"{type(part).__name__}.{old} → {new}")
    return done

"""Parameters of the constructor that did not exist yet when the file was written."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

_LIBRARIES = ("sklearn", "imblearn", "category_encoders")
# What an estimator did before it had the parameter, where that is not the parameter's default.
FORMER: Mapping[str, Mapping[str, Any]] = {
    "HistGradientBoostingClassifier": {"categorical_features": None, "early_stopping": False},
    "HistGradientBoostingRegressor": {"categorical_features": None, "early_stopping": False},
    "CalibratedClassifierCV": {"ensemble": True},
    "KBinsDiscretizer": {"subsample": None, "quantile_method": "linear"},
    "MDS": {"init": "random"},
}


def former_defaults(estimator: Any) -> list[str]:
    """Up to 1.6: parameters whose default is not what the estimator did before it had them."""
    added = []
    for kind in type(estimator).__mro__:
        for name, value in FORMER.get(kind.__name__, {}).items():
            if name in _parameters(type(estimator)) and name not in vars(estimator):
                setattr(estimator, name, value)
                added.append(f"{type(estimator).__name__}.{name}")
    return added


def new_parameters(estimator: Any) -> list[str]:
    """Up to 1.8, the generic rule: a parameter that did not exist yet gets its default, which changes nothing."""
    added = []
    for name, default in _parameters(type(estimator)).items():
        if name not in vars(estimator) and not hasattr(estimator, name):
            setattr(estimator, name, default)
            added.append(f"{type(estimator).__name__}.{name}")
    return added


@cache
def _parameters(kind: type) -> Mapping[str, Any]:
    """Parameters with their defaults, for the libraries whose constructors only store them."""
    if kind.__module__.split(".")[0] not in _LIBRARIES:
        return {}
    found = inspect.signature(kind.__init__).parameters
    return {name: each.default for name, each in found.items() if name != "self" and each.default is not each.empty}

"""Tree ensembles of every family for the tests, and Shapley values by brute force over the columns that they use."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
from pipelines import mixtures
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

TASKS = ("binary", "multiclass", "regression")
FAMILIES = (
    *("tree", "forest", "extra trees", "boosting", "histogram", "adaboost"),
    *("bagging", "bagging of forests", "voting", "xgboost", "lightgbm", "catboost"),
)
SCORES = ("boosting", "histogram", "adaboost", "xgboost", "lightgbm", "catboost")  # whose classifiers add up in margins
SINGLE = 3e-6  # XGBoost adds up in single precision
_FEW = {"n_estimators": 7, "random_state": 0}


def made(family: str, task: str) -> Any:
    """A small estimator of a family, not fitted. Imports of libraries that are not installed raise ImportError."""
    numbers = task == "regression"
    if family == "tree":
        return (DecisionTreeRegressor if numbers else DecisionTreeClassifier)(max_depth=6, random_state=0)
    if family == "forest":
        return (RandomForestRegressor if numbers else RandomForestClassifier)(max_depth=6, **_FEW)
    if family == "extra trees":
        return (ExtraTreesRegressor if numbers else ExtraTreesClassifier)(max_depth=6, **_FEW)
    if family == "boosting":
        return (GradientBoostingRegressor if numbers else GradientBoostingClassifier)(**_FEW)
    if family == "histogram":
        return (HistGradientBoostingRegressor if numbers else HistGradientBoostingClassifier)(max_iter=7)
    if family == "adaboost":
        return AdaBoostClassifier(DecisionTreeClassifier(max_depth=3, random_state=0), **_FEW)
    if family == "bagging":  # some members never see the rarest class
        return (BaggingRegressor if numbers else BaggingClassifier)(max_features=0.7, max_samples=0.2, **_FEW)
    if family == "bagging of forests":
        forest = (RandomForestRegressor if numbers else RandomForestClassifier)(3, max_depth=4, random_state=0)
        return (BaggingRegressor if numbers else BaggingClassifier)(forest, n_estimators=3, random_state=0)
    if family == "voting":
        members = [(name, made(name, task)) for name in ("tree", "forest", "extra trees")]
        if numbers:
            return VotingRegressor([*members, ("histogram", made("histogram", task))], weights=[1, 2, 3, 0.5])
        return VotingClassifier(members, voting="soft", weights=[1, 2, 3])
    return _other(family, numbers)


def _other(family: str, numbers: bool) -> Any:
    if family == "xgboost":
        import xgboost

        return (xgboost.XGBRegressor if numbers else xgboost.XGBClassifier)(max_depth=4, **_FEW)
    if family == "lightgbm":
        import lightgbm

        kind = lightgbm.LGBMRegressor if numbers else lightgbm.LGBMClassifier
        return kind(min_child_samples=5, verbose=-1, **_FEW)
    import catboost

    kind = catboost.CatBoostRegressor if numbers else catboost.CatBoostClassifier
    return kind(depth=3, verbose=0, allow_writing_files=False, **_FEW)


def wide(columns: int, rows: int = 120, gaps: bool = False) -> pd.DataFrame:
    """Float columns c0, c1, …, some of their values missing."""
    random = np.random.default_rng(columns)
    frame = pd.DataFrame(random.normal(size=(rows, columns)), columns=[f"c{k}" for k in range(columns)])
    return frame.mask(random.random(frame.shape) < 0.1) if gaps else frame


def answers(frame: pd.DataFrame, task: str) -> np.ndarray:
    """A target with interactions of up to three columns."""
    filled = frame.fillna(0.3).to_numpy()
    first, second, third = filled[:, 0], filled[:, -1], filled[:, filled.shape[1] // 2]
    number = first * second + np.sin(2 * third) + first
    if task == "regression":
        return number
    return np.digitize(number, np.quantile(number, [0.5] if task == "binary" else [0.4, 0.75]))


def brute_force(
    outputs: Callable[[pd.DataFrame], np.ndarray], background: pd.DataFrame, row: pd.DataFrame, used: list[int]
) -> np.ndarray:
    """(C, K) Shapley values by the sum over all coalitions of the used columns; all others are dummies and have 0."""
    coalitions, mixed = mixtures(background, row, used)
    said = np.asarray(outputs(mixed), dtype=float)
    worth = dict(zip(coalitions, said.reshape(len(coalitions), len(background), -1).mean(axis=1), strict=True))
    found = np.zeros((background.shape[1], next(iter(worth.values())).size))
    for player, place in enumerate(used):
        for coalition, value in worth.items():
            if not coalition[player]:
                size = sum(coalition)
                weight = factorial(size) * factorial(len(used) - size - 1) / factorial(len(used))
                joined = (*coalition[:player], True, *coalition[player + 1 :])
                found[place] += weight * (worth[joined] - value)
    return found


def used_columns(outputs: Callable[[pd.DataFrame], np.ndarray], frame: pd.DataFrame, times: int = 3) -> list[int]:
    """The columns that can change an output at all, found by shuffling each of them a few times."""
    random = np.random.default_rng(0)
    shuffled = np.tile(frame.to_numpy(), (times * frame.shape[1], 1, 1))
    for place, table in enumerate(shuffled):
        table[:, place // times] = random.permutation(table[:, place // times])
    said = np.asarray(outputs(pd.DataFrame(shuffled.reshape(-1, frame.shape[1]), columns=frame.columns)))
    changed = (said.reshape(frame.shape[1], times, -1) != np.ravel(outputs(frame))).any(axis=(1, 2))
    return np.flatnonzero(changed).tolist()


def margin_of(family: str, model: Any) -> Callable[[Any], np.ndarray]:
    """The scores of a fitted classifier, one column for each class, by the library's own means."""
    asked = {"xgboost": {"output_margin": True}, "lightgbm": {"raw_score": True}}.get(family)

    def margin(rows: Any) -> np.ndarray:
        if family == "catboost":
            found = model.predict(rows, prediction_type="RawFormulaVal")
        else:
            found = model.decision_function(rows) if asked is None else model.predict(rows, **asked)
        found = np.asarray(found, dtype=float)
        return np.column_stack([-found, found]) if found.ndim == 1 else found

    return margin

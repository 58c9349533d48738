"""Small data and fitted models that the tests of the engine share, and SHAP values by brute force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from xai.explainer import Explainer

BACKGROUND, ROW = 8, 3
NUMBERS, WORDS = ["age", "income"], ["city", "job", "owner"]

FOREST = RandomForestClassifier(12, max_depth=5, random_state=0)
ONE_HOT = OneHotEncoder(handle_unknown="ignore", sparse_output=False)


def people(rows: int = 160, seed: int = 0) -> pd.DataFrame:
    """Integers, floats with gaps, text in both of pandas' types with gaps, booleans, a categorical column."""
    random = np.random.default_rng(seed)
    income = random.lognormal(10, 0.5, rows).round(1)
    income[::11] = np.nan
    city = pd.Series(random.choice(["Berlin", "Köln", "Ulm", "Ost-Ende"], rows, p=[0.4, 0.3, 0.2, 0.1]), dtype="str")
    city[::13] = None
    job = pd.Series(random.choice(["cook", "clerk", "pilot"], rows), dtype=object)
    job[::17] = np.nan
    return pd.DataFrame(
        {
            "age": random.integers(18, 80, rows),
            "income": income,
            "city": city,
            "job": job,
            "owner": random.random(rows) < 0.4,
            "region": pd.Categorical(random.choice(["north", "south", "west"], rows)),
        }
    )


def wealth(frame: pd.DataFrame) -> np.ndarray:
    """A number that depends on every column, with interactions."""
    wealth = 0.04 * frame["age"] + np.log(frame["income"].fillna(20_000)) - 8
    wealth += 1.5 * (frame["city"] == "Ulm").to_numpy() * frame["owner"].to_numpy()
    wealth += np.where(frame["job"] == "pilot", 1.0, 0.0) - np.where(frame["region"] == "west", 0.7, 0.0)
    return wealth.to_numpy(float)


def two_classes(frame: pd.DataFrame) -> np.ndarray:
    return np.where(wealth(frame) > np.median(wealth(frame)), "rich", "poor")


def three_classes(frame: pd.DataFrame) -> np.ndarray:
    low, high = np.quantile(wealth(frame), [0.3, 0.7])
    return np.select([wealth(frame) < low, wealth(frame) > high], ["low", "top"], "mid")


TARGETS: dict[str, Callable[[pd.DataFrame], np.ndarray]] = {
    "binary": two_classes,
    "multiclass": three_classes,
    "regression": wealth,
}


def columns(words: Any = None, **options: Any) -> ColumnTransformer:
    """The usual preprocessing: numbers imputed and scaled, words and the category one-hot."""
    encoder = OneHotEncoder(handle_unknown="ignore") if words is None else words
    return make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
        (encoder, [*WORDS, "region"]),
        **options,
    )


def piped(estimator: Any, task: str, preprocessing: Any = None, frame: pd.DataFrame | None = None) -> Pipeline:
    """A fitted copy of `estimator` behind a preprocessing (default: `columns()`)."""
    frame = people() if frame is None else frame
    pipeline = make_pipeline(columns() if preprocessing is None else preprocessing, estimator)
    return clone(pipeline).fit(frame, TARGETS[task](frame))


def numbers(rows: int = 160, seed: int = 1) -> pd.DataFrame:
    """Four float columns whose values are exact in single precision."""
    random = np.random.default_rng(seed)
    return pd.DataFrame((random.normal(size=(rows, 4)) * 64).round() / 64, columns=["a", "b", "c", "d"])


def curved(frame: pd.DataFrame) -> np.ndarray:
    a, b, c, d = (frame[name].to_numpy() for name in "abcd")
    return a * b + np.sin(2 * c) + 0.5 * d


def mixtures(
    background: pd.DataFrame, row: pd.DataFrame, players: Sequence[int] | None = None
) -> tuple[list[tuple[bool, ...]], pd.DataFrame]:
    """All coalitions of the players (default: every column), and below each other the background with the coalition's
    columns from `row`."""
    players = range(background.shape[1]) if players is None else players
    coalitions = list(product([False, True], repeat=len(players)))
    rows = len(background)
    both = pd.concat([background, row[background.columns]], ignore_index=True)
    places = np.tile(np.arange(rows), len(coalitions))
    joined = dict(zip(players, np.repeat(np.array(coalitions), rows, axis=0).T, strict=True))
    mixed = {
        name: both[name].take(np.where(joined[k], rows, places) if k in joined else places).reset_index(drop=True)
        for k, name in enumerate(background.columns)
    }
    return coalitions, pd.DataFrame(mixed)


def brute_force(
    outputs: Callable[[pd.DataFrame], np.ndarray], background: pd.DataFrame, row: pd.DataFrame
) -> np.ndarray:
    """(C, K) Shapley values by their definition: the mean over all orders of what each column adds on entering."""
    coalitions, mixed = mixtures(background, row)
    said = np.asarray(outputs(mixed), dtype=float)
    said = said.reshape(len(coalitions), len(background), -1).mean(axis=1)
    worth = dict(zip(coalitions, said, strict=True))
    players = range(background.shape[1])
    total = np.zeros((len(players), said.shape[1]))
    orders = list(permutations(players))
    for order in orders:
        present = [False] * len(players)
        for player in order:
            before = worth[tuple(present)]
            present[player] = True
            total[player] += worth[tuple(present)] - before
    return total / len(orders)


def outputs_of(estimator: Any) -> Callable[[pd.DataFrame], np.ndarray]:
    """What the whole estimator says, asked as its user would."""
    if hasattr(estimator, "predict_proba"):
        return estimator.predict_proba
    if hasattr(estimator, "decision_function"):
        return lambda frame: two_columns(estimator.decision_function(frame))
    return lambda frame: np.asarray(estimator.predict(frame)).reshape(-1, 1)


def two_columns(margin: np.ndarray) -> np.ndarray:
    return np.column_stack([-margin, margin]) if margin.ndim == 1 else margin


def assert_exact(estimator: Any, frame: pd.DataFrame, algorithm: str, precision: float = 1e-9) -> Explainer:
    """Every class: contributions equal brute force, add up to the real output, and name their algorithm."""
    explainer = Explainer(estimator, frame, background=frame.iloc[20 : 20 + BACKGROUND])
    row = frame.iloc[[ROW]].reset_index(drop=True)
    outputs = outputs_of(estimator)
    expected = brute_force(outputs, explainer.background, row)
    real = np.asarray(outputs(row)).ravel()
    for position, label in enumerate(explainer.model.classes or [None]):
        found = explainer.explain(row=ROW, target_class=label)
        limit = precision * max(1.0, float(np.abs(real).max()))
        np.testing.assert_allclose(found.values, expected[:, position], rtol=0, atol=limit)
        assert found.base + found.values.sum() == pytest.approx(real[position], rel=1e-6, abs=limit)
        assert found.prediction == pytest.approx(real[position], rel=1e-12)
        assert found.algorithm == algorithm
        assert found.columns == tuple(frame.columns)
        additivity = next(measure for measure in found.trust.measures if measure.code == "additivity")
        assert additivity.verdict == "solid"
    return explainer

"""The workload of the benchmarks: one wide table with text and gaps, and the models that learned from it.

30,000 rows × 14 original columns (6 numbers, 8 of text; three of them with 3 % missing) become 84 encoded columns.
Everything is seeded: two runs measure the same work.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, StackingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

ROWS, BACKGROUND, SEED = 30_000, 100, 0
NUMBERS = ("age", "income", "debt", "tenure", "score", "visits")
LEVELS = {
    "region": 16,
    "job": 14,
    "branch": 12,
    "product": 10,
    "channel": 9,
    "education": 7,
    "housing": 6,
    "contract": 4,
}
GAPS = ("income", "score", "job")
TARGET = "outcome"
SLOW_TO_FIT = {"svc": 5_000}  # rows it learns from, where not all


@dataclass(frozen=True)
class Workload:
    """A fitted pipeline and its table (with the target)."""

    name: str
    pipeline: Pipeline
    frame: pd.DataFrame

    @property
    def inputs(self) -> pd.DataFrame:
        return self.frame.drop(columns=TARGET)

    @property
    def background(self) -> pd.DataFrame:
        """The rows that explanations compare with."""
        return self.inputs.sample(BACKGROUND, random_state=SEED).reset_index(drop=True)


@cache
def workload(name: str) -> Workload:
    """The workload of one model: rf8, rf, hgb, lr, mlp, svc or stack. KeyError for another."""
    frame = table()
    learned = frame.head(SLOW_TO_FIT.get(name, ROWS))
    pipeline = make_pipeline(preprocessing(), clone(estimators()[name]))
    return Workload(name, pipeline.fit(learned.drop(columns=TARGET), learned[TARGET]), frame)


@cache
def table(rows: int = ROWS) -> pd.DataFrame:
    """Numbers of different shapes, text of different widths, and an outcome that depends on all of them."""
    random = np.random.default_rng(SEED)
    age = random.integers(18, 85, rows)
    income = random.lognormal(10.4, 0.6, rows).round(2)
    frame = pd.DataFrame(
        {
            "age": age,
            "income": income,
            "debt": (random.gamma(1.2, 8_000, rows) + 0.1 * income).round(2),
            "tenure": random.exponential(6, rows).round(1),
            "score": random.normal(600, 90, rows).round(0),
            "visits": random.poisson(4, rows),
            **{name: _text(name, count, rows, random) for name, count in LEVELS.items()},
        }
    )
    chance = 1 / (1 + np.exp(-_log_odds(frame, random)))
    outcome = np.where(random.random(rows) < chance, "yes", "no")
    for name in GAPS:
        frame.loc[random.random(rows) < 0.03, name] = None
    return frame.assign(**{TARGET: outcome})


def preprocessing() -> Any:
    """Imputed and scaled numbers, imputed and one-hot encoded text."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    text = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    )
    return make_column_transformer((numbers, list(NUMBERS)), (text, list(LEVELS)))


def estimators() -> dict[str, Any]:
    """Unfitted, by the names they have in the tables."""
    linear = LogisticRegression(max_iter=2_000)
    return {
        "rf8": RandomForestClassifier(200, max_depth=8, random_state=SEED),
        "rf": RandomForestClassifier(200, random_state=SEED),
        "hgb": HistGradientBoostingClassifier(random_state=SEED),
        "lr": linear,
        "mlp": MLPClassifier((64, 32), max_iter=30, random_state=SEED),
        "svc": SVC(probability=True, random_state=SEED),
        "stack": StackingClassifier(
            [("forest", RandomForestClassifier(50, max_depth=8, random_state=SEED)), ("linear", linear)], linear, cv=3
        ),
    }


def _text(name: str, count: int, rows: int, random: np.random.Generator) -> pd.Series:
    """Unequally frequent values, as text columns have them."""
    share = 1 / np.arange(1, count + 1) ** 0.7
    values = [f"{name} {chr(65 + k)}" for k in range(count)]
    return pd.Series(random.choice(values, rows, p=share / share.sum()), dtype="str")


def _log_odds(frame: pd.DataFrame, random: np.random.Generator) -> np.ndarray:
    numbers = frame[list(NUMBERS)].astype(float)
    scaled = ((numbers - numbers.mean()) / numbers.std()).to_numpy()
    weights = {name: random.normal(0, 0.5, count) for name, count in LEVELS.items()}
    text = sum(weights[name][pd.factorize(frame[name], sort=True)[0]] for name in LEVELS)
    return scaled @ [0.5, -0.7, 0.6, -0.4, -0.8, 0.2] + text + 0.6 * scaled[:, 0] * scaled[:, 4] - 0.5

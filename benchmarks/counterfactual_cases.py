"""What the counterfactual benchmark asks: models, cases, constraints; and who judges the answers.

The judge knows pandas and the fitted pipeline only, and treats every method alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TABLE, TARGET, WANTED = Path(__file__).parents[1] / "models" / "credit.csv", "decision", "granted"
SEED = 7_041_776  # fixed before the first run, and used nowhere else
FAMILIES = {
    "logistic regression": LogisticRegression(max_iter=1_000),
    "random forest": RandomForestClassifier(200, max_depth=8, random_state=0),
    "gradient boosting": HistGradientBoostingClassifier(random_state=0),
    "neural network": MLPClassifier((32, 16), max_iter=400, random_state=0),
}
SETTINGS = ("all columns free", "half of them fixed")


@dataclass(frozen=True)
class Asked:
    """One question: a row, the class it should get, and the columns that must stay."""

    row: pd.DataFrame  # (1, C)
    desired: int
    keep: tuple[str, ...]


@cache
def table() -> pd.DataFrame:
    """2,000 rows of six numbers and three categories less the target: without gaps, which DiCE could not take."""
    return pd.read_csv(TABLE)


def inputs() -> pd.DataFrame:
    return table().drop(columns=TARGET)


@cache
def fitted(family: str) -> Pipeline:
    """A pipeline whose classes are 0 and 1, which DiCE understands best."""
    frame = inputs()
    text = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    numbers = [name for name in frame if name not in text]
    columns = make_column_transformer(
        (StandardScaler(), numbers), (OneHotEncoder(handle_unknown="ignore", sparse_output=False), text)
    )
    return make_pipeline(columns, FAMILIES[family]).fit(frame, (table()[TARGET] == WANTED).astype(int))


def questions(family: str, setting: str, count: int) -> list[Asked]:
    """Rows drawn at random, each to get the other class; the fixed columns are drawn for each row."""
    frame, model = inputs(), fitted(family)
    random = np.random.default_rng([SEED, list(FAMILIES).index(family), SETTINGS.index(setting)])
    asked = []
    for place in random.choice(len(frame), count, replace=False):
        row = frame.iloc[[place]].reset_index(drop=True)
        fixed = random.choice(frame.columns, len(frame.columns) // 2, replace=False)
        keep = () if setting == SETTINGS[0] else tuple(sorted(fixed))
        asked.append(Asked(row, 1 - int(model.predict(row)[0]), keep))
    return asked


def valid(rows: pd.DataFrame, asked: Asked, model: Pipeline) -> pd.DataFrame:
    """The rows, each once, with the wanted class, the fixed columns kept, whole numbers whole, categories known."""
    frame = inputs()
    if not len(rows):
        return frame.iloc[:0]
    try:
        rows = rows[list(frame)].astype(frame.dtypes.to_dict()).drop_duplicates()
    except (ValueError, TypeError):  # a fraction where only whole numbers are, or a text where a number should be
        return frame.iloc[:0]
    kept = (rows[list(asked.keep)] == asked.row[list(asked.keep)].iloc[0]).all(axis=1)
    known = np.ones(len(rows), dtype=bool)
    for name in frame:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            known &= rows[name].isin(frame[name].unique()).to_numpy()
    return rows[kept.to_numpy() & known & (model.predict(rows) == asked.desired)]


def distances(rows: pd.DataFrame, asked: Asked) -> np.ndarray:
    """(R,) numbers in median absolute deviations (standard deviations where that is zero), plus changed categories."""
    total = np.zeros(len(rows))
    for name, scale in _scales().items():
        own = asked.row[name].iloc[0]
        total += (rows[name] != own) if scale is None else ((rows[name] - own) / scale).abs()
    return total


def changes(rows: pd.DataFrame, asked: Asked) -> np.ndarray:
    """(R,) how many columns differ."""
    return (rows != asked.row.iloc[0]).sum(axis=1).to_numpy()


def kinds(rows: pd.DataFrame, asked: Asked) -> int:
    """How many different sets of columns the rows change."""
    return len((rows != asked.row.iloc[0]).drop_duplicates())


def enough_alone(asked: Asked, model: Pipeline) -> int:
    """Brute force: how many of the free columns have a value in the data that is enough, with nothing else changed."""
    found = 0
    for name in set(asked.row) - set(asked.keep):
        values = inputs()[name].unique()
        trial = pd.concat([asked.row] * len(values), ignore_index=True).assign(**{name: values})
        found += int((model.predict(trial) == asked.desired).any())
    return found


@cache
def _scales() -> Mapping[str, Any]:
    frame, found = inputs(), {}
    for name in frame:
        values = frame[name]
        number = pd.api.types.is_numeric_dtype(values)
        found[name] = ((values - values.median()).abs().median() or values.std()) if number else None
    return found

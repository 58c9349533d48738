"""The table that benchmarks of explanations work on: 30,000 rows, 14 columns, about 84 once they are encoded."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

ROWS, BACKGROUND = 30_000, 100
NUMBERS = [f"number {k}" for k in range(6)]
WORDS = {"word 0": 3, "word 1": 5, "word 2": 8, "word 3": 12, "word 4": 20, "word 5": 4, "word 6": 10, "word 7": 16}


def made(rows: int = ROWS, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Six numbers and eight columns of text, three of these columns with 3 % missing; a target of two classes.

    The numbers are exact in single precision: `shap` compares them as they are with thresholds that scikit-learn chose
    for single precision, and is right only where that makes no difference.
    """
    random = np.random.default_rng(seed)
    columns = {
        name: np.rint(1024 * (random.normal(size=rows) if place % 2 else random.lognormal(size=rows))) / 1024
        for place, name in enumerate(NUMBERS)
    }
    for name, count in WORDS.items():
        values = np.array([f"v{k}" for k in range(count)], dtype=object)
        columns[name] = random.choice(values, size=rows, p=random.dirichlet(np.full(count, 2.0)))
    frame = pd.DataFrame(columns)
    score = 0.6 * frame["number 0"] + frame["number 1"] * (frame["word 0"] == "v1") + np.sin(2 * frame["number 2"])
    score += 1.2 * (frame["word 1"] == "v2") + 0.5 * frame["number 5"] * frame["number 1"]
    score += 0.8 * frame["word 3"].isin(["v1", "v4"]) + random.normal(scale=0.7, size=rows)
    for name in ("number 0", "number 3", "word 2"):
        frame.loc[random.random(rows) < 0.03, name] = np.nan
    return frame, (score > score.median()).astype(int).to_numpy()


def preprocessing() -> ColumnTransformer:
    """Imputed numbers, and imputed one-hot words. Trees need no scaling."""
    words = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(sparse_output=False, handle_unknown="ignore"),
    )
    return make_column_transformer((SimpleImputer(strategy="median"), NUMBERS), (words, list(WORDS)))

"""What is said about the neighbours of a row, by whichever shortcut, is what the model says about them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import TARGETS, WORDS, columns, people
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder
from tree_models import made

from xai.attribution.background import Background
from xai.attribution.neighbourhood import neighbourhood
from xai.attribution.neighbours import draw
from xai.attribution.neighbours_asked import said_about
from xai.data import dataset
from xai.model import Model


def natively() -> Any:
    """Histogram boosting that splits the words by category itself, behind codes for them."""
    coded = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    words = make_column_transformer((coded, [*WORDS, "region"]), remainder="passthrough")
    return make_pipeline(words, HistGradientBoostingClassifier(max_iter=12, categorical_features=[0, 1, 2, 3]))


def with_a_constant() -> Any:
    """The sign of an age is the same in every row; its root is no formula that is known."""
    usual = [(step, list(names)) for _, step, names in columns().transformers]
    more = [(FunctionTransformer(np.cbrt), ["age"]), (FunctionTransformer(np.sign), ["age"])]
    return make_pipeline(make_column_transformer(*usual, *more), made("forest", "binary"))


PIPELINES = {
    "forest": lambda: make_pipeline(columns(), made("forest", "binary")),
    "boosting": lambda: make_pipeline(columns(), made("boosting", "binary")),
    "histogram": lambda: make_pipeline(columns(OrdinalEncoder()), made("histogram", "binary")),
    "native categories": natively,
    "constant column": with_a_constant,
    "bagging": lambda: make_pipeline(columns(), made("bagging", "binary")),
    "linear": lambda: make_pipeline(columns(), LogisticRegression()),
}


@pytest.mark.parametrize("kind", PIPELINES)
def test_neighbours_hear_what_the_model_says(kind: str, compiled, filled: pd.DataFrame):
    outcome = TARGETS["binary"](filled)
    model = Model(PIPELINES[kind]().fit(filled, outcome), tuple(filled.columns)).prepare(filled)
    data, background = dataset(filled, filled.columns), Background(model, filled.iloc[:40])
    assert model.encoding is not None
    assert (background.compiled is None) == (kind == "linear")
    for place in (50, 77):
        row = filled.iloc[[place]].reset_index(drop=True)
        around = neighbourhood(data, background, row)
        rows = draw(around, 300, seed=place).rows
        said = said_about(background, around, row, rows)
        np.testing.assert_allclose(said.neighbours, model.predict(around.frame(rows)), rtol=0, atol=1e-12)
        np.testing.assert_allclose(said.row, model.predict(row)[0], rtol=0, atol=1e-12)
        assert said.label == model.answer(row)[0]


@pytest.fixture
def filled() -> pd.DataFrame:
    """People without gaps in text, which some of these encoders do not take."""
    frame = people()
    return frame.assign(city=frame["city"].fillna("Ulm"), job=frame["job"].fillna("cook"))

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
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import SVR
from tree_models import made

from xai.attribution.adding import adding
from xai.attribution.background import Background
from xai.attribution.neighbourhood import neighbourhood
from xai.attribution.neighbours import draw
from xai.attribution.neighbours_asked import said_about
from xai.attribution.recombining import Recombining
from xai.data import Dataset, dataset
from xai.errors import QuestionError
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
    "network": lambda: make_pipeline(columns(), MLPClassifier((9, 4), max_iter=200, random_state=0)),
    "naive Bayes": lambda: make_pipeline(columns(), GaussianNB()),
    "support vectors": lambda: make_pipeline(columns(), SVR()),
    "scaled again": lambda: make_pipeline(columns(), StandardScaler(with_mean=False), LogisticRegression()),
}
INSIDE = {"linear": LogisticRegression, "forest": lambda: made("forest", "binary")}
ADDED = ("linear", "network", "naive Bayes", "scaled again")


@pytest.mark.parametrize("kind", PIPELINES)
def test_neighbours_hear_what_the_model_says(kind: str, compiled, filled: pd.DataFrame):
    outcome = TARGETS["regression" if kind == "support vectors" else "binary"](filled)
    model = Model(PIPELINES[kind]().fit(filled, outcome), tuple(filled.columns)).prepare(filled)
    data, background = dataset(filled, filled.columns), Background(model, filled.iloc[:40])
    assert model.encoding is not None
    assert (background.compiled is None) == (kind in (*ADDED, "support vectors"))
    assert (adding(model.encoding.lean, recombining_of(data, background, filled)) is not None) == (kind in ADDED)
    for place in (50, 77):
        row = filled.iloc[[place]].reset_index(drop=True)
        around = neighbourhood(data, background, row)
        rows = draw(around, 300, seed=place).rows
        said = said_about(background, around, row, [rows])
        np.testing.assert_allclose(said.neighbours, model.predict(around.frame(rows)), rtol=0, atol=1e-12)
        np.testing.assert_allclose(said.row, model.predict(row)[0], rtol=0, atol=1e-12)
        assert said.label == model.answer(row)[0]


@pytest.mark.parametrize("kind", ["forest", "histogram", "linear"])
def test_unusual_rows_leave_nothing_behind_for_usual_ones(kind: str, compiled, filled: pd.DataFrame):
    """A city that no other row of the background has, half a year, no income: each between the same usual rows."""
    frame = filled.assign(city=filled["city"].where(filled.index != 120, "Nirgendwo"))
    outcome = TARGETS["binary"](frame)
    model = Model(PIPELINES[kind]().fit(frame, outcome), tuple(frame.columns)).prepare(frame)
    data, background = dataset(frame, frame.columns), Background(model, frame.iloc[:40])
    usual, kinds = frame.iloc[[50]].reset_index(drop=True), []
    half, poor = usual.assign(age=usual["age"] + 0.5), usual.assign(income=np.nan)
    for row in (usual, frame.iloc[[120]].reset_index(drop=True), usual, half, poor, frame.iloc[[77]], usual):
        row = row.reset_index(drop=True)
        around = neighbourhood(data, background, row)
        rows = draw(around, 200, seed=1).rows
        said = said_about(background, around, row, [rows])
        np.testing.assert_allclose(said.neighbours, model.predict(around.frame(rows)), rtol=0, atol=1e-12)
        np.testing.assert_allclose(said.row, model.predict(row)[0], rtol=0, atol=1e-12)
        kinds.append(Recombining(background, around, row).kind)
    assert kinds[0] is not None  # what is known about such rows is kept
    assert kinds[0] == kinds[2] == kinds[5] == kinds[6]
    assert kinds[1] is kinds[3] is None


def recombining_of(data: Dataset, background: Background, frame: pd.DataFrame) -> Recombining:
    row = frame.iloc[[50]].reset_index(drop=True)
    return Recombining(background, neighbourhood(data, background, row), row)


@pytest.mark.parametrize("kind", INSIDE)
def test_a_threshold_of_its_own_decides_the_answer(kind: str, compiled, filled: pd.DataFrame):
    """The outputs are those of the estimator inside, the answer is not the class with the largest one."""
    cautious = FixedThresholdClassifier(INSIDE[kind](), threshold=0.95, response_method="predict_proba")
    outcome = TARGETS["binary"](filled)
    model = Model(make_pipeline(columns(), cautious).fit(filled, outcome), tuple(filled.columns)).prepare(filled)
    data, background = dataset(filled, filled.columns), Background(model, filled.iloc[:40])
    answers, likeliest = [], []
    for place in range(30):
        row = filled.iloc[[place]].reset_index(drop=True)
        said = said_about(background, neighbourhood(data, background, row), row, [np.empty((0, len(filled.columns)))])
        answers.append(said.label == model.answer(row)[0])
        likeliest.append(said.label == model.classes[said.row.argmax()])
    assert all(answers)
    assert not all(likeliest)


def test_values_without_a_number_are_left_to_the_model(filled: pd.DataFrame):
    """The root of an age below zero is none: the model refuses it, and so does whatever stands for the model."""
    roots = make_column_transformer((FunctionTransformer(np.sqrt), ["age"]), (OneHotEncoder(), ["city"]))
    frame = filled[["age", "city"]].assign(age=filled["age"].abs().fillna(1.0))
    outcome = TARGETS["binary"](filled)
    model = Model(make_pipeline(roots, LogisticRegression()).fit(frame, outcome), ("age", "city")).prepare(frame)
    data, background = dataset(frame, frame.columns), Background(model, frame.iloc[:40])
    row = frame.iloc[[50]].reset_index(drop=True)
    around = neighbourhood(data, background, row)
    rows = draw(around, 300, seed=0).rows
    rows[5, 0] = -1.0
    with pytest.raises(QuestionError, match="model-refused"):
        said_about(background, around, row, [rows])


@pytest.fixture
def filled() -> pd.DataFrame:
    """People without gaps in text, which some of these encoders do not take."""
    frame = people()
    return frame.assign(city=frame["city"].fillna("Ulm"), job=frame["job"].fillna("cook"))

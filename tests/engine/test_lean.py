"""Lean predictions and encodings are the estimator's and the preprocessing's own numbers, or they are not used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import TARGETS, columns, people, piped
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC

from xai.attribution.blends import Built, beside
from xai.attribution.coalitions import Coalitions, Pairs
from xai.explainer import Explainer
from xai.lean import Linear, lean, verified

SMALL = {"max_iter": 40, "random_state": 0}
TREES = RandomForestClassifier(5, max_depth=4, random_state=0)
ESTIMATORS: dict[str, tuple[Any, str, str]] = {
    "logistic regression": (LogisticRegression(), "binary", "predict_proba"),
    "logistic regression, its margin": (LogisticRegression(), "multiclass", "decision_function"),
    "multinomial": (LogisticRegression(), "multiclass", "predict_proba"),
    "least squares": (LinearRegression(), "regression", "predict"),
    "ridge": (Ridge(), "regression", "predict"),
    "linear support vectors": (LinearSVC(), "binary", "decision_function"),
    "naive Bayes": (GaussianNB(), "multiclass", "predict_proba"),
    "network": (MLPClassifier((6, 5), **SMALL), "multiclass", "predict_proba"),
    "network, logistic": (MLPClassifier((6,), activation="logistic", **SMALL), "binary", "predict_proba"),
    "network of numbers": (MLPRegressor(hidden_layer_sizes=(6,), activation="tanh", **SMALL), "regression", "predict"),
    "support vectors": (SVC(), "binary", "decision_function"),
    "support vectors of numbers": (SVR(), "regression", "predict"),
    "behind a scaler": (make_pipeline(MinMaxScaler(), LogisticRegression()), "binary", "predict_proba"),
    "calibrated": (CalibratedClassifierCV(LinearSVC(), cv=2), "multiclass", "predict_proba"),
    "stacked": (StackingClassifier([("t", TREES), ("l", LogisticRegression())], cv=2), "binary", "predict_proba"),
    "voting": (VotingClassifier([("b", GaussianNB()), ("l", LogisticRegression())], voting="soft"), "multiclass", ""),
}
WANTED = {"predict_proba": "probability", "decision_function": "margin", "predict": "value", "": "probability"}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", ESTIMATORS)
def test_the_numbers_are_the_estimators_own(name: str):
    estimator, task, method = ESTIMATORS[name]
    pipeline = piped(estimator, task, columns(sparse_threshold=0))
    matrix = pipeline[0].transform(people(90, seed=5))
    found = lean(pipeline[-1], WANTED[method])
    assert found is not None
    expected = np.asarray(getattr(pipeline[-1], method or "predict_proba")(matrix))
    if expected.ndim == 1:
        expected = np.column_stack([-expected, expected]) if WANTED[method] == "margin" else expected[:, None]
    np.testing.assert_allclose(found.predict(matrix), expected, rtol=0, atol=1e-12 * max(1, np.abs(expected).max()))


def test_rows_along_an_order_are_those_the_estimator_is_asked_about():
    """The first column of the row, its first two, …, and then what each of these leaves to the background."""
    random = np.random.default_rng(0)
    background, explained = random.normal(size=(5, 6)), random.normal(size=(2, 6))
    network = MLPClassifier((4,), max_iter=20, random_state=0).fit(background, [0, 1, 0, 1, 1])
    owners = np.array([0, 0, 1, 2, 3, 3])
    first = np.tril(np.ones((3, 4), dtype=bool))
    orders = np.array([random.permutation(4) for _ in range(7)])
    pairs = Pairs(random.integers(2, size=7), random.integers(5, size=7), orders)
    walk = Coalitions(pairs, np.concatenate([first, ~first]), "walk")
    found = beside(lean(network, "probability"), background, owners, 4)(explained).outcomes([walk])[0]
    asked = Built(network.predict_proba, explained, background, owners, 4).outcomes([walk])[0]
    np.testing.assert_allclose(found, asked, atol=1e-12)


def test_a_subclass_may_predict_in_a_way_of_its_own():
    class Doubled(LinearRegression):
        def predict(self, rows):
            return 2 * super().predict(rows)

    pipeline = piped(Doubled(), "regression", columns(sparse_threshold=0))
    assert lean(pipeline[-1], "value") is None
    matrix = pipeline[0].transform(people())
    claimed = lean(LinearRegression().fit(matrix, TARGETS["regression"](people())), "value")
    assert isinstance(claimed, Linear)
    assert verified(claimed, matrix, pipeline[-1].predict(matrix)[:, None]) is None


def few(pipeline: Any) -> Any:
    """The encoding of a few rows, after a table was seen that has no one from Atlantis."""
    return Explainer(pipeline, people(), background=5).model.encoding.rows


def test_a_few_rows_are_encoded_to_the_bit():
    """Gaps of both kinds and numbers far away: what the preprocessing makes of them, but without asking it."""
    pipeline = piped(LogisticRegression(), "binary", columns(sparse_threshold=0))
    rows = people(400, seed=3).iloc[[0, 11, 13, 17, 40]].reset_index(drop=True)
    rows["income"] = [np.nan, 1e9, -5.0, 0.1, np.nan]
    found = few(pipeline).encode(rows)
    assert found is not None
    np.testing.assert_array_equal(found, pipeline[0].transform(rows))


def test_what_was_never_seen_is_left_to_the_preprocessing_once():
    pipeline = piped(LogisticRegression(), "binary", columns(sparse_threshold=0))
    encoding = Explainer(pipeline, people(), background=5).model.encoding
    rows = people().iloc[[1]].assign(city="Atlantis")
    assert encoding.rows.encode(rows) is None
    for _ in range(2):
        np.testing.assert_array_equal(encoding.transform(rows), pipeline[0].transform(rows))
    assert encoding.rows.encode(rows) is not None


@pytest.mark.parametrize("value", [np.inf, pd.NA])
def test_what_the_preprocessing_would_refuse_is_not_computed(value: Any):
    rows = people().iloc[[1]]
    strange = rows.assign(income=pd.Series([value], index=rows.index, dtype=float if value is np.inf else "Float64"))
    assert few(piped(LogisticRegression(), "binary", columns(sparse_threshold=0))).encode(strange) is None


def test_other_steps_are_not_taken_for_formulas():
    """A scaler that cuts off, and an imputer that says where it filled in."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer

    for step in (MinMaxScaler(clip=True), SimpleImputer(add_indicator=True)):
        numbers = make_column_transformer((make_pipeline(step, SimpleImputer(), StandardScaler()), ["age", "income"]))
        encoding = Explainer(piped(Ridge(), "regression", numbers), people(), background=5).model.encoding
        rows = people(9, seed=8).iloc[:5].assign(income=[1e9, np.nan, -1e9, 5.0, np.nan])
        assert encoding.formulas == ()
        np.testing.assert_array_equal(encoding.transform(rows), encoding.encoded(rows))

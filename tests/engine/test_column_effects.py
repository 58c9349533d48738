"""Partial dependence, ICE and ALE against scikit-learn and their definitions, in every form the rows can have."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import NUMBERS, WORDS, columns, curved, numbers, people, piped
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from xai.errors import QuestionError
from xai.explainer import Explainer

FOREST = RandomForestClassifier(9, max_depth=6, random_state=0)
MIXED = make_column_transformer(
    (make_pipeline(SimpleImputer(), PCA(2)), NUMBERS), (OneHotEncoder(), [*WORDS, "region"])
)
FORMS: dict[str, tuple[Any, Any, str]] = {
    "forest": (FOREST, None, "trees"),
    "boosting": (HistGradientBoostingClassifier(max_iter=9), columns(sparse_threshold=0), "trees"),
    "logistic regression": (LogisticRegression(), None, "encoded"),
    "mixed columns": (LogisticRegression(), MIXED, "frame"),
}


def floats(frame: pd.DataFrame) -> pd.DataFrame:
    """scikit-learn refuses partial dependence of integers."""
    return frame.assign(age=frame["age"].astype(float))


@pytest.fixture(params=FORMS)
def asked(request: pytest.FixtureRequest, compiled) -> tuple[Any, Explainer, str]:
    estimator, preprocessing, form = FORMS[request.param]
    frame = floats(people())
    pipeline = piped(estimator, "multiclass", preprocessing, frame)
    return pipeline, Explainer(pipeline, frame, background=10, target_class="mid"), form


@pytest.mark.parametrize("name", ["age", "income", "city", "region"])
def test_partial_dependence_and_ice_are_scikit_learns(asked, name: str):
    pipeline, explainer, _ = asked
    found, single = explainer.partial_dependence(name, points=7), explainer.ice(name, rows=None, points=7)
    table, grid = explainer.data.frame, np.array(found.grid)
    options = {"custom_values": {name: grid}, "method": "brute", "response_method": "predict_proba", "kind": "both"}
    expected = partial_dependence(pipeline, table, [name], **options)
    place = list(pipeline.classes_).index("mid")
    np.testing.assert_allclose(found.prediction, expected["average"][place], rtol=0, atol=1e-12)
    np.testing.assert_allclose(single.individual, expected["individual"][place], rtol=0, atol=1e-12)
    assert found.rows_used == len(table)


def test_the_form_of_the_copies_is_named_and_the_drops_are_scikit_learns(asked):
    pipeline, explainer, form = asked
    frame = explainer.data.frame
    outcome = pd.Series(pipeline.predict(frame)).sample(frac=1, random_state=0).to_numpy()
    judged = Explainer(pipeline, frame.assign(y=outcome), target="y", background=10)
    found = judged.importance("permutation", repeats=3, seed=4)
    expected = permutation_importance(pipeline, frame, outcome, n_repeats=3, random_state=4)
    np.testing.assert_allclose(found.importance, expected.importances_mean, rtol=0, atol=1e-12)
    assert found.algorithm == f"shuffle-{form}"


def test_compiled_trees_say_what_the_model_says_without_them(each_way):
    frame = floats(people())
    pipeline = piped(FOREST, "multiclass", frame=frame)
    curves = []
    for _ in each_way():
        explainer = Explainer(pipeline, frame, background=10)
        curves.append([explainer.ale(name).prediction for name in ("income", "city")])
    for one, other in zip(*curves, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


def test_accumulated_effects_of_numbers_are_the_sum_of_mean_differences(compiled):
    frame = numbers()
    model = RandomForestRegressor(8, max_depth=6, random_state=0).fit(frame, curved(frame))
    found = Explainer(model, frame, background=10).ale("a", rows=None, intervals=6)
    edges, values = np.array(found.grid), frame["a"].to_numpy()
    assert len(edges) == 7
    steps, counts = [], []
    for low, high in pairwise(edges):
        inside = frame[(values > low) & (values <= high) | ((values == edges[0]) & (low == edges[0]))]
        steps.append((model.predict(inside.assign(a=high)) - model.predict(inside.assign(a=low))).mean())
        counts.append(len(inside))
    curve = np.concatenate([[0], np.cumsum(steps)])
    centre = np.average((curve[:-1] + curve[1:]) / 2, weights=counts)
    np.testing.assert_allclose(found.prediction, curve - centre, rtol=0, atol=1e-12)
    assert sum(counts) == len(frame) == found.rows_used


def test_columns_that_go_together_do_not_borrow_each_others_effect():
    """The model asks b alone. Rows with a and b apart do not exist; only ALE keeps to those that do."""
    random = np.random.default_rng(0)
    a = random.normal(size=600)
    frame = pd.DataFrame({"a": a, "b": a + 0.01 * random.normal(size=600)})
    model = RandomForestRegressor(10, max_features=1, random_state=0).fit(frame[["b"]], np.square(a))

    class OnlyB(RandomForestRegressor):
        def predict(self, rows):
            return model.predict(rows[["b"]])

    both = OnlyB(1).fit(frame, np.square(a))
    found = Explainer(both, frame, background=10)
    assert np.abs(found.ale("a", rows=None).prediction).max() == 0
    assert np.ptp(found.ale("b", rows=None).prediction) > 1


@pytest.mark.parametrize("question", ["partial_dependence", "ice", "ale"])
def test_what_cannot_be_is_refused(question: str):
    frame = people().assign(empty=np.nan)
    explainer = Explainer(piped(LogisticRegression(), "binary"), frame, background=10)
    for options, code in (({"rows": 0}, "too-few-rows"), ({"rows": "most"}, "too-few-rows")):
        with pytest.raises(QuestionError) as caught:
            getattr(explainer, question)("age", **options)
        assert caught.value.code == code

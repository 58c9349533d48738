"""Model: tasks, classes and answers as plain Python values, whatever estimator is inside; refusals with a code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import FOREST, brute_force, columns, curved, numbers, people, piped, two_classes, wealth
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC, OneClassSVM
from sklearn.tree import DecisionTreeClassifier

from xai.errors import KlartextError, MatchError, OpeningError, QuestionError
from xai.explainer import Explainer
from xai.model import Model

FRAME = numbers()
UP = curved(FRAME) > 0


def classifier(labels: Any, estimator: Any = None) -> Model:
    target = np.where(UP, labels[1], labels[0]) if not isinstance(labels[0], bool) else UP
    return Model((estimator or GaussianNB()).fit(FRAME, target))


@pytest.mark.parametrize(
    "labels",
    [("no", "yes"), (0, 1), (-1, 1), (0.0, 1.0), ("0", "1"), (False, True), (1, 2)],
    ids=["text", "ints", "signs", "floats", "digits", "bools", "from one"],
)
def test_classes_and_answers_are_plain_python(labels: tuple[Any, Any]):
    model = classifier(labels)
    assert model.classes == labels
    assert [type(label) for label in model.classes] == [type(label) for label in labels]
    answers = model.answer(FRAME)
    assert answers.dtype == object
    assert {type(answer) for answer in answers} == {type(labels[0])}
    assert (answers == np.array(labels, dtype=object)[model.estimator.predict_proba(FRAME).argmax(axis=1)]).all()
    assert (model.task, model.unit) == ("binary", "probability")


@pytest.mark.parametrize(
    ("labels", "asked", "position"),
    [
        ((0, 1), "1", 1),
        ((0, 1), 1, 1),
        ((0, 1), np.int64(0), 0),
        ((0.0, 1.0), "1", 1),
        ((0.0, 1.0), 1, 1),
        (("0", "1"), 1, 1),
        ((False, True), "true", 1),
        ((False, True), "False", 0),
        ((False, True), np.True_, 1),
        (("No", "Yes"), "yes", 1),
        (("A", "a"), "a", 1),
        (("A", "a"), "A", 0),
    ],
)
def test_a_class_is_found_however_it_is_written(labels: tuple[Any, Any], asked: Any, position: int):
    assert classifier(labels).class_index(asked) == position


def test_a_class_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(QuestionError) as caught:
        classifier(("no", "yes")).class_index("perhaps")
    assert (caught.value.code, caught.value.facts["known"]) == ("unknown-class", "no, yes")
    with pytest.raises(QuestionError, match="no-classes"):
        Model(Ridge().fit(FRAME, curved(FRAME))).class_index(1)


@pytest.mark.parametrize("package", ["xgboost", "lightgbm", "catboost"])
def test_answers_of_other_libraries_are_the_classes_themselves(package: str):
    """CatBoost answers "True" for True and a column of answers for several classes, XGBoost numbers of its own."""
    module = pytest.importorskip(package)
    options: dict[str, Any] = {
        "xgboost": {},
        "lightgbm": {"verbose": -1},
        "catboost": {"verbose": 0, "allow_writing_files": False},
    }[package]
    kind = {"xgboost": "XGBClassifier", "lightgbm": "LGBMClassifier", "catboost": "CatBoostClassifier"}[package]
    three = np.digitize(curved(FRAME), [-0.5, 0.5])
    targets = [three] if package == "xgboost" else [UP, three, np.array(["low", "mid", "top"])[three]]
    for target in targets:
        model = Model(getattr(module, kind)(n_estimators=4, **options).fit(FRAME, target))
        assert set(model.answer(FRAME)) <= set(model.classes)
        assert (model.answer(FRAME) == target).mean() > 0.6
        assert {type(label) for label in model.classes} <= {bool, int, str}
    regressor = {"xgboost": "XGBRegressor", "lightgbm": "LGBMRegressor", "catboost": "CatBoostRegressor"}[package]
    model = Model(getattr(module, regressor)(n_estimators=4, **options).fit(FRAME, curved(FRAME)))
    assert (model.task, model.classes, model.unit) == ("regression", (), "target")
    assert model.answer(FRAME).dtype == np.float64


def test_the_steps_of_nested_pipelines_and_searches_are_named():
    frame = people()
    inner = make_pipeline(StandardScaler(with_mean=False), GridSearchCV(LogisticRegression(), {"C": [1]}, cv=2))
    model = Model(make_pipeline(columns(), "passthrough", inner).fit(frame, two_classes(frame)))
    assert model.steps == ("ColumnTransformer", "StandardScaler", "LogisticRegression")
    assert model.columns == tuple(frame.columns)


def refused(estimator: Any, frame: pd.DataFrame = FRAME) -> str:
    with pytest.raises(KlartextError) as caught:
        Explainer(estimator, frame)
    assert isinstance(caught.value, OpeningError | MatchError)
    return caught.value.code


def test_what_is_no_fitted_model_is_refused_with_a_code():
    both = np.column_stack([UP, ~UP]).astype(int)
    words = np.column_stack([curved(FRAME), curved(FRAME)])
    assert refused(RandomForestClassifier()) == "no-fitted-model"
    assert refused(RandomForestRegressor()) == "no-fitted-model"
    assert refused(make_pipeline(StandardScaler(), LogisticRegression())) == "no-fitted-model"
    assert refused(make_pipeline(StandardScaler(), Ridge())) == "no-fitted-model"
    assert refused(GridSearchCV(SVC(), {"C": [1]})) == "no-fitted-model"
    assert refused(KMeans(2, n_init=1).fit(FRAME)) == "not-supervised"
    assert refused(IsolationForest(n_estimators=2).fit(FRAME)) == "not-supervised"
    assert refused(OneClassSVM().fit(FRAME)) == "not-supervised"
    assert refused(make_pipeline(StandardScaler(), KMeans(2, n_init=1)).fit(FRAME)) == "not-supervised"
    assert refused(StandardScaler().fit(FRAME)) == "only-preprocessing"
    assert refused(make_pipeline(StandardScaler(), PCA(2)).fit(FRAME)) == "only-preprocessing"
    assert refused(columns().fit(people()), people()) == "only-preprocessing"
    assert refused({"model": 1}) == "not-a-model"
    assert refused(RandomForestClassifier(n_estimators=2).fit(FRAME, both)) == "several-outputs"
    assert refused(MultiOutputClassifier(GaussianNB()).fit(FRAME, both)) == "several-outputs"
    assert refused(LinearRegression().fit(FRAME, words)) == "several-outputs"
    assert refused(KNeighborsRegressor().fit(FRAME, words)) == "several-outputs"
    assert refused(MultiOutputRegressor(Ridge()).fit(FRAME, words)) == "several-outputs"


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_several_labels_at_once_are_no_classes():
    both = np.column_stack([UP, ~UP]).astype(int)
    assert refused(MLPClassifier((3,), max_iter=5).fit(FRAME, both)) == "several-outputs"


def test_a_class_of_which_the_training_saw_only_one():
    """One class is no decision; scikit-learn's trees fit it all the same."""
    model = Model(DecisionTreeClassifier().fit(FRAME, np.zeros(len(FRAME), int)))
    assert model.classes == (0,)
    assert model.predict(FRAME).shape == (len(FRAME), 1)
    found = Explainer(model, FRAME, background=5).explain(row=0)
    assert found.values.tolist() == [0, 0, 0, 0]


def test_a_model_on_a_bare_array_needs_names():
    with pytest.raises(MatchError) as caught:
        Model(GaussianNB().fit(FRAME.to_numpy(), UP))
    assert (caught.value.code, caught.value.facts["count"]) == ("no-column-names", 4)
    with pytest.raises(MatchError) as caught:
        Explainer(GaussianNB().fit(FRAME.to_numpy(), UP), FRAME[["a", "b"]])
    assert caught.value.code == "column-count"
    assert Explainer(GaussianNB().fit(FRAME.to_numpy(), UP), FRAME, background=5).columns == tuple("abcd")


def test_margins_are_the_decision_function_in_two_columns():
    model = classifier(("no", "yes"), LogisticRegression())
    expected = model.estimator.decision_function(FRAME)
    np.testing.assert_array_equal(model.margin(FRAME), np.column_stack([-expected, expected]))
    with pytest.raises(QuestionError, match="no-margin"):
        classifier(("no", "yes")).margin(FRAME)


def test_rows_a_model_cannot_take_are_a_typed_error_that_keeps_the_cause():
    frame = people()
    strict = piped(FOREST, "binary", columns(OneHotEncoder(handle_unknown="error")))
    strange = frame.head(1).assign(city="Paris")
    explainer = Explainer(strict, frame, background=5)
    for question in (
        lambda: explainer.model.predict(strange),
        lambda: explainer.model.answer(strange),
        lambda: explainer.explain(frame=strange),
        lambda: explainer.what_if(row=0, changes={"city": "Paris"}),
    ):
        with pytest.raises(QuestionError) as caught:
            question()
        assert caught.value.code == "model-refused"
        assert "unknown categories" in caught.value.facts["reason"]
        assert isinstance(caught.value.__cause__, ValueError)


def test_a_model_that_cannot_take_the_table_says_so_at_once():
    broken = FRAME.copy()
    broken.loc[3, "a"] = np.nan
    model = Ridge().fit(FRAME, curved(FRAME))
    with pytest.raises(QuestionError) as caught:
        Explainer(model, broken)
    assert caught.value.code == "model-refused"
    assert "NaN" in caught.value.facts["reason"]
    with pytest.raises(QuestionError, match="model-refused"):
        Explainer(model, FRAME.astype({"a": str}).assign(a="many"))


class Handmade:
    """No scikit-learn in it, only what a model needs: predict, predict_proba and classes_."""

    classes_ = np.array(["down", "up"])

    def predict_proba(self, rows):
        up = 1 / (1 + np.exp(-rows["a"].to_numpy() * rows["b"].to_numpy()))
        return np.column_stack([1 - up, up])

    def predict(self, rows):
        return self.classes_[self.predict_proba(rows).argmax(axis=1)]


def test_a_class_of_ones_own_is_a_model_too():
    explainer = Explainer(Model(Handmade(), columns=("a", "b")), FRAME, background=FRAME.head(6))
    expected = brute_force(Handmade().predict_proba, FRAME[["a", "b"]].head(6), FRAME[["a", "b"]].iloc[[9]])
    np.testing.assert_allclose(explainer.explain(row=9, target_class="up").values, expected[:, 1], atol=1e-12)


def test_running_out_of_memory_is_not_taken_for_a_refusal():
    class Hungry(Ridge):
        def predict(self, rows):
            raise MemoryError

    with pytest.raises(MemoryError):
        Explainer(Hungry().fit(FRAME, curved(FRAME)), FRAME)


def test_columns_come_in_the_order_of_training():
    frame = people()
    model = piped(FOREST, "binary")
    turned = frame[frame.columns[::-1]].assign(extra=1, rich=wealth(frame))
    explainer = Explainer(model, turned, background=6)
    assert explainer.columns == tuple(frame.columns)
    np.testing.assert_array_equal(explainer.model.predict(turned), model.predict_proba(frame))
    assert set(explainer.data.unused) == {"extra", "rich"}

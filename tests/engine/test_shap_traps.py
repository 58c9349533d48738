"""Where explanations go wrong without a word: each trap, and that it does not catch us."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import (
    FOREST,
    ONE_HOT,
    TARGETS,
    assert_exact,
    brute_force,
    columns,
    curved,
    numbers,
    outputs_of,
    people,
    piped,
    three_classes,
    two_columns,
    wealth,
)
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    OneHotEncoder,
    StandardScaler,
)
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from xai.explainer import Explainer

PRECISION = {"xgboost": 2e-6}  # it adds up in single precision; ours are the sums without that rounding


def test_a_vote_without_scores_is_explained_by_its_answers():
    frame = numbers()
    target = np.where(curved(frame) > 0, "up", "down")
    voting = VotingClassifier([("tree", DecisionTreeClassifier(max_depth=3)), ("knn", KNeighborsClassifier())])
    voting.fit(frame, target)
    explainer = Explainer(voting, frame, background=8)
    found = explainer.explain(row=5, target_class="up")

    def answered(rows: pd.DataFrame) -> np.ndarray:
        return (voting.predict(rows)[:, None] == ["down", "up"]).astype(float)

    expected = brute_force(answered, explainer.background, frame.iloc[[5]])
    np.testing.assert_allclose(found.values, expected[:, 1], atol=1e-12)
    assert found.unit == "score"


def test_pairwise_scores_of_a_support_vector_machine_are_not_taken_for_classes():
    frame = numbers()
    target = np.select([curved(frame) < -0.5, curved(frame) > 0.5], ["low", "top"], "mid")
    model = SVC(decision_function_shape="ovo").fit(frame, target)
    explainer = Explainer(model, frame, background=8)
    answers = np.array(explainer.model.classes)[explainer.model.predict(frame).argmax(axis=1)]
    assert (answers == model.predict(frame)).all()


def test_categories_by_dtype_keep_their_type():
    frame = people()[["age", "income", "owner", "region"]]
    model = HistGradientBoostingClassifier(max_iter=10, categorical_features="from_dtype")
    assert_exact(model.fit(frame, three_classes(people())), frame, "enumeration-encoded")


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("package", ["xgboost", "lightgbm", "catboost"])
@pytest.mark.parametrize("native", [False, True], ids=["one-hot", "categories"])
def test_other_libraries(package: str, task: str, native: bool):
    pytest.importorskip(package)
    frame = people()[["age", "income", "owner", "region"]]
    target = pd.factorize(TARGETS[task](people()), sort=True)[0] if task != "regression" else wealth(people())
    estimator = boosted(package, task, native)
    model = (
        estimator
        if native
        else make_pipeline(make_column_transformer((ONE_HOT, ["region"]), remainder="passthrough"), estimator)
    )
    if package == "catboost" and native:  # its splits ask for statistics of the categories
        assert_exact(model.fit(frame, target), frame, "enumeration-frame")
    else:
        algorithm = "tree-exact" if task == "regression" else "enumeration-encoded"
        assert_exact(model.fit(frame, target), frame, algorithm, precision=PRECISION.get(package, 1e-9))


@pytest.mark.parametrize("task", ["binary", "multiclass"])
@pytest.mark.parametrize("package", ["xgboost", "lightgbm", "catboost"])
def test_margins_of_other_libraries_come_through_a_pipeline(package: str, task: str):
    pytest.importorskip(package)
    frame = people()[["age", "income", "owner", "region"]]
    target = pd.factorize(TARGETS[task](people()), sort=True)[0]
    encoder = make_column_transformer((ONE_HOT, ["region"]), remainder="passthrough")
    model = make_pipeline(encoder, boosted(package, task, False)).fit(frame, target)
    option = {"xgboost": "output_margin", "lightgbm": "raw_score", "catboost": "prediction_type"}[package]
    asked = {option: "RawFormulaVal" if package == "catboost" else True}

    def margin(rows: pd.DataFrame) -> np.ndarray:
        return two_columns(np.asarray(model[-1].predict(encoder.transform(rows), **asked), dtype=float))

    expected = brute_force(margin, frame.head(6), frame.iloc[[9]])
    explainer = Explainer(model, frame, background=frame.head(6))
    for position, label in enumerate(explainer.model.classes):
        found = explainer.explain(row=9, unit="margin", target_class=label)
        np.testing.assert_allclose(found.values, expected[:, position], rtol=0, atol=PRECISION.get(package, 1e-9))
        assert found.algorithm == "tree-exact"
        assert found.prediction == pytest.approx(margin(frame.iloc[[9]])[0, position])


def boosted(package: str, task: str, native: bool) -> Any:
    few = {"n_estimators": 6, "max_depth": 3, "random_state": 0}
    if package == "xgboost":
        import xgboost

        kind = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
        return kind(**few, enable_categorical=native)
    if package == "lightgbm":
        import lightgbm

        kind = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
        return kind(**few, verbose=-1)
    import catboost

    kind = catboost.CatBoostRegressor if task == "regression" else catboost.CatBoostClassifier
    return kind(**few, verbose=0, allow_writing_files=False, cat_features=["region"] if native else None)


def test_integer_categories_of_catboost_stay_integers():
    catboost = pytest.importorskip("catboost")
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"kind": random.integers(0, 5, 200), "size": random.normal(size=200)})
    model = catboost.CatBoostRegressor(n_estimators=10, verbose=0, allow_writing_files=False, cat_features=["kind"])
    model.fit(frame, frame["size"] * (frame["kind"] % 2))
    assert_exact(model, frame, "enumeration-frame")


def test_sparse_zeros_that_xgboost_takes_for_missing():
    """A sparse matrix has no zeros for XGBoost, only missing values; the dense one would be another question."""
    xgboost = pytest.importorskip("xgboost")
    frame = people()
    preprocessing = columns(sparse_threshold=1.0)
    assert_exact(
        piped(xgboost.XGBRegressor(n_estimators=8, max_depth=3), "regression", preprocessing),
        frame,
        "tree-exact",
        precision=PRECISION["xgboost"],
    )


def test_names_that_lightgbm_rewrites_are_still_found():
    lightgbm = pytest.importorskip("lightgbm")
    frame = numbers().set_axis(["net income", "b", "fixed acidity", "d"], axis=1)
    model = lightgbm.LGBMRegressor(n_estimators=5, verbose=-1).fit(frame, curved(numbers()))
    assert Explainer(model, frame, background=5).columns == tuple(frame.columns)


def test_onehot_columns_move_together():
    """Bonn and Ulm are alike for this model: beside people from Ulm the city of somebody from Bonn counts nothing.

    Separate SHAP values of the one-hot columns pass through people who live in both cities or in none; their sum is
    not the city's value.
    """
    shap = pytest.importorskip("shap")
    random = np.random.default_rng(0)
    cities = ["Bonn", "Ulm", "Kiel", "Jena", "Köln", "Trier"]
    frame = pd.DataFrame({"age": random.integers(18, 80, 400), "city": random.choice(cities, 400)})
    effect = frame["age"] * frame["city"].isin(["Bonn", "Ulm"])
    encoder = make_column_transformer(("passthrough", ["age"]), (OneHotEncoder(sparse_output=False), ["city"]))
    model = make_pipeline(encoder, DecisionTreeRegressor(random_state=0)).fit(frame, effect)
    background = frame[(frame["city"] == "Ulm") & (frame["age"] < 50)].head(12)
    row = frame[(frame["city"] == "Bonn") & (frame["age"] > 60)].head(1)
    expected = brute_force(outputs_of(model), background, row)[:, 0]
    ours = Explainer(model, frame, background=background).explain(frame=row).values
    tree = shap.TreeExplainer(model[-1], encoder.transform(background), feature_perturbation="interventional")
    single = tree.shap_values(encoder.transform(row))[0]
    assert abs(expected[1]) < 0.2
    np.testing.assert_allclose(ours, expected, atol=1e-12)
    assert abs(single[1:].sum() - expected[1]) > 1


def test_sampling_says_its_error_and_keeps_to_it(monkeypatch: pytest.MonkeyPatch):
    """Thirteen columns and a background of 100 are too many coalitions: estimates with their standard error."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(200, 13)), columns=list("abcdefghijklm"))
    target = frame["a"] * frame["b"] + np.sin(3 * frame["c"]) + frame["d"] > 0.5
    model = make_pipeline(StandardScaler(), SVC()).fit(frame, target)
    explainer = Explainer(model, frame, background=frame.iloc[:40])
    found = explainer.explain(row=3)
    assert found.algorithm == "permutation-encoded"
    assert {"sampling", "additivity"} <= {measure.code for measure in found.trust.measures}
    assert found.sampling["pairs"] >= 2
    monkeypatch.setattr("xai.attribution.shap.MOST", 10**9)
    monkeypatch.setattr("xai.attribution.shap.OPERATIONS", 10**15)
    every = explainer.explain(row=3)
    assert every.algorithm == "enumeration-encoded"
    exact = every.values
    error = next(measure.value for measure in found.trust.measures if measure.code == "sampling")
    assert np.abs(found.values - exact).max() < 5 * max(error, 1e-6)
    assert found.base + found.values.sum() == pytest.approx(
        float(model.decision_function(frame.iloc[[3]])[0]), rel=1e-9
    )


def test_the_model_is_not_changed():
    import pickle

    frame = people()
    model = piped(FOREST, "binary")
    before = pickle.dumps(model)
    Explainer(model, frame, background=8).explain(row=1)
    assert pickle.dumps(model) == before


def test_one_background_row_measures_no_spread():
    frame = people()
    for model in (piped(FOREST, "binary"), piped(LinearRegression(), "regression")):
        found = Explainer(model, frame, background=1).explain(row=1)
        assert "background" not in {measure.code for measure in found.trust.measures}


def test_columns_without_names_are_called_by_their_numbers():
    table = pd.DataFrame(numbers().to_numpy())
    model = RandomForestRegressor(4, random_state=0).fit(table, curved(numbers()))
    explainer = Explainer(model, table.assign(outcome=1.0), target="outcome", background=6)
    assert explainer.columns == ("0", "1", "2", "3")
    expected = brute_force(outputs_of(model), table.iloc[:6], table.iloc[[9]])
    found = Explainer(model, table, background=table.iloc[:6]).explain(row=9)
    np.testing.assert_allclose(found.values, expected[:, 0], atol=1e-12)


def test_a_model_that_answers_differently_every_time_is_found_out():
    """Nothing adds up to a prediction that is another one when it is asked again; the check says so."""

    class Moody(LinearRegression):
        def predict(self, rows):
            return super().predict(rows) + random.normal(size=len(rows))

    random, frame = np.random.default_rng(0), numbers()
    found = Explainer(Moody().fit(frame, curved(frame)), frame, background=5).explain(row=0)
    additivity = next(measure for measure in found.trust.measures if measure.code == "additivity")
    assert (additivity.verdict, found.trust.verdict) == ("weak", "weak")


def test_wide_tables_are_evaluated_in_blocks_that_fit(monkeypatch: pytest.MonkeyPatch):
    frame = people()
    model = piped(LogisticRegression(), "binary")
    whole = Explainer(model, frame, background=8).explain(row=1).values
    held = ("summed.NUMBERS_SUMMED", "blends.NUMBERS_BUILT", "enumeration.OUTCOMES_AT_ONCE", "sampling.NUMBERS_KEPT")
    for limit in held:
        monkeypatch.setattr(f"xai.attribution.{limit}", 60)
    np.testing.assert_allclose(Explainer(model, frame, background=8).explain(row=1).values, whole, atol=1e-12)

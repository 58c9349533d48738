"""LIME: its contributions against known coefficients and the lime package itself, and the traps of its input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lime.lime_tabular import LimeTabularExplainer
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC

from xai.attribution.background import Background
from xai.attribution.lime import lime
from xai.data import dataset
from xai.errors import QuestionError
from xai.model import Model
from xai.texts import catalogue


def applicants(rows: int = 400) -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": random.integers(18, 80, rows),
            "income": random.lognormal(10, 0.5, rows).round(0),
            "city": pd.Series(random.choice(["Berlin", "Köln", "Ulm"], rows), dtype="str"),
            "owner": random.random(rows) < 0.4,
        }
    )


def with_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.astype({"age": float})
    frame.loc[::7, "age"] = np.nan
    frame.loc[::9, "city"] = None
    return frame


def fitted(frame: pd.DataFrame, outcome: np.ndarray, estimator, prepared: bool = True) -> Model:
    numbers, others = ["age", "income"], ["city", "owner"]
    columns = make_column_transformer(
        (SimpleImputer(strategy="median"), numbers), (OneHotEncoder(handle_unknown="ignore"), others)
    )
    model = Model(make_pipeline(columns, estimator).fit(frame, outcome), tuple(frame.columns))
    return model.prepare(frame) if prepared else model


def approved(frame: pd.DataFrame) -> np.ndarray:
    return (frame["income"].rank(pct=True) + 0.4 * frame["owner"] + 0.3 * (frame["city"] == "Ulm") > 0.8).to_numpy()


@pytest.fixture(scope="module")
def forest() -> tuple[Model, pd.DataFrame]:
    frame = applicants()
    outcome = np.where(approved(frame), "yes", "no")
    return fitted(frame, outcome, RandomForestClassifier(40, max_depth=6, random_state=0)), frame


def explained(model: Model, frame: pd.DataFrame, row: pd.DataFrame | None = None, **options):
    data = dataset(frame, model.columns)
    background = Background(model, data.frame.sample(100, random_state=1))
    return lime(data, background, data.frame.iloc[[5]] if row is None else row, **options)


def test_contributions_of_a_linear_model_are_its_coefficients_times_the_distance_from_the_average():
    frame = applicants()
    frame["income"] = np.linspace(0, 1, len(frame))
    target = 3 * frame["age"] - 20 * frame["income"] + 7 * (frame["city"] == "Ulm") + 4 * frame["owner"]
    model = fitted(frame, target.to_numpy(), LinearRegression())
    background, row = frame.sample(100, random_state=1), frame.iloc[[8]]
    found = lime(dataset(frame, model.columns), Background(model, background), row)
    assert row["city"].item() != "Ulm"
    expected = [
        3 * (row["age"].item() - background["age"].mean()),
        -20 * (row["income"].item() - background["income"].mean()),
        -7 * (background["city"] == "Ulm").mean(),
        4 * (row["owner"].item() - background["owner"].mean()),
    ]
    # the category's coefficient compares with all others, sampled: it is exact only on average
    np.testing.assert_allclose(found.values, expected, atol=0.25)
    assert found.base == pytest.approx(model.predict(background).mean(), abs=0.3)
    assert found.trust.verdict == "solid"


def test_base_and_contributions_add_up_to_the_local_prediction(forest):
    found = explained(*forest, class_index=1, samples=500)
    assert found.base + found.values.sum() == pytest.approx(found.local_prediction, abs=1e-12)


def test_local_prediction_and_fit_are_those_of_the_lime_package(forest):
    """The shift to the average neighbour must not change what the line says: compared with the package, one run."""
    model, frame = forest
    numbers = frame[["age", "income"]].assign(
        city=frame["city"].map({"Berlin": 0, "Köln": 1, "Ulm": 2}), owner=frame["owner"].astype(int)
    )
    background = numbers.sample(100, random_state=1)

    def predict(matrix):
        rows = pd.DataFrame(matrix, columns=frame.columns)
        rows["age"] = rows["age"].round()
        rows["income"] = rows["income"].round()
        rows["city"] = rows["city"].map({0: "Berlin", 1: "Köln", 2: "Ulm"})
        return model.predict(rows.assign(owner=rows["owner"].astype(bool)))

    reference = LimeTabularExplainer(
        background.to_numpy(float), categorical_features=[2, 3], discretize_continuous=False, random_state=3
    ).explain_instance(numbers.to_numpy(float)[5], predict, labels=(1,), num_features=9, num_samples=800)
    found = explained(model, frame, class_index=1, samples=800, runs=1, seed=3)
    fit = found.trust.measures[0]
    assert found.local_prediction == pytest.approx(reference.local_pred[0], abs=1e-9)
    assert fit.value == pytest.approx(reference.score, abs=1e-9)


def test_two_hundred_seeds_have_the_weights_of_the_lime_package():
    """Not only the same distribution: the same weight for every seed and every column."""
    frame = applicants()
    model = fitted(frame, approved(frame), LogisticRegression(max_iter=2000))
    data, background = dataset(frame, model.columns), Background(model, frame.sample(100, random_state=1))
    codec, known = data.codec.knowing(background.frame)
    row = codec.encode(frame.iloc[[5]])[0]
    package = LimeTabularExplainer(known, categorical_features=[2, 3], discretize_continuous=False)
    theirs, ours = [], []
    for seed in range(200):
        package.random_state = package.base.random_state = np.random.RandomState(seed)
        said = package.explain_instance(row, lambda codes: model.predict(codec.decode(codes)), num_samples=60)
        found = dict(said.local_exp[1])
        theirs.append([found[place] for place in range(4)])
        ours.append(lime(data, background, frame.iloc[[5]], class_index=1, samples=60, runs=1, seed=seed).values)
    numeric = np.array([True, True, False, False])
    scale = np.where(numeric, known.std(axis=0), 1.0)
    away = np.where(numeric, (row - known.mean(axis=0)) / scale, 1 - (known == row).mean(axis=0))
    np.testing.assert_allclose(ours, np.array(theirs) * away, rtol=0, atol=1e-9)


def test_prediction_shown_is_the_models_own(forest):
    model, frame = forest
    found = explained(model, frame, class_index=1, samples=300, runs=2)
    assert found.prediction == pytest.approx(model.predict(frame.iloc[[5]])[0, 1], abs=1e-12)
    assert found.label == model.answer(frame.iloc[[5]])[0]
    assert found.target_class == "yes"
    assert found.trust.measures[0].facts["miss"] == pytest.approx(abs(found.local_prediction - found.prediction))


def test_same_seed_same_explanation_and_other_seeds_measured_as_spread(forest):
    first, again, other = (explained(*forest, class_index=1, samples=300, runs=3, seed=seed) for seed in (1, 1, 9))
    np.testing.assert_array_equal(first.values, again.values)
    assert (first.values != other.values).any()
    assert (first.spread > 0).all()


def test_spread_is_the_deviation_of_single_runs_seeded_one_after_the_other(forest):
    together = explained(*forest, class_index=1, samples=300, runs=3, seed=4)
    single = np.array([explained(*forest, class_index=1, samples=300, runs=1, seed=4 + k).values for k in range(3)])
    np.testing.assert_allclose(together.values, single.mean(axis=0))
    np.testing.assert_allclose(together.spread, single.std(axis=0, ddof=1))


def test_single_run_says_that_its_spread_is_unknown(forest):
    found = explained(*forest, class_index=1, samples=300, runs=1)
    assert np.isnan(found.spread).all()
    assert [notice.code for notice in found.warnings] == ["lime-one-run"]
    assert [measure.code for measure in found.trust.measures] == ["lime_fit"]


def test_missing_values_are_filled_said_and_the_real_row_predicted():
    frame = with_gaps(applicants())
    outcome = np.where(approved(frame), "yes", "no")
    model = fitted(frame, outcome, RandomForestClassifier(20, random_state=0))
    row = frame.iloc[[0]]
    assert row["age"].isna().all()
    assert row["city"].isna().all()
    found = explained(model, frame, row, class_index=1, samples=500, runs=2)
    assert np.isfinite(found.values).all()
    assert found.prediction == pytest.approx(model.predict(row)[0, 1], abs=1e-12)
    assert [(notice.code, notice.facts["columns"]) for notice in found.warnings] == [("lime-filled", "age")]


def test_multiclass_classes_sum_to_nothing():
    """Contributions to all classes cancel, because probabilities sum to one in every sampled row."""
    frame = applicants()
    outcome = pd.cut(frame["income"].rank(pct=True) + 0.2 * frame["owner"], 3, labels=["low", "mid", "high"])
    model = fitted(frame, outcome.astype(str).to_numpy(), RandomForestClassifier(20, random_state=0))
    each = [explained(model, frame, class_index=k, samples=400, runs=2) for k in range(3)]
    np.testing.assert_allclose(sum(found.values for found in each), 0, atol=1e-10)
    assert sum(found.base for found in each) == pytest.approx(1)
    assert [found.target_class for found in each] == ["high", "low", "mid"]


def test_scores_are_explained_where_there_are_no_probabilities():
    frame = applicants()
    frame["income"] = frame["income"].rank(pct=True)
    model = fitted(frame, approved(frame), LinearSVC())
    found = explained(model, frame, class_index=1, samples=500, runs=2)
    assert found.unit == "score"
    assert found.local_prediction == pytest.approx(model.predict(frame.iloc[[5]])[0, 1], rel=0.1)


def test_regression_needs_no_class():
    frame = applicants()
    model = fitted(frame, frame["income"].to_numpy(), LinearRegression())
    found = explained(model, frame, samples=300, runs=2)
    assert found.unit == "target"
    assert found.target_class is None
    assert found.label is None
    assert found.order()[0] == 1


def test_column_without_variation_is_held_not_jittered():
    """LIME gives a constant column a standard deviation of one: the model would be asked about values it never saw."""
    frame = applicants().assign(age=40)
    seen = []
    model = fitted(frame, approved(frame), LogisticRegression(max_iter=2000), prepared=False)
    predict = model.predict
    model.predict = lambda rows: seen.append(set(rows["age"])) or predict(rows)
    found = explained(model, frame, class_index=1, samples=300, runs=1)
    assert set.union(*seen) == {40}
    assert found.values[0] == 0
    assert ("lime-held", "age") in [(notice.code, notice.facts.get("columns")) for notice in found.warnings]


def test_nothing_to_vary_is_said():
    frame = applicants()
    frame = pd.concat([frame.iloc[[0]]] * len(frame), ignore_index=True)
    model = Model(DummyClassifier().fit(frame, [0, 1] * 200), tuple(frame.columns))
    with pytest.raises(QuestionError) as caught:
        explained(model, frame, class_index=1)
    assert caught.value.code == "nothing-varies"


def test_category_that_only_the_row_has_is_sampled_and_said(forest):
    model, frame = forest
    row = frame.iloc[[5]].assign(city="Bonn")
    found = explained(model, frame, row, class_index=1, samples=500, runs=2)
    assert ("lime-rare", "city") in [(notice.code, notice.facts.get("columns")) for notice in found.warnings]
    assert abs(found.values[2]) < 0.2


def test_integers_reach_the_model_as_integers():
    frame, seen = applicants(), []
    model = fitted(frame, approved(frame), RandomForestClassifier(5, random_state=0), prepared=False)
    predict = model.predict
    model.predict = lambda rows: seen.append(rows.dtypes.to_dict()) or predict(rows)
    explained(model, frame, class_index=1, samples=50, runs=1)
    assert seen
    assert all(kinds == frame.dtypes.to_dict() for kinds in seen)


def test_every_notice_and_algorithm_has_its_sentence():
    for language in ("de", "en"):
        words = catalogue(language)
        for code in ("lime-filled", "lime-rare", "lime-held", "lime-one-run"):
            assert f"notices.{code}" in words
        assert "algorithms.lime-linear.name" in words
        assert "algorithms.lime-linear.why" in words

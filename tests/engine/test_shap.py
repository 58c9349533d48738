"""SHAP values on the original columns against brute force over all coalitions, for every kind of model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import (
    NUMBERS,
    TARGETS,
    WORDS,
    brute_force,
    columns,
    curved,
    numbers,
    outputs_of,
    people,
    piped,
    three_classes,
    two_classes,
    two_columns,
    wealth,
)
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor, Ridge, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    StandardScaler,
)
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from xai.explainer import Explainer

BACKGROUND, ROW = 8, 3


def assert_exact(estimator: Any, frame: pd.DataFrame, algorithm: str, target_class: Any = None) -> Explainer:
    """Every class: contributions equal brute force, add up to the real output, and name their algorithm."""
    explainer = Explainer(estimator, frame, background=frame.iloc[20 : 20 + BACKGROUND])
    row = frame.iloc[[ROW]].reset_index(drop=True)
    outputs = outputs_of(estimator)
    expected = brute_force(outputs, explainer.background, row)
    real = np.asarray(outputs(row)).ravel()
    for position, label in enumerate(explainer.model.classes or [None]):
        found = explainer.explain(row=ROW, target_class=label)
        np.testing.assert_allclose(found.values, expected[:, position], atol=1e-9 * max(1, np.abs(real).max()))
        assert found.base + found.values.sum() == pytest.approx(real[position], rel=1e-6, abs=1e-9)
        assert found.prediction == pytest.approx(real[position], rel=1e-12)
        assert found.algorithm == algorithm
        assert found.columns == tuple(frame.columns)
        additivity = next(measure for measure in found.trust.measures if measure.code == "additivity")
        assert additivity.verdict == "solid"
    return explainer


FOREST = RandomForestClassifier(12, max_depth=5, random_state=0)
MODELS = {
    "forest binary": (FOREST, "binary", "tree-exact"),
    "forest multiclass": (FOREST, "multiclass", "tree-exact"),
    "forest regression": (RandomForestRegressor(12, max_depth=5, random_state=0), "regression", "tree-exact"),
    "balanced forest": (
        RandomForestClassifier(8, class_weight="balanced", random_state=0),
        "multiclass",
        "tree-exact",
    ),
    "extra trees": (ExtraTreesClassifier(12, max_depth=5, random_state=0), "multiclass", "tree-exact"),
    "tree": (DecisionTreeClassifier(max_depth=5, random_state=0), "binary", "tree-exact"),
    "tree regression": (DecisionTreeRegressor(max_depth=6, random_state=0), "regression", "tree-exact"),
    "boosting binary": (GradientBoostingClassifier(n_estimators=15, random_state=0), "binary", "enumeration-encoded"),
    "boosting multiclass": (
        GradientBoostingClassifier(n_estimators=8, random_state=0),
        "multiclass",
        "enumeration-encoded",
    ),
    "boosting regression": (GradientBoostingRegressor(n_estimators=20, random_state=0), "regression", "tree-exact"),
    "adaboost": (AdaBoostClassifier(n_estimators=8, random_state=0), "multiclass", "enumeration-encoded"),
    "bagging": (BaggingRegressor(n_estimators=4, random_state=0), "regression", "enumeration-encoded"),
    "linear": (LinearRegression(), "regression", "linear-exact"),
    "ridge": (Ridge(), "regression", "linear-exact"),
    "poisson": (PoissonRegressor(), "counts", "enumeration-encoded"),
    "logistic binary": (LogisticRegression(), "binary", "enumeration-encoded"),
    "logistic multiclass": (LogisticRegression(), "multiclass", "enumeration-encoded"),
    "ridge classifier": (RidgeClassifier(), "multiclass", "linear-exact"),
    "linear svc": (LinearSVC(), "binary", "linear-exact"),
    "svc without probability": (SVC(), "multiclass", "enumeration-encoded"),
    "neighbours": (KNeighborsClassifier(7), "multiclass", "enumeration-encoded"),
    "neighbours regression": (KNeighborsRegressor(7), "regression", "enumeration-encoded"),
    "network": (MLPClassifier((6,), max_iter=60, random_state=0), "multiclass", "enumeration-encoded"),
    "stacking": (
        StackingClassifier([("tree", DecisionTreeClassifier(max_depth=3)), ("nb", KNeighborsClassifier())], cv=2),
        "binary",
        "enumeration-encoded",
    ),
    "soft voting": (
        VotingClassifier(
            [("tree", DecisionTreeClassifier(max_depth=3)), ("knn", KNeighborsClassifier())], voting="soft"
        ),
        "multiclass",
        "enumeration-encoded",
    ),
    "calibrated": (CalibratedClassifierCV(LinearSVC(), cv=2), "multiclass", "enumeration-encoded"),
    "search": (
        GridSearchCV(RandomForestClassifier(6, random_state=0), {"max_depth": [2, 4]}, cv=2),
        "multiclass",
        "tree-exact",
    ),
    "log target": (
        TransformedTargetRegressor(RandomForestRegressor(6, random_state=0), func=np.log1p, inverse_func=np.expm1),
        "counts",
        "enumeration-encoded",
    ),
    "scaled target": (
        TransformedTargetRegressor(LinearRegression(), transformer=StandardScaler()),
        "regression",
        "enumeration-encoded",
    ),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", MODELS)
def test_contributions_equal_brute_force(name: str):
    estimator, task, algorithm = MODELS[name]
    frame = people()
    target = np.round(np.exp(wealth(frame) / 2)) if task == "counts" else TARGETS[task](frame)
    assert_exact(make_pipeline(columns(), estimator).fit(frame, target), frame, algorithm)


def passthrough(part: Any, remainder: Any = "passthrough") -> ColumnTransformer:
    return make_column_transformer((part, ["city", "job", "region"]), remainder=remainder)


FILL = SimpleImputer(strategy="median")
ONE_HOT = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
PREPROCESSING = {
    "sparse output": columns(sparse_threshold=1.0),
    "remainder passes": passthrough(ONE_HOT),
    "remainder dropped": passthrough(ONE_HOT, "drop"),
    "remainder is an estimator": passthrough(ONE_HOT, FILL),
    "masks": ColumnTransformer(
        [("n", FILL, [True, True, False, False, False, False]), ("w", ONE_HOT, np.array([0, 0, 1, 1, 1, 1], bool))]
    ),
    "slices of positions": ColumnTransformer([("w", ONE_HOT, slice(2, None)), ("n", FILL, slice(0, 2))]),
    "slices of names": ColumnTransformer([("w", ONE_HOT, slice("city", "owner")), ("n", FILL, slice(None, "income"))]),
    "negative positions": ColumnTransformer([("w", ONE_HOT, [-1, -2]), ("n", FILL, [0, 1])]),
    "selectors": make_column_transformer(
        (FILL, make_column_selector(dtype_include="number")),
        (ONE_HOT, make_column_selector(dtype_exclude="number")),
    ),
    "a selector that finds nothing": make_column_transformer(
        (FILL, NUMBERS), (ONE_HOT, make_column_selector("^nothing$")), (OneHotEncoder(), ["city"])
    ),
    "a pipeline within": make_column_transformer(
        (make_pipeline(make_pipeline(SimpleImputer(), StandardScaler()), "passthrough"), NUMBERS),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), ONE_HOT), ["city", "job"]),
    ),
    "the same column twice": make_column_transformer((FILL, NUMBERS), (StandardScaler(), ["age"]), (ONE_HOT, WORDS)),
    "a union": make_column_transformer(
        (make_union(FILL, make_pipeline(SimpleImputer(), StandardScaler())), NUMBERS), (ONE_HOT, WORDS)
    ),
    "a union with gaps": FeatureUnion([("all", passthrough(ONE_HOT)), ("off", "drop"), ("again", columns())]),
    "selection after it": make_pipeline(columns(), SelectKBest(k=5)),
    "scaling after it": make_pipeline(columns(sparse_threshold=0), StandardScaler()),
    "frames between the steps": make_pipeline(columns(ONE_HOT), StandardScaler()).set_output(transform="pandas"),
    "ordinal codes": columns(
        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
    ),
    "rare categories joined": columns(
        OneHotEncoder(min_frequency=20, handle_unknown="infrequent_if_exist", drop="first")
    ),
    "missing indicators": make_column_transformer((SimpleImputer(add_indicator=True), NUMBERS), (ONE_HOT, WORDS)),
    "powers of each": make_column_transformer(
        (make_pipeline(FILL, PolynomialFeatures(2)), ["income"]), (PolynomialFeatures(3), ["age"]), (ONE_HOT, WORDS)
    ),
    "logarithms": make_column_transformer(
        (make_pipeline(FILL, FunctionTransformer(np.log1p)), NUMBERS), (ONE_HOT, WORDS)
    ),
}


@pytest.mark.parametrize("name", PREPROCESSING)
def test_contributions_equal_brute_force_behind(name: str):
    model = (
        piped(HistGradientBoostingRegressor(max_iter=12), "regression", PREPROCESSING[name])
        if (name in ("remainder passes", "a union with gaps"))
        else piped(DecisionTreeClassifier(max_depth=6, random_state=0), "multiclass", PREPROCESSING[name])
    )
    explainer = assert_exact(model, people(), "tree-exact")
    assert explainer.model.mixing is None


MIXING = {
    "PCA": make_pipeline(columns(sparse_threshold=0), PCA(3)),
    "KNNImputer": make_column_transformer((KNNImputer(), NUMBERS), (ONE_HOT, WORDS)),
    "several-columns": make_column_transformer(
        (make_pipeline(FILL, PolynomialFeatures(2, include_bias=False)), NUMBERS), (ONE_HOT, WORDS)
    ),
    "FunctionTransformer": make_column_transformer(
        (make_pipeline(FILL, FunctionTransformer(lambda x: x / (1 + x.sum(axis=1, keepdims=True)))), NUMBERS),
        (ONE_HOT, WORDS),
    ),
}


@pytest.mark.parametrize("reason", MIXING)
def test_preprocessing_that_mixes_columns_is_named_and_explained_through_the_whole_model(reason: str):
    explainer = assert_exact(piped(FOREST, "binary", MIXING[reason]), people(), "enumeration-frame")
    assert explainer.model.mixing == reason
    assert explainer.explain(row=0).sampling["mixing"] == reason


def test_a_pipeline_as_last_step_is_unwrapped():
    frame = people()
    inner = make_pipeline(StandardScaler(with_mean=False), RandomForestRegressor(8, random_state=0))
    model = make_pipeline(columns(), make_pipeline("passthrough", inner)).fit(frame, wealth(frame))
    explainer = assert_exact(model, frame, "tree-exact")
    assert explainer.model.steps[-1] == "RandomForestRegressor"


def test_wrappers_around_a_whole_pipeline():
    frame = people()
    search = GridSearchCV(
        make_pipeline(columns(), DecisionTreeClassifier(random_state=0)), {"decisiontreeclassifier__max_depth": [2, 4]}
    )
    assert_exact(search.fit(frame, two_classes(frame)), frame, "tree-exact")
    log = TransformedTargetRegressor(
        make_pipeline(columns(), RandomForestRegressor(6, random_state=0)), func=np.log, inverse_func=np.exp
    )
    assert_exact(log.fit(frame, np.exp(wealth(frame))), frame, "enumeration-encoded")
    calibrated = CalibratedClassifierCV(piped(GaussianNB(), "binary", columns(sparse_threshold=0)), cv=2)
    assert_exact(calibrated.fit(frame, two_classes(frame)), frame, "enumeration-frame")
    voting = VotingClassifier(
        [("a", piped(FOREST, "binary")), ("b", piped(LogisticRegression(), "binary"))], voting="soft"
    )
    assert_exact(voting.fit(frame, three_classes(frame)), frame, "enumeration-frame")


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


@pytest.mark.parametrize("named", [True, False])
def test_bare_estimators_on_frames_and_on_arrays(named: bool):
    frame = numbers()
    table = frame if named else frame.to_numpy()
    for estimator, algorithm in (
        (RandomForestRegressor(8, random_state=0), "tree-exact"),
        (HistGradientBoostingRegressor(max_iter=10), "tree-exact"),
        (GaussianNB(), "enumeration-encoded"),
    ):
        target = curved(frame) if algorithm == "tree-exact" else np.where(curved(frame) > 0, 1, 0)
        model = estimator.fit(table, target)
        explainer = Explainer(model, frame, background=8)
        found = explainer.explain(row=3, target_class=None if algorithm == "tree-exact" else 1)
        outputs = outputs_of(model) if named else (lambda rows, m=model: outputs_of(m)(rows.to_numpy()))
        expected = brute_force(outputs, explainer.background, frame.iloc[[3]])
        np.testing.assert_allclose(found.values, expected[:, -1], atol=1e-9)
        assert found.algorithm == algorithm


def test_columns_without_names_are_called_by_their_numbers():
    table = pd.DataFrame(numbers().to_numpy())
    model = RandomForestRegressor(4, random_state=0).fit(table, curved(numbers()))
    explainer = Explainer(model, table.assign(outcome=1.0), target="outcome", background=6)
    assert explainer.columns == ("0", "1", "2", "3")
    expected = brute_force(outputs_of(model), table.iloc[:6], table.iloc[[9]])
    found = Explainer(model, table, background=table.iloc[:6]).explain(row=9)
    np.testing.assert_allclose(found.values, expected[:, 0], atol=1e-12)


def test_missing_values_in_trees_go_where_training_sent_them():
    frame = numbers()
    frame.loc[::5, "a"] = np.nan
    frame.loc[::7, "c"] = np.nan
    target = curved(frame.fillna(0.7))
    for estimator in (
        RandomForestRegressor(10, random_state=0),
        HistGradientBoostingRegressor(max_iter=15),
        DecisionTreeRegressor(random_state=0),
    ):
        model = estimator.fit(frame, target)
        explainer = Explainer(model, frame, background=frame.iloc[:10])
        for row in (0, 5, 7, 8):
            expected = brute_force(outputs_of(model), frame.iloc[:10], frame.iloc[[row]])
            np.testing.assert_allclose(explainer.explain(row=row).values, expected[:, 0], atol=1e-12)


def test_native_categorical_splits_are_explained_through_their_predictions():
    """shap.TreeExplainer is wrong here without a word (its additivity check passes)."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"kind": random.integers(0, 12, 300), "size": random.normal(size=300)})
    target = np.where(np.isin(frame["kind"], [1, 4, 7, 8]), 3.0, -1.0) * frame["size"]
    model = HistGradientBoostingClassifier(max_iter=20, categorical_features=["kind"]).fit(frame, target > 0)
    assert any(p.nodes["is_categorical"].any() for stage in model._predictors for p in stage)
    assert_exact(model, frame, "enumeration-encoded")
    found = Explainer(model, frame, background=frame.iloc[:8]).explain(row=3, unit="margin")
    expected = brute_force(lambda rows: two_columns(model.decision_function(rows)), frame.iloc[:8], frame.iloc[[3]])
    np.testing.assert_allclose(found.values, expected[:, 1], atol=1e-9)
    assert found.algorithm == "enumeration-encoded"


def test_categories_by_dtype_keep_their_type():
    frame = people()[["age", "income", "owner", "region"]]
    model = HistGradientBoostingClassifier(max_iter=10, categorical_features="from_dtype")
    assert_exact(model.fit(frame, three_classes(people())), frame, "enumeration-frame")


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
    assert_exact(model.fit(frame, target), frame, "enumeration-frame" if native else "enumeration-encoded")


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
        "enumeration-frame",
    )


def test_names_that_lightgbm_rewrites_are_still_found():
    lightgbm = pytest.importorskip("lightgbm")
    frame = numbers().set_axis(["net income", "b", "fixed acidity", "d"], axis=1)
    model = lightgbm.LGBMRegressor(n_estimators=5, verbose=-1).fit(frame, curved(numbers()))
    assert Explainer(model, frame, background=5).columns == tuple(frame.columns)


def test_margins_of_boosting_are_exact_over_the_trees():
    frame = people()
    for estimator, task in (
        (GradientBoostingClassifier(n_estimators=12, random_state=0), "binary"),
        (GradientBoostingClassifier(n_estimators=6, random_state=0), "multiclass"),
        (HistGradientBoostingClassifier(max_iter=8), "binary"),
        (HistGradientBoostingClassifier(max_iter=6), "multiclass"),
    ):
        model = piped(estimator, task, columns(sparse_threshold=0))
        explainer = Explainer(model, frame, background=frame.iloc[:8])
        expected = brute_force(
            lambda rows, m=model: two_columns(m.decision_function(rows)), frame.iloc[:8], frame.iloc[[4]]
        )
        for position, label in enumerate(explainer.model.classes):
            found = explainer.explain(row=4, target_class=label, unit="margin")
            np.testing.assert_allclose(found.values, expected[:, position], atol=1e-10)
            assert (found.algorithm, found.unit) == ("tree-exact", "margin")


def test_trees_that_do_not_add_up_are_left_and_it_is_said():
    """A Poisson model adds up in the logarithm only, and boosting may start from another model."""
    frame = numbers()
    counts = np.exp(curved(frame) / 3)
    poisson = HistGradientBoostingRegressor(loss="poisson", max_iter=10).fit(frame, counts)
    begun = GradientBoostingRegressor(n_estimators=10, init=LinearRegression(), random_state=0).fit(frame, counts)
    for model in (poisson, begun):
        explainer = assert_exact(model, frame, "enumeration-encoded")
        assert [notice.code for notice in explainer.explain(row=0).warnings] == ["trees-do-not-add-up"]


def test_onehot_columns_move_together():
    """Berlin and Köln are alike for this model: beside people from Köln the city of a Berliner counts nothing.

    Separate SHAP values of the one-hot columns pass through people who live in both cities or in none; their sum is
    not the city's value.
    """
    shap = pytest.importorskip("shap")
    frame = people()[["age", "city"]].dropna()
    effect = frame["age"] * frame["city"].isin(["Berlin", "Köln"])
    encoder = make_column_transformer(("passthrough", ["age"]), (OneHotEncoder(sparse_output=False), ["city"]))
    model = make_pipeline(encoder, DecisionTreeRegressor(random_state=0)).fit(frame, effect)
    background = frame[frame["city"] == "Köln"].head(12)
    row = frame[(frame["city"] == "Berlin") & (frame["age"] > 60)].head(1)
    expected = brute_force(outputs_of(model), background, row)[:, 0]
    ours = Explainer(model, frame, background=background).explain(frame=row).values
    tree = shap.TreeExplainer(model[-1], encoder.transform(background), feature_perturbation="interventional")
    single = tree.shap_values(encoder.transform(row))[0]
    assert expected[1] == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(ours, expected, atol=1e-12)
    assert abs(single[1:].sum()) > 1


def test_several_rows_at_once_equal_the_rows_one_by_one():
    frame = people()
    for model in (
        piped(FOREST, "binary"),
        piped(LinearSVC(), "binary"),
        piped(GaussianNB(), "binary", columns(sparse_threshold=0)),
    ):
        explainer = Explainer(model, frame, background=10)
        together = explainer.explain(row=[2, 5, 9])
        for place, row in enumerate((2, 5, 9)):
            np.testing.assert_allclose(together.values[place], explainer.explain(row=row).values, atol=1e-12)


def test_sampling_says_its_error_and_keeps_to_it():
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
    few = Explainer(model, frame, background=frame.iloc[:40])
    from xai.attribution.enumeration import enumerate_row
    from xai.attribution.game import Game

    exact = enumerate_row(Game(few.model, few.background, frame.iloc[[3]], "score"), 0).mean(axis=0)[:, 1]
    error = next(measure.value for measure in found.trust.measures if measure.code == "sampling")
    assert np.abs(found.values - exact).max() < 5 * max(error, 1e-6)
    assert found.base + found.values.sum() == pytest.approx(
        float(model.decision_function(frame.iloc[[3]])[0]), rel=1e-9
    )


def test_a_column_the_model_never_sees_contributes_exactly_nothing():
    frame = people()
    found = Explainer(piped(FOREST, "binary", passthrough(ONE_HOT, "drop")), frame, background=8).explain(row=1)
    assert found.values[[0, 1, 4]].tolist() == [0, 0, 0]


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


@pytest.mark.parametrize("kind", ["TreeExplainer", "Exact", "LinearExplainer"])
def test_equal_to_shap_on_the_same_background(kind: str):
    """On values exact in single precision, where shap's interventional trees are right."""
    shap = pytest.importorskip("shap")
    frame = numbers()
    background, rows = frame.iloc[:25], frame.iloc[40:46]
    if kind == "TreeExplainer":
        model = RandomForestRegressor(15, max_depth=6, random_state=0).fit(frame, curved(frame))
        theirs = shap.TreeExplainer(model, background, feature_perturbation="interventional").shap_values(rows)
    elif kind == "Exact":
        model = MLPClassifier((8,), max_iter=200, random_state=0).fit(frame.to_numpy(), curved(frame) > 0)
        masker = shap.maskers.Independent(background.to_numpy(), max_samples=25)
        theirs = shap.explainers.Exact(lambda x: model.predict_proba(x)[:, 1], masker)(rows.to_numpy()).values
    else:
        model = Ridge().fit(frame, curved(frame))
        theirs = shap.LinearExplainer(model, shap.maskers.Independent(background, max_samples=25)).shap_values(rows)
    ours = Explainer(model, frame, background=background).explain(frame=rows)
    np.testing.assert_allclose(ours.values, theirs, atol=1e-6 if kind == "TreeExplainer" else 1e-9)

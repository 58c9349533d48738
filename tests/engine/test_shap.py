"""SHAP values on the original columns against brute force over all coalitions, for every kind of model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pipelines import (
    FOREST,
    NUMBERS,
    ONE_HOT,
    TARGETS,
    WORDS,
    assert_exact,
    brute_force,
    columns,
    curved,
    numbers,
    outputs_of,
    people,
    piped,
    three_classes,
    two_classes,
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
    "bagging": (BaggingRegressor(n_estimators=4, random_state=0), "regression", "tree-exact"),
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
        "linear-exact",
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
    """PCA mixes all columns; the others two of six, and only those are transformed again in every mixture."""
    algorithm = "enumeration-frame" if reason == "PCA" else "enumeration-partly"
    explainer = assert_exact(piped(FOREST, "binary", MIXING[reason]), people(), algorithm)
    assert explainer.model.mixing == reason
    sampling = explainer.explain(row=0).sampling
    assert sampling["mixing"] == reason
    assert sampling["mixed"] == ("age, income, city, job, owner, region" if reason == "PCA" else "age, income")


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


def test_a_column_the_model_never_sees_contributes_exactly_nothing():
    frame = people()
    found = Explainer(piped(FOREST, "binary", passthrough(ONE_HOT, "drop")), frame, background=8).explain(row=1)
    assert found.values[[0, 1, 4]].tolist() == [0, 0, 0]

"""The tree kernel: exact over the leaves, or left where trees do not add up; never wrong without a word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pipelines import (
    assert_exact,
    brute_force,
    columns,
    curved,
    numbers,
    outputs_of,
    people,
    piped,
    two_columns,
)
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeRegressor

from xai.explainer import Explainer


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


def test_native_categorical_splits_are_explained_exactly():
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
    assert found.algorithm == "tree-exact"


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
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


def test_values_beside_a_threshold_in_double_precision():
    """scikit-learn's trees compare in single precision; shap's interventional explainer is wrong here now and then."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame(np.repeat(random.normal(size=(60, 1)), 3, axis=1), columns=list("abc"))
    frame["b"] = frame["a"] + 1e-9
    frame["c"] = np.nextafter(np.float32(1.1), 2) * random.integers(1, 4, 60)
    model = RandomForestRegressor(20, random_state=0).fit(frame, random.normal(size=60))
    thresholds = np.concatenate([tree.tree_.threshold[tree.tree_.feature >= 0] for tree in model.estimators_])
    edges = pd.DataFrame({name: random.choice(thresholds, 20) for name in frame})
    explainer = Explainer(model, frame, background=edges.iloc[:10])
    for row in range(10, 20):
        expected = brute_force(model.predict, edges.iloc[:10], edges.iloc[[row]])
        found = explainer.explain(frame=edges.iloc[[row]])
        np.testing.assert_allclose(found.values, expected[:, 0], atol=1e-12)
        assert found.algorithm == "tree-exact"


def test_a_tree_without_a_split_explains_nothing():
    frame = numbers()
    found = Explainer(DecisionTreeRegressor().fit(frame, np.full(len(frame), 7.0)), frame, background=5).explain(row=0)
    assert (found.values.tolist(), found.base, found.prediction) == ([0, 0, 0, 0], 7, 7)


def test_a_column_that_returns_on_a_path_is_one_player():
    """By hand: 1 where 0 < x ≤ 1 and y > 0. x = (0.5, 1) against (2, -1) and (-1, 1)."""
    grid = np.array([(x, y) for x in (-1.0, 0.5, 2.0) for y in (-1.0, 1.0)])
    frame = pd.DataFrame(grid, columns=["x", "y"])
    inside = (frame["x"] > 0) & (frame["x"] <= 1) & (frame["y"] > 0)
    model = DecisionTreeRegressor(random_state=0).fit(frame, inside.astype(float))
    background = pd.DataFrame({"x": [2.0, -1.0], "y": [-1.0, 1.0]})
    found = Explainer(model, frame, background=background).explain(frame=pd.DataFrame({"x": [0.5], "y": [1.0]}))
    # against (2, -1) both are needed: half each; against (-1, 1) x does it alone
    np.testing.assert_allclose(found.values, [(0.5 + 1) / 2, (0.5 + 0) / 2])
    assert found.base == 0

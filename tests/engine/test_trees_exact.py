"""Contributions of every family of tree ensembles, against brute force over all coalitions of the original columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pipelines import TARGETS, columns, outputs_of, people
from pipelines import brute_force as over_all_orders
from sklearn.pipeline import make_pipeline
from tree_models import (
    FAMILIES,
    SCORES,
    SINGLE,
    TASKS,
    answers,
    brute_force,
    made,
    margin_of,
    used_columns,
    wide,
)

from xai.explainer import Explainer

CASES = [(family, task) for family in FAMILIES for task in TASKS if (family, task) != ("adaboost", "regression")]
WITH_GAPS = ("tree", "forest", "extra trees", "histogram", "xgboost", "lightgbm", "catboost")


def strangers() -> pd.DataFrame:
    """Two people: one from a city and with a job that nobody had in training, one with everything missing."""
    rows = people().iloc[[3, 4]].reset_index(drop=True)
    rows.loc[0, "city"], rows.loc[0, "job"] = "Atlantis", "diver"
    rows.loc[1, ["income"]] = np.nan
    rows.loc[1, ["city", "job"]] = None
    return rows


@pytest.mark.parametrize(("family", "task"), CASES, ids=lambda value: value)
def test_one_hot_pipelines_with_missing_values_and_unseen_categories(family: str, task: str, each_way):
    """In probability or the target's unit where trees add up there, else in margin; for every class."""
    needs(family)
    frame, rows, background = people(), strangers(), people().iloc[:5]
    target = pd.factorize(TARGETS[task](frame), sort=True)[0] if task != "regression" else TARGETS[task](frame)
    model = make_pipeline(columns(sparse_threshold=0), made(family, task)).fit(frame, target)
    margin = family in SCORES and task != "regression"
    outputs = outputs_of(model)
    if margin:
        asked = margin_of(family, model[-1])
        outputs = lambda each: asked(model[0].transform(each))  # noqa: E731
    expected = np.array([over_all_orders(outputs, background, rows.iloc[[row]]) for row in range(len(rows))])
    said, limit = np.asarray(outputs(rows)).reshape(len(rows), -1), SINGLE if family == "xgboost" else 1e-9
    for _ in each_way():
        explainer = Explainer(model, frame, background=background)
        for position, label in enumerate(explainer.model.classes or [None]):
            asking = {"target_class": label, "unit": "margin" if margin else None}
            found = explainer.explain(frame=rows, **asking)
            alone = explainer.explain(frame=rows.iloc[[0]], **asking)
            assert found.algorithm == alone.algorithm == "tree-exact"
            np.testing.assert_allclose(found.values, expected[:, :, position], rtol=0, atol=limit)
            np.testing.assert_allclose(alone.values, expected[0, :, position], rtol=0, atol=limit)
            total = found.base + found.values.sum(axis=1)
            np.testing.assert_allclose(total, said[:, position], rtol=0, atol=max(limit, 1e-8))


@pytest.mark.parametrize("count", [1, 14, 40, 200])
@pytest.mark.parametrize("family", WITH_GAPS)
def test_any_number_of_columns(family: str, count: int, each_way):
    """Brute force over the columns the model uses: the others are dummies, which a Shapley value leaves at zero."""
    needs(family)
    frame = wide(count, gaps=family != "extra trees")
    model = small(family).fit(frame, answers(frame, "regression"))
    background, rows = frame.iloc[:7], frame.iloc[20:22]
    used = used_columns(model.predict, frame)
    assert 0 < len(used) <= 10
    expected = [brute_force(model.predict, background, rows.iloc[[row]], used)[:, 0] for row in range(len(rows))]
    for _ in each_way():
        found = Explainer(model, frame, background=background).explain(frame=rows)
        assert found.algorithm == "tree-exact"
        np.testing.assert_allclose(found.values, expected, rtol=0, atol=SINGLE if family == "xgboost" else 1e-9)
        assert (found.values[:, np.setdiff1d(range(count), used)] == 0).all()


def needs(family: str) -> None:
    if family in ("xgboost", "lightgbm", "catboost"):
        pytest.importorskip(family)


def small(family: str):
    """Few enough splits that all coalitions of the columns they ask can be played."""
    few = {"n_estimators": 3, "max_depth": 2}
    settings = {
        "tree": {"max_depth": 3},
        "histogram": {"max_depth": 2, "max_iter": 3, "min_samples_leaf": 5},
        "catboost": {"depth": 3, "n_estimators": 3, "verbose": 0, "allow_writing_files": False},
        "lightgbm": {**few, "min_child_samples": 5, "verbose": -1},
    }
    kind = type(made(family, "regression"))
    return kind(random_state=0, **settings.get(family, few))


def test_all_outputs_of_a_model_with_many_classes_are_right(each_way):
    random = np.random.default_rng(0)
    frame = wide(4, rows=300)
    model = made("forest", "multiclass").fit(frame, random.integers(0, 7, 300))
    rows, background = frame.iloc[40:43], frame.iloc[:20]
    expected = np.array([over_all_orders(model.predict_proba, background, rows.iloc[[row]]) for row in range(3)])
    for _ in each_way():
        explainer = Explainer(model, frame, background=background)
        for position in range(7):
            found = explainer.explain(frame=rows, target_class=position)
            np.testing.assert_allclose(found.values, expected[:, :, position], rtol=0, atol=1e-12)

"""Trees are read as their libraries mean them, down to the last bit of a threshold; what cannot be read is named."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import brute_force as over_all_orders
from pipelines import curved, numbers, outputs_of, people, piped, three_classes, two_columns, wealth
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier
from tree_models import SINGLE, answers, made, wide

from xai.attribution.trees import reading
from xai.attribution.trees.ensemble import ensemble
from xai.attribution.trees.reading import read_trees
from xai.explainer import Explainer
from xai.texts import LANGUAGES, catalogue

EDGES = ("tree", "extra trees", "boosting", "histogram", "xgboost", "lightgbm", "catboost", "bagging", "voting")
TAKE_NAN = ("tree", "histogram", "xgboost", "lightgbm", "catboost")


@pytest.mark.parametrize("family", EDGES)
def test_values_on_a_threshold_and_beside_it_go_where_the_library_sends_them(family: str):
    """Thresholds themselves, their neighbours in single and in double precision, zeros, and missing values."""
    pytest.importorskip(family) if family in ("xgboost", "lightgbm", "catboost") else None
    random = np.random.default_rng(0)
    frame = wide(3, rows=300, gaps=family in TAKE_NAN).round(2)
    model = made(family, "regression").fit(frame, answers(frame, "regression"))
    read = read_trees(model, 1)
    flat = ensemble(read, np.arange(3), 3)
    asked = np.concatenate([tree.threshold[tree.left >= 0] for tree in read.trees])
    asked = asked[np.isfinite(asked)]
    single = asked.astype(np.float32)
    near = [asked, np.nextafter(asked, -9), np.nextafter(asked, 9), np.zeros(5), np.full(5, -0.0), np.full(5, 1e-36)]
    near += [np.nextafter(single, np.float32(-9)), np.nextafter(single, np.float32(9)), single]
    near += [np.full(20, np.nan)] if family in TAKE_NAN else []
    rows = random.choice(np.concatenate(near).astype(np.float64), size=(4000, 3))
    seen = rows if read.seen is None else read.seen(rows)
    said = model.predict(pd.DataFrame(rows, columns=frame.columns))
    limit = SINGLE if read.single else 1e-12
    np.testing.assert_allclose(flat.raw(flat.conditions.codes(seen))[:, 0], said, rtol=0, atol=limit)
    few = [flat.conditions.codes(seen[place : place + 3]) for place in range(0, 300, 3)]
    assert np.array_equal(np.hstack(few), flat.conditions.codes(seen[:300]))


@pytest.mark.parametrize("options", [{}, {"zero_as_missing": True}, {"use_missing": False}], ids=str)
def test_the_three_ways_in_which_lightgbm_sees_missing_values(options: dict[str, Any]):
    lightgbm = pytest.importorskip("lightgbm")
    frame = wide(3, rows=400, gaps=True).round(0)  # many zeros
    model = lightgbm.LGBMRegressor(n_estimators=6, min_child_samples=5, verbose=-1, **options)
    model.fit(frame, answers(frame, "regression"))
    assert_reads(model, frame)


@pytest.mark.parametrize("boosting", ["dart", "rf"])
def test_other_kinds_of_boosting_in_lightgbm(boosting: str):
    lightgbm = pytest.importorskip("lightgbm")
    frame = wide(4, rows=200)
    bagged = {"subsample": 0.5, "subsample_freq": 1} if boosting == "rf" else {}
    model = lightgbm.LGBMRegressor(n_estimators=5, boosting_type=boosting, verbose=-1, **bagged)
    assert_reads(model.fit(frame, answers(frame, "regression")), frame)


@pytest.mark.parametrize("options", [{"booster": "dart", "rate_drop": 0.5}, {"num_parallel_tree": 3}, {"missing": 0.0}])
def test_other_kinds_of_boosting_in_xgboost(options: dict[str, Any]):
    xgboost = pytest.importorskip("xgboost")
    frame = wide(4, rows=200).round(0)
    model = xgboost.XGBRegressor(n_estimators=5, max_depth=3, **options).fit(frame, answers(frame, "regression"))
    assert_reads(model, frame, SINGLE)


@pytest.mark.parametrize("policy", ["Depthwise", "Lossguide", "SymmetricTree"])
def test_the_shapes_of_catboosts_trees(policy: str):
    catboost = pytest.importorskip("catboost")
    frame = wide(5, rows=300, gaps=True)
    for task, kind in (("regression", catboost.CatBoostRegressor), ("multiclass", catboost.CatBoostClassifier)):
        model = kind(n_estimators=6, depth=4, grow_policy=policy, verbose=0, allow_writing_files=False)
        model.fit(frame, answers(frame, task))
        assert_reads(model, frame, unit=None if task == "regression" else "margin")


def test_only_the_trees_up_to_the_best_iteration_predict():
    lightgbm, xgboost = pytest.importorskip("lightgbm"), pytest.importorskip("xgboost")
    frame = wide(4, rows=300)
    random = np.random.default_rng(0)
    noise, held = random.normal(size=300), (frame.head(100), random.normal(size=100))
    model = xgboost.XGBRegressor(n_estimators=40, early_stopping_rounds=2).fit(frame, noise, eval_set=[held], verbose=0)
    assert model.best_iteration < 38
    assert_reads(model, frame, SINGLE)
    model = lightgbm.LGBMRegressor(n_estimators=40, verbose=-1)
    model.fit(frame, noise, eval_set=[held], callbacks=[lightgbm.early_stopping(2, verbose=False)])
    assert model.best_iteration_ < 40
    assert_reads(model, frame)


@pytest.mark.parametrize("library", ["histogram", "xgboost", "lightgbm"])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_splits_by_sets_of_categories(library: str, task: str, each_way):
    """A column of categories, some missing, one never seen in training; a set of them decides."""
    pytest.importorskip(library) if library != "histogram" else None
    random = np.random.default_rng(0)
    kind = pd.Categorical(random.choice(list("abcdefghij"), 400), categories=list("abcdefghijk"))
    frame = pd.DataFrame({"size": random.normal(size=400), "kind": kind, "other": random.normal(size=400)})
    frame.loc[::9, "kind"] = None
    number = np.where(frame["kind"].isin(list("acfh")), 2.0, -1.0) * frame["size"] + 0.3 * frame["other"]
    target = number if task == "regression" else np.digitize(number, [0] if task == "binary" else [-0.5, 0.8])
    model = by_category(library, task).fit(frame, target)
    rows = frame.iloc[[0, 5]].reset_index(drop=True)
    rows.loc[1, "kind"] = "k"
    unit = None if task == "regression" else "margin"
    margin = outputs_of(model) if task == "regression" else score(library, model)
    expected = [over_all_orders(margin, frame.iloc[20:28], rows.iloc[[row]]) for row in range(2)]
    for _ in each_way():
        explainer = Explainer(model, frame, background=frame.iloc[20:28])
        for position, label in enumerate(explainer.model.classes or [None]):
            found = explainer.explain(frame=rows, target_class=label, unit=unit)
            assert found.algorithm == "tree-exact"
            limit = SINGLE if library == "xgboost" else 1e-9
            np.testing.assert_allclose(found.values, np.array(expected)[:, :, position], rtol=0, atol=limit)


def by_category(library: str, task: str) -> Any:
    model = made(library, task)
    if library == "histogram":
        return model.set_params(categorical_features="from_dtype")
    if library == "xgboost":
        return model.set_params(enable_categorical=True, max_cat_to_onehot=2)
    return model.set_params(min_data_per_group=5, cat_smooth=1)


def score(library: str, model: Any):
    if library == "histogram":
        return lambda rows: two_columns(model.decision_function(rows))
    asked = {"output_margin": True} if library == "xgboost" else {"raw_score": True}
    return lambda rows: two_columns(np.asarray(model.predict(rows, **asked), dtype=float))


def test_codes_of_an_encoder_as_categories_of_histogram_boosting(each_way):
    """The usual pipeline: an ordinal encoder, its columns then named as categories; they are put first inside."""
    frame = people()
    encoder = make_column_transformer(
        ("passthrough", ["age", "income"]),
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), ["city", "job", "region"]),
    )
    final = HistGradientBoostingRegressor(max_iter=10, categorical_features=[2, 3, 4], min_samples_leaf=5)
    model = make_pipeline(encoder, final).fit(frame, wealth(frame))
    assert any(p.nodes["is_categorical"].any() for stage in model[-1]._predictors for p in stage)
    row = frame.iloc[[3]].reset_index(drop=True)
    row.loc[0, "city"] = "Atlantis"
    expected = over_all_orders(model.predict, frame.iloc[:8], row)[:, 0]
    for _ in each_way():
        found = Explainer(model, frame, background=frame.iloc[:8]).explain(frame=row)
        np.testing.assert_allclose(found.values, expected, rtol=0, atol=1e-10)
        assert found.algorithm == "tree-exact"


def test_probabilities_of_adaboost_and_of_exponential_loss(compiled):
    frame = numbers()
    target = np.where(curved(frame) > 0, "up", "down")
    for model in (made("adaboost", "binary"), GradientBoostingClassifier(n_estimators=8, loss="exponential")):
        model.fit(frame, target)
        explainer = Explainer(model, frame, background=frame.iloc[:9])
        expected = over_all_orders(model.predict_proba, frame.iloc[:9], frame.iloc[[50]])
        assert explainer._compared.trees("probability").prepared is not None
        np.testing.assert_allclose(
            explainer.explain(row=50, target_class="up").values, expected[:, 1], rtol=0, atol=1e-12
        )


def test_averages_over_members_of_several_libraries(each_way):
    """Each member sees the rows in its own way: rounded, with tiny numbers as zeros, with categories first."""
    pytest.importorskip("xgboost"), pytest.importorskip("lightgbm")
    frame = wide(3, rows=200, gaps=True).round(1).assign(kind=np.random.default_rng(0).integers(0, 6, 200))
    target = answers(frame, "regression") + 2 * frame["kind"].isin([1, 4])
    by_category = HistGradientBoostingRegressor(max_iter=5, categorical_features=[3], min_samples_leaf=5)
    members = [("tree", made("tree", "regression")), ("categories", by_category)]
    members += [(name, made(name, "regression")) for name in ("xgboost", "lightgbm")]
    voting = VotingRegressor(members, weights=[1, 2, 3, 4]).fit(frame, target)
    bagged = BaggingRegressor(by_category, n_estimators=3, random_state=0).fit(frame, target)
    for _ in each_way():
        for model in (voting, bagged):
            found = Explainer(model, frame, background=frame.iloc[:7]).explain(row=30)
            expected = over_all_orders(model.predict, frame.iloc[:7], frame.iloc[[30]])[:, 0]
            assert found.algorithm == "tree-exact"
            np.testing.assert_allclose(found.values, expected, rtol=0, atol=SINGLE)


def test_averages_with_other_members_are_not_taken_for_trees():
    frame = numbers()
    target = three_classes(people())
    mixed = [("tree", DecisionTreeClassifier(max_depth=3)), ("near", KNeighborsClassifier())]
    boosted = [("a", HistGradientBoostingClassifier(max_iter=3)), ("b", DecisionTreeClassifier(max_depth=3))]
    for model in (
        VotingClassifier(mixed, voting="soft"),
        VotingClassifier(boosted, voting="soft"),
        VotingClassifier([("a", DecisionTreeClassifier(max_depth=2)), ("b", DecisionTreeClassifier(max_depth=3))]),
        BaggingClassifier(LogisticRegression(), n_estimators=2),
    ):
        explainer = Explainer(model.fit(frame, target), frame, background=6)
        found = explainer.explain(row=3)
        assert found.algorithm == "enumeration-encoded"
        assert found.warnings == ()


def test_a_model_that_says_something_else_than_its_trees_is_found_out():
    """The trees of this forest are read, compared with what it says, and left; the reader is told."""

    class Doubled(RandomForestRegressor):
        def predict(self, rows):
            return 2 * super().predict(rows) + 1

    frame = numbers()
    model = Doubled(5, random_state=0).fit(frame, curved(frame))
    found = Explainer(model, frame, background=frame.iloc[:8]).explain(row=30)
    np.testing.assert_allclose(
        found.values, over_all_orders(model.predict, frame.iloc[:8], frame.iloc[[30]])[:, 0], rtol=0, atol=1e-12
    )
    assert found.algorithm == "enumeration-encoded"
    assert [notice.code for notice in found.warnings] == ["trees-do-not-add-up"]


@pytest.mark.parametrize("wrong", ["threshold", "strict", "single"])
def test_a_library_read_with_the_wrong_comparison_is_found_out(wrong: str, monkeypatch: pytest.MonkeyPatch):
    """Even where no row of the data tells the difference: rows on the thresholds do."""
    frame = numbers().round(1)
    model = HistGradientBoostingRegressor(max_iter=8).fit(frame, curved(frame))
    changed = {
        "threshold": lambda tree: {"threshold": tree.threshold + 1e-9},
        "strict": lambda tree: {"strict": True},
        "single": lambda tree: {"single": True},
    }[wrong]
    read = reading.histogram.read

    def misread(estimator: Any, outputs: int) -> Any:
        right = read(estimator, outputs)
        return replace(right, trees=tuple(replace(tree, **changed(tree)) for tree in right.trees))

    kinds = [(kinds, misread if each is read else each) for kinds, each in reading._KINDS]
    monkeypatch.setattr(reading, "_KINDS", tuple(kinds))
    found = Explainer(model, frame, background=frame.iloc[:8]).explain(row=30)
    assert found.algorithm == "enumeration-encoded"
    assert [notice.code for notice in found.warnings] == ["trees-do-not-add-up"]


def test_what_cannot_be_read_is_named_and_explained_otherwise():
    catboost, lightgbm = pytest.importorskip("catboost"), pytest.importorskip("lightgbm")
    frame = people()[["age", "income", "region"]]
    options = {"n_estimators": 5, "verbose": 0, "allow_writing_files": False}
    by_statistics = catboost.CatBoostRegressor(cat_features=["region"], **options)
    with_lines = lightgbm.LGBMRegressor(n_estimators=5, linear_tree=True, verbose=-1)
    for model, rows, reason in (
        (by_statistics, frame, "category-statistics"),
        (with_lines, frame[["age", "income"]].fillna(0.0), "lines-in-leaves"),
    ):
        model.fit(rows, wealth(people()))
        found = Explainer(model, rows, background=rows.iloc[:6]).explain(row=7)
        expected = over_all_orders(model.predict, rows.iloc[:6], rows.iloc[[7]])[:, 0]
        np.testing.assert_allclose(found.values, expected, rtol=0, atol=1e-9)
        assert [notice.code for notice in found.warnings] == ["trees-unreadable"]
        assert dict(found.warnings[0].facts) == {"reason": reason}


def test_every_reason_why_trees_cannot_be_read_has_words():
    sources = "".join(path.read_text() for path in Path(reading.__file__).parent.glob("*.py"))
    reasons = set(re.findall(r'Unreadable\("(.+?)"\)', sources))
    assert len(reasons) == 4
    for known in map(catalogue, LANGUAGES):
        assert [reason for reason in reasons if f"notices.trees-unreadable-{reason}" not in known] == []


def test_a_background_is_prepared_once():
    frame = people()
    explainer = Explainer(piped(made("forest", "binary"), "binary"), frame, background=10)
    first = explainer._compared.trees("probability").prepared
    explainer.explain(row=1)
    explainer.importance(rows=20)
    assert explainer._compared.trees("probability").prepared is first


def assert_reads(model: Any, frame: pd.DataFrame, limit: float = 1e-9, unit: str | None = None) -> None:
    """The trees are exact, and their sums are what the model says about rows of its data."""
    explainer = Explainer(model, frame, background=frame.iloc[:9])
    found = explainer.explain(frame=frame.iloc[10:60], unit=unit)
    assert (found.algorithm, found.warnings) == ("tree-exact", ())
    said = explainer.model.margin(frame) if unit == "margin" else explainer.model.predict(frame)
    position = explainer._class_index(None)
    np.testing.assert_allclose(
        found.base + found.values.sum(axis=1), said[10:60, position], rtol=0, atol=limit * max(1, np.abs(said).max())
    )

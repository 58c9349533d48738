"""Importance over many rows: by SHAP, by permutation (equal to scikit-learn's), and the model's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import (
    FOREST,
    NUMBERS,
    WORDS,
    brute_force,
    columns,
    curved,
    numbers,
    people,
    piped,
    three_classes,
    two_classes,
    wealth,
)
from scipy import stats
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from xai.errors import QuestionError
from xai.explainer import Explainer


def test_shap_importance_is_the_mean_size_of_brute_force_contributions():
    frame = people(12)
    model = piped(FOREST, "multiclass")
    explainer = Explainer(model, frame, background=people().head(6), target_class="top")
    each = [brute_force(model.predict_proba, people().head(6), frame.iloc[[row]])[:, 2] for row in range(12)]
    found = explainer.importance(rows=12)
    np.testing.assert_allclose(found.values, each, atol=1e-6)  # float32
    np.testing.assert_allclose(found.importance, np.abs(each).mean(axis=0), atol=1e-12)
    half = 1.96 * np.abs(each).std(axis=0, ddof=1) / np.sqrt(12)
    np.testing.assert_allclose(found.high - found.importance, half, atol=1e-12)
    assert (found.low >= 0).all()
    assert (found.rows_used, found.rows_total, found.target_class) == (12, 12, "top")
    assert found.base == pytest.approx(model.predict_proba(people().head(6))[:, 2].mean())


def test_the_rows_are_drawn_by_the_seed_and_counted():
    frame = people()
    explainer = Explainer(piped(FOREST, "binary"), frame, background=10)
    first, again, other = (explainer.importance(rows=40, seed=seed) for seed in (1, 1, 2))
    assert (first.rows_used, first.rows_total) == (40, len(frame))
    pd.testing.assert_frame_equal(first.data, again.data)
    np.testing.assert_array_equal(first.values, again.values)
    assert not first.data.equals(other.data)
    assert not first.data.duplicated().all()


def test_direction_is_spearmans_correlation_where_numbers_are():
    frame = people()
    found = Explainer(piped(LinearRegression(), "regression"), frame, background=30).importance(rows=160)
    for position, name in enumerate(frame):
        if name in NUMBERS:
            known = frame[name].notna().to_numpy()
            expected = stats.spearmanr(frame[name][known], found.values[known, position]).statistic
            assert found.direction[position] == pytest.approx(expected, abs=1e-3)  # the values are float32
        else:
            assert np.isnan(found.direction[position])
    assert found.direction[0] > 0.99


def test_columns_that_move_together_are_named_strongest_first():
    frame = numbers()
    frame["twin"] = frame["a"] + 0.2 * frame["b"]
    frame["copy"] = -2 * frame["a"]
    model = RandomForestRegressor(5, random_state=0).fit(frame, curved(frame))
    explainer = Explainer(model, frame.assign(y=curved(frame)), target="y", background=10)
    for method in ("shap", "permutation"):
        notices = [n for n in explainer.importance(method, rows=50).warnings if n.code == "correlated-columns"]
        assert (notices[0].facts["first"], notices[0].facts["second"]) == ("a", "copy")
        assert notices[0].facts["correlation"] == pytest.approx(1)
        assert len(notices) == 3


def test_fewer_rows_are_said_where_the_whole_pipeline_must_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("xai.attribution.shap.TABLE_BUDGET", 1)  # as if the table were a large one
    mixing = make_column_transformer(
        (make_pipeline(SimpleImputer(), PCA(2)), NUMBERS), (OneHotEncoder(handle_unknown="ignore"), WORDS)
    )
    found = Explainer(piped(GaussianNB(), "binary", mixing), people(), background=40).importance(rows=120)
    assert found.rows_used < 120
    assert found.data.shape[0] == found.rows_used
    assert {"rows": found.rows_used, "asked": 120} in [dict(n.facts) for n in found.warnings if n.code == "fewer-rows"]


def test_few_columns_are_explained_exactly_before_many_rows_are_estimated(monkeypatch: pytest.MonkeyPatch):
    """Six columns: as many rows as all 64 coalitions allow, rather than every row with estimates."""
    model = piped(GaussianNB(), "binary")
    whole = Explainer(model, people(), background=10)
    players = len(whole.columns)
    monkeypatch.setattr("xai.attribution.shap.EXACT_ROWS", 50)
    monkeypatch.setattr("xai.attribution.shap.OPERATIONS", 0)  # as if nothing were known about the work it takes
    monkeypatch.setattr("xai.attribution.shap.ENCODED_BUDGET", 10 * 2**players * 80 // 8)
    found = whole.importance(rows=120)
    assert found.algorithm == "enumeration-encoded"
    assert found.rows_used == 80
    assert "fewer-rows" in [notice.code for notice in found.warnings]


def test_an_estimated_mean_is_judged_by_its_own_error_not_by_that_of_the_worst_row(monkeypatch: pytest.MonkeyPatch):
    model = piped(GaussianNB(), "binary")
    whole = Explainer(model, people(), background=10)
    exact = whole.importance(rows=120)
    monkeypatch.setattr("xai.attribution.shap.EXACT_ROWS", 10**9)
    monkeypatch.setattr("xai.attribution.shap.OPERATIONS", 0)
    monkeypatch.setattr("xai.attribution.shap.ENCODED_BUDGET", 10 * 4 * len(whole.columns) * 120 // 8)
    found = whole.importance(rows=120)
    assert found.algorithm == "permutation-encoded"
    measure = next(measure for measure in found.trust.measures if measure.code == "sampling_mean")
    assert 0 < np.abs(found.importance - exact.importance).max() <= measure.value


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "bool"])
def test_permutation_importance_equals_scikit_learns_with_the_same_seed(task: str):
    frame = people()
    target = {"binary": two_classes, "multiclass": three_classes, "regression": wealth}.get(
        task, lambda rows: wealth(rows) > 4
    )(frame)
    estimator = RandomForestRegressor(8, random_state=0) if task == "regression" else FOREST
    model = make_pipeline(columns(), estimator).fit(frame[:80], target[:80])
    expected = permutation_importance(model, frame, target, n_repeats=4, random_state=7)
    explainer = Explainer(model, frame.assign(y=target), target="y", background=5)
    found = explainer.importance("permutation", rows=1000, repeats=4, seed=7)
    np.testing.assert_allclose(found.importance, expected.importances_mean, atol=1e-12)
    half = stats.t.ppf(0.975, 3) * expected.importances.std(axis=1, ddof=1) / 2
    np.testing.assert_allclose(found.high - found.importance, half, atol=1e-12)
    np.testing.assert_allclose(found.importance - found.low, half, atol=1e-12)
    assert found.unit == ("r2" if task == "regression" else "accuracy")
    assert found.base == pytest.approx(model.score(frame, target))


def test_permutation_uses_rows_with_a_known_outcome_and_held_out_ones_only():
    frame = people()
    target = pd.Series(wealth(frame))
    target[100::2] = np.nan
    model = piped(Ridge(), "regression")
    explainer = Explainer(model, frame.assign(y=target), target="y", held_out_from=90)
    kept = np.flatnonzero(target.notna() & (target.index >= 90))
    expected = permutation_importance(model, frame.iloc[kept], target[kept], n_repeats=3, random_state=0)
    found = explainer.importance("permutation", repeats=3)
    np.testing.assert_allclose(found.importance, expected.importances_mean, atol=1e-12)
    assert (found.rows_used, found.rows_total) == (len(kept), len(frame))


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"method": "permutation", "repeats": 1}, "too-few-repeats"),
        ({"method": "permutation", "rows": 0}, "too-few-rows"),
        ({"rows": 0}, "too-few-rows"),
        ({"method": "gain"}, "unknown-method"),
        ({"unit": "percent"}, "unknown-unit"),
        ({"target_class": "middle"}, "unknown-class"),
    ],
)
def test_importance_that_cannot_be_is_refused(options: dict[str, Any], code: str):
    frame = people(60)
    model = piped(FOREST, "binary", frame=frame)
    explainer = Explainer(model, frame.assign(y=two_classes(frame)), target="y", background=5)
    with pytest.raises(QuestionError, match=code):
        explainer.importance(**options)


def test_permutation_needs_known_outcomes():
    frame = people(60)
    model = piped(FOREST, "binary", frame=frame)
    with pytest.raises(QuestionError, match="no-target"):
        Explainer(model, frame, background=5).importance("permutation")
    with pytest.raises(QuestionError, match="no-known-outcome"):
        Explainer(model, frame.assign(y=None), target="y", background=5).importance("permutation")


def test_the_models_own_importances_are_summed_to_the_original_columns():
    frame = people()
    model = piped(FOREST, "binary")
    explainer = Explainer(model, frame, background=5)
    names, own = model[0].get_feature_names_out(), model[-1].feature_importances_
    expected = [
        sum(share for name, share in zip(names, own, strict=True) if name.split("__")[1].startswith(column))
        for column in frame
    ]
    found = explainer.importance("native")
    np.testing.assert_allclose(found.importance, expected, atol=1e-12)
    assert found.importance.sum() == pytest.approx(1)
    assert (found.algorithm, found.unit) == ("native-trees", "share")
    assert found.trust.verdict == "care"


def test_coefficients_count_by_the_spread_of_their_column():
    frame = numbers()
    frame["b"] *= 1000
    model = LinearRegression().fit(frame, frame["a"] * 3 + frame["b"] / 1000)
    found = Explainer(model, frame, background=5).importance("native")
    sizes = np.abs(model.coef_) * frame.std(ddof=0)
    np.testing.assert_allclose(found.importance, sizes / sizes.sum(), atol=1e-12)
    scaled = make_pipeline(StandardScaler(), LinearRegression()).fit(frame, frame["a"] * 3 + frame["b"] / 1000)
    np.testing.assert_allclose(Explainer(scaled, frame).importance("native").importance, found.importance, atol=1e-9)


def test_models_without_importances_of_their_own_say_so():
    frame = numbers()
    for model in (GaussianNB(), HistGradientBoostingClassifier(max_iter=3)):
        explainer = Explainer(model.fit(frame, curved(frame) > 0), frame, background=5)
        assert "native" not in explainer.methods
        with pytest.raises(QuestionError, match="no-native-importance"):
            explainer.importance("native")


def test_trees_on_categories_keep_their_own_importances():
    """Without preprocessing every importance belongs to an original column, whatever its type."""
    lightgbm = pytest.importorskip("lightgbm")
    frame = people()[["age", "income", "owner", "region"]]
    model = lightgbm.LGBMRegressor(n_estimators=10, verbose=-1).fit(frame, wealth(people()))
    found = Explainer(model, frame, background=5).importance("native")
    np.testing.assert_allclose(found.importance, model.feature_importances_ / model.feature_importances_.sum())


def test_progress_is_reported_and_can_stop_the_work():
    frame = people(60)
    explainer = Explainer(piped(GaussianNB(), "binary", columns(sparse_threshold=0), frame), frame, background=5)
    seen: list[float] = []
    explainer.importance(rows=20, progress=lambda share, what: seen.append(share))
    assert seen == sorted(seen)
    assert 0 <= seen[0] <= seen[-1] <= 1

    class Left(Exception):
        pass

    def leave(share: float, what: str) -> None:
        raise Left

    with pytest.raises(Left):
        explainer.importance(rows=20, progress=leave)


def test_a_table_of_the_result_is_ordered_and_plain():
    import json

    frame = people(60)
    found = Explainer(piped(FOREST, "binary", frame=frame), frame, background=5).importance(rows=20)
    table = found.to_frame()
    assert table["importance"].is_monotonic_decreasing
    written = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert [entry["name"] for entry in written["columns"]] == list(table["column"])
    with pytest.raises(ValueError, match="read-only"):
        found.importance[0] = 1

"""Is it any good: scores equal scikit-learn's, beside the simplest answer, on the rows where the outcome is known."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import curved, numbers
from sklearn import metrics
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from xai.errors import QuestionError
from xai.explainer import Explainer

FRAME = numbers()
UP = curved(FRAME) > 0.3
LEVELS = np.array(["low", "mid", "top"])[np.digitize(curved(FRAME), [-0.5, 0.7])]


def quality(estimator: Any, target: Any, **options: Any):
    return Explainer(estimator, FRAME.assign(y=target), target="y", background=5, **options).quality()


def test_scores_of_two_classes():
    target = np.where(UP, "yes", "no")
    model = GaussianNB().fit(FRAME[:80], target[:80])
    said, chance = model.predict(FRAME), model.predict_proba(FRAME)
    found = quality(model, target)
    expected = {
        "accuracy": metrics.accuracy_score(target, said),
        "balanced_accuracy": metrics.balanced_accuracy_score(target, said),
        "precision": metrics.precision_score(target, said, pos_label="yes"),
        "recall": metrics.recall_score(target, said, pos_label="yes"),
        "f1": metrics.f1_score(target, said, pos_label="yes"),
        "auc": metrics.roc_auc_score(target == "yes", chance[:, 1]),
        "log_loss": metrics.log_loss(target, chance),
    }
    assert dict(found.metrics) == pytest.approx(expected)
    np.testing.assert_array_equal(found.confusion, metrics.confusion_matrix(target, said, labels=["no", "yes"]))
    majority = pd.Series(target).mode()[0]
    assert found.baseline_answer == majority
    assert found.baseline["accuracy"] == pytest.approx((target == majority).mean())
    assert found.baseline["auc"] == 0.5
    assert found.baseline["balanced_accuracy"] == 0.5
    trivial = DummyClassifier(strategy="prior").fit(FRAME, target).predict_proba(FRAME)
    assert found.baseline["log_loss"] == pytest.approx(metrics.log_loss(target, trivial))


def test_scores_follow_the_class_that_is_asked_about():
    target = np.where(UP, "yes", "no")
    model = GaussianNB().fit(FRAME[:80], target[:80])
    found = quality(model, target, target_class="no")
    assert found.metrics["recall"] == pytest.approx(metrics.recall_score(target, model.predict(FRAME), pos_label="no"))
    assert found.metrics["auc"] == pytest.approx(metrics.roc_auc_score(UP, model.predict_proba(FRAME)[:, 1]))


def test_scores_of_several_classes():
    model = GaussianNB().fit(FRAME[:80], LEVELS[:80])
    said, chance = model.predict(FRAME), model.predict_proba(FRAME)
    found = quality(model, LEVELS)
    expected = {
        "accuracy": metrics.accuracy_score(LEVELS, said),
        "balanced_accuracy": metrics.balanced_accuracy_score(LEVELS, said),
        "auc": metrics.roc_auc_score(LEVELS, chance, multi_class="ovr", average="macro"),
        "log_loss": metrics.log_loss(LEVELS, chance),
    }
    assert dict(found.metrics) == pytest.approx(expected)
    np.testing.assert_array_equal(found.confusion, metrics.confusion_matrix(LEVELS, said))


def test_scores_of_numbers():
    target = curved(FRAME)
    model = LinearRegression().fit(FRAME[:80], target[:80])
    found = quality(model, target)
    said = model.predict(FRAME)
    expected = {
        "r2": metrics.r2_score(target, said),
        "mae": metrics.mean_absolute_error(target, said),
        "rmse": metrics.root_mean_squared_error(target, said),
    }
    assert dict(found.metrics) == pytest.approx(expected)
    assert found.baseline_answer == pytest.approx(target.mean())
    assert found.baseline["r2"] == pytest.approx(0)
    assert found.baseline["mae"] == pytest.approx(np.abs(target - target.mean()).mean())
    assert found.confusion is None


def test_scores_without_probabilities():
    found = quality(SVC().fit(FRAME, UP), UP)
    assert "log_loss" not in found.metrics
    assert found.metrics["auc"] == pytest.approx(
        metrics.roc_auc_score(UP, SVC().fit(FRAME, UP).decision_function(FRAME))
    )
    assert "auc" not in quality(SVC().fit(FRAME, LEVELS), LEVELS).metrics


def test_held_out_rows_are_scored_and_the_simplest_answer_learns_from_the_others():
    target = curved(FRAME)
    model = LinearRegression().fit(FRAME[:100], target[:100])
    found = quality(model, target, held_out_from=100)
    assert (found.rows, found.held_out) == (60, True)
    assert found.metrics["r2"] == pytest.approx(metrics.r2_score(target[100:], model.predict(FRAME[100:])))
    assert found.baseline_answer == pytest.approx(target[:100].mean())
    assert "may-contain-training-rows" not in {notice.code for notice in found.warnings}


def test_rows_without_an_outcome_do_not_count_and_it_is_said():
    target = pd.Series(np.where(UP, 1.0, 0.0))
    target[::4] = np.nan
    model = LogisticRegression().fit(FRAME, UP.astype(int))
    found = quality(model, target)
    known = target.notna()
    assert found.rows == known.sum()
    assert found.metrics["accuracy"] == pytest.approx((model.predict(FRAME[known]) == target[known]).mean())
    notices = {notice.code: notice.facts for notice in found.warnings}
    assert notices["rows-without-outcome"] == {"rows": 40}
    assert "may-contain-training-rows" in notices


@pytest.mark.parametrize(
    ("classes", "written"),
    [
        ((0, 1), ("0", "1")),
        ((0, 1), (False, True)),
        ((0, 1), ("No", "YES")),
        ((0.0, 1.0), (0, 1)),
        ((False, True), (0, 1)),
    ],
)
def test_outcomes_are_understood_however_they_are_written(classes: tuple[Any, Any], written: tuple[Any, Any]):
    model = GaussianNB().fit(FRAME, np.where(UP, classes[1], classes[0]))
    target = pd.Series([written[int(up)] for up in UP], dtype=object)
    assert quality(model, target).metrics["accuracy"] == pytest.approx(
        (model.predict(FRAME) == np.where(UP, *classes[::-1])).mean()
    )


def test_classes_that_differ_in_capitals_only_are_two_classes():
    target = np.where(UP, "A", "a")
    model = GaussianNB().fit(FRAME, target)
    assert quality(model, target).metrics["accuracy"] == pytest.approx((model.predict(FRAME) == target).mean())


def test_a_table_with_one_class_only_has_scores_that_make_sense():
    model = GaussianNB().fit(FRAME, UP)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = quality(model, np.ones(len(FRAME), dtype=bool))
    assert found.metrics["accuracy"] == pytest.approx(model.predict(FRAME).mean())
    assert "auc" not in found.metrics
    assert found.baseline["accuracy"] == 1
    assert "worse-than-baseline" in {notice.code for notice in found.warnings}
    assert found.trust.verdict == "weak"


def test_a_class_that_the_table_lacks():
    model = GaussianNB().fit(FRAME, LEVELS)
    target = np.where(LEVELS == "top", "mid", LEVELS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = quality(model, target)
    assert found.confusion.shape == (3, 3)
    assert found.confusion[2].sum() == 0
    assert "auc" not in found.metrics


def test_a_single_row():
    model = LinearRegression().fit(FRAME, curved(FRAME))
    found = Explainer(model, FRAME.assign(y=1.0).head(1), target="y", background=1).quality()
    assert set(found.metrics) == {"mae", "rmse"}
    assert found.rows == 1


def test_a_model_that_ranks_the_wrong_way_round_is_noticed():
    found = quality(GaussianNB().fit(FRAME, UP), ~UP)
    assert {"worse-than-baseline", "classes-seem-swapped"} <= {notice.code for notice in found.warnings}


@pytest.mark.parametrize(
    ("target", "classifies", "code"),
    [
        ([None] * 160, True, "no-known-outcome"),
        ([np.nan] * 160, False, "no-known-outcome"),
        (["maybe"] * 160, True, "target-mismatch"),
        (["much"] * 160, False, "target-not-numbers"),
    ],
)
def test_outcomes_that_cannot_be_used_are_refused(target: list[Any], classifies: bool, code: str):
    model = GaussianNB().fit(FRAME, UP) if classifies else LinearRegression().fit(FRAME, curved(FRAME))
    with pytest.raises(QuestionError, match=code):
        quality(model, target)
    with pytest.raises(QuestionError, match="no-target"):
        Explainer(model, FRAME, background=5).quality()


def test_wrong_labels_are_named_beside_the_classes():
    model = GaussianNB().fit(FRAME, LEVELS)
    with pytest.raises(QuestionError) as caught:
        quality(model, np.where(LEVELS == "top", "high", LEVELS))
    assert dict(caught.value.facts) == {"target": "y", "found": "high", "classes": "low, mid, top"}


def test_predictions_of_every_row():
    target = pd.Series(LEVELS, dtype=object)
    target[5] = None
    model = GaussianNB().fit(FRAME, LEVELS)
    found = Explainer(model, FRAME.assign(y=target), target="y", target_class="mid").predictions()
    chance = model.predict_proba(FRAME)
    assert found.answers.tolist() == model.predict(FRAME).tolist()
    np.testing.assert_array_equal(found.shown, chance[:, 1])
    wrong = (model.predict(FRAME) != LEVELS).astype(float)
    wrong[5] = np.nan
    np.testing.assert_array_equal(found.error, wrong)
    best = np.sort(chance, axis=1)
    np.testing.assert_array_equal(found.closeness, best[:, 2] - best[:, 1])


def test_predictions_of_numbers_and_without_a_usable_outcome():
    model = LinearRegression().fit(FRAME, curved(FRAME))
    found = Explainer(model, FRAME.assign(y=curved(FRAME)), target="y").predictions()
    np.testing.assert_allclose(found.error, model.predict(FRAME) - curved(FRAME))
    assert found.closeness is None
    strange = Explainer(model, FRAME.assign(y="?"), target="y").predictions()
    assert (strange.actual, strange.error) == (None, None)

"""The explainer: which rows, which class, which unit; questions that cannot be asked are refused with a code."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import FOREST, columns, curved, numbers, people, piped, three_classes, two_classes, wealth
from sklearn.linear_model import LinearRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from xai.errors import KlartextError, MatchError
from xai.explainer import Explainer
from xai.positive import positive_class


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer(piped(FOREST, "binary"), people(), background=12, target_class="rich")


def test_one_row_several_rows_or_rows_of_ones_own(explainer: Explainer):
    frame = people()
    one, several, own = (
        explainer.explain(row=7),
        explainer.explain(row=[7, 2]),
        explainer.explain(frame=frame.iloc[[7]]),
    )
    assert (one.values.shape, several.values.shape, own.values.shape) == ((6,), (2, 6), (6,))
    assert isinstance(one.prediction, float)
    assert several.prediction.shape == (2,)
    np.testing.assert_allclose(several.values[0], one.values, atol=1e-12)
    np.testing.assert_allclose(own.values, one.values, atol=1e-12)
    assert explainer.explain(frame=frame.head(3)).values.shape == (3, 6)
    assert one.label in explainer.model.classes


def test_a_row_built_by_hand_is_the_same_row(explainer: Explainer):
    """All objects, all text, other order, further columns: what matters is what the values say."""
    row = people().iloc[[7]]
    expected = explainer.explain(row=7).values
    for strange in (row.astype(object), row.astype(str), pd.DataFrame([row.iloc[0].to_dict()]), row[row.columns[::-1]]):
        np.testing.assert_allclose(explainer.explain(frame=strange.assign(extra=1)).values, expected, atol=1e-12)


def refused(call: Any) -> str:
    with pytest.raises(KlartextError) as caught:
        call()
    return caught.value.code


def test_cases_that_are_none_are_refused(explainer: Explainer):
    row = people().iloc[[7]]
    assert refused(lambda: explainer.explain()) == "no-case"
    assert refused(lambda: explainer.explain(row=[])) == "no-case"
    assert refused(lambda: explainer.explain(frame=row.head(0))) == "no-case"
    assert refused(lambda: explainer.explain(row=160)) == "no-such-row"
    assert refused(lambda: explainer.explain(row=-1)) == "no-such-row"
    assert refused(lambda: explainer.explain(row="7")) == "no-such-row"
    assert refused(lambda: explainer.explain(row=2.5)) == "no-such-row"
    assert refused(lambda: explainer.explain(row=[1, 999])) == "no-such-row"
    assert refused(lambda: explainer.explain(frame=row.drop(columns="age"))) == "missing-columns"
    assert refused(lambda: explainer.explain(frame=row.assign(age="old"))) == "not-a-number"
    assert refused(lambda: explainer.what_if(row=[1, 2])) == "one-row-only"
    assert refused(lambda: explainer.ceteris_paribus("age", frame=people().head(2))) == "one-row-only"
    assert refused(lambda: explainer.explain(row=1, method="lime", unit="margin")) == "unknown-unit"
    assert refused(lambda: explainer.explain(row=1, method="anchors")) == "unknown-method"
    assert refused(lambda: explainer.explain(row=1, target_class="middling")) == "unknown-class"


def test_units_are_what_was_asked_for_or_refused(explainer: Explainer):
    assert explainer.explain(row=1, unit="probability").unit == "probability"
    assert refused(lambda: explainer.explain(row=1, unit="margin")) == "no-margin"
    assert refused(lambda: explainer.explain(row=1, unit="euro")) == "unknown-unit"
    frame = numbers()
    scores = Explainer(SVC().fit(frame, curved(frame) > 0), frame, background=5)
    assert scores.explain(row=1).unit == "score"
    assert refused(lambda: scores.explain(row=1, unit="probability")) == "unknown-unit"
    plain = Explainer(LinearRegression().fit(frame, curved(frame)), frame, background=5)
    assert plain.explain(row=1, unit="target").unit == "target"
    assert refused(lambda: plain.explain(row=1, unit="margin")) == "unknown-unit"
    assert refused(lambda: plain.explain(row=1, target_class="up")) == "no-classes"


def test_the_background_is_drawn_by_the_seed_from_rows_used_for_training():
    frame, model = people(), piped(FOREST, "binary")
    first, again, other = (Explainer(model, frame, background=20, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.background, again.background)
    assert not first.background.equals(other.background)
    held = Explainer(model, frame, background=40, held_out_from=60).background
    assert held.merge(frame.head(60)).shape[0] >= 40
    assert len(Explainer(model, frame, background=1000).background) == len(frame)


def test_a_background_of_ones_own():
    frame, model = people(), piped(FOREST, "binary")
    own = frame.iloc[5:9].astype(object)
    found = Explainer(model, frame, background=own, target_class="rich")
    assert found.explain(row=0).base == pytest.approx(model.predict_proba(frame.iloc[5:9])[:, 1].mean())
    assert found.explain(row=0).background_rows == 4
    assert refused(lambda: Explainer(model, frame, background=0)) == "too-few-rows"
    assert refused(lambda: Explainer(model, frame, background=frame.head(0))) == "too-few-rows"
    assert refused(lambda: Explainer(model, frame, background=frame[["age"]])) == "missing-columns"


def test_tables_that_do_not_fit_the_model_are_refused():
    frame, model = people(), piped(FOREST, "binary")
    assert refused(lambda: Explainer(model, frame.head(0))) == "empty-table"
    assert refused(lambda: Explainer(model, frame, target="rich")) == "unknown-target"
    assert refused(lambda: Explainer(model, frame, target_class="?")) == "unknown-class"
    with pytest.raises(MatchError) as caught:
        Explainer(model, frame.rename(columns={"age": "Age", "city": "town"}))
    assert caught.value.facts["missing"] == "age, city"
    assert caught.value.facts["similar"] == "age ~ Age"


def test_the_callers_table_is_not_changed():
    frame = people()
    before = frame.copy(deep=True)
    explainer = Explainer(piped(FOREST, "binary"), frame.assign(y=two_classes(frame)), target="y", background=5)
    explainer.what_if(row=0, changes={"age": 99})
    explainer.importance("permutation", repeats=2)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("classes", "target", "expected"),
    [
        ((0, 1), None, 1),
        ((0.0, 1.0), None, 1.0),
        ((False, True), None, True),
        (("no", "yes"), None, "yes"),
        (("Ja", "Nein"), None, "Ja"),
        (("bad", "good"), None, "good"),
        (("a", "b"), None, "b"),
        (("a", "b"), ["a", "b", "b"], "a"),
        ((3, 7), [7, 7, 3], 3),
        ((3.0, 7.0), [7, 7, 3], 3.0),
        (("x", "y", "z"), ["y", "y", "z"], "y"),
        (("x", "y", "z"), None, "x"),
        (("a", "b"), [None, "b", "b", "a"], "a"),
    ],
)
def test_the_positive_class(classes: tuple[Any, ...], target: list[Any] | None, expected: Any):
    assert positive_class(classes, None if target is None else pd.Series(target)) == expected


def test_every_result_is_plain_data_without_missing_numbers():
    frame = people()
    for task, target in (("multiclass", three_classes(frame)), ("regression", wealth(frame))):
        estimator = FOREST if task == "multiclass" else LinearRegression()
        explainer = Explainer(piped(estimator, task), frame.assign(y=target), target="y", background=5)
        results = [
            explainer.quality(),
            explainer.predictions(),
            explainer.importance(rows=20),
            explainer.importance("permutation", repeats=2),
            explainer.importance("native"),
            explainer.explain(row=0),
            explainer.explain(row=[0, 1]),
            explainer.what_if(row=0, changes={"income": 1.0}),
            explainer.ceteris_paribus("city", row=0),
            explainer.dependence("income", rows=20),
        ]
        for result in results:
            json.dumps(result.to_dict(), allow_nan=False)
            assert len(result.to_frame())


def test_methods_that_this_model_and_table_allow():
    frame = people()
    with_target = Explainer(piped(FOREST, "binary"), frame.assign(y=two_classes(frame)), target="y", background=5)
    assert with_target.methods == ("shap", "permutation", "native")
    assert Explainer(piped(GaussianNB(), "binary", columns(sparse_threshold=0)), frame, background=5).methods == (
        "shap",
    )

"""What if: before and after are what the model says; values outside the data are flagged, impossible ones refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import FOREST, columns, people, piped, wealth
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from xai.errors import DataError, KlartextError, MatchError, QuestionError
from xai.explainer import Explainer


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer(piped(FOREST, "binary"), people(), background=20, target_class="rich")


def test_before_and_after_are_the_models_own_words(explainer: Explainer):
    frame = people()
    found = explainer.what_if(row=4, changes={"age": 70, "city": "Ost-Ende", "owner": True})
    changed = frame.iloc[[4]].assign(age=70, city="Ost-Ende", owner=True)
    for attribution, row in ((found.before, frame.iloc[[4]]), (found.after, changed)):
        assert attribution.prediction == pytest.approx(explainer.model.estimator.predict_proba(row)[0, 1], abs=1e-12)
        assert attribution.base + attribution.values.sum() == pytest.approx(attribution.prediction, rel=1e-9)
    np.testing.assert_allclose(found.after.values, explainer.explain(frame=changed).values, atol=1e-12)
    assert found.changes["city"] == (frame["city"].iloc[4], "Ost-Ende")
    assert found.warnings == ()


def test_what_stays_the_same_is_no_change(explainer: Explainer):
    frame = people()
    own = frame["age"].iloc[4]
    found = explainer.what_if(row=4, changes={"age": str(own), "city": frame["city"].iloc[4]})
    assert dict(found.changes) == {}
    np.testing.assert_array_equal(found.before.values, found.after.values)
    gap = explainer.what_if(row=0, changes={"income": None, "city": ""})
    assert dict(gap.changes) == {}


def test_integers_stay_integers(explainer: Explainer):
    found = explainer.what_if(row=4, changes={"age": "33"})
    assert found.after.data["age"].dtype == np.int64
    assert found.to_dict()["changes"]["age"] == [int(people()["age"].iloc[4]), 33]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"age": 130}, "outside-range"),
        ({"age": -1}, "outside-range"),
        ({"income": 1e12}, "outside-range"),
        ({"city": "Paris"}, "unseen-category"),
        ({"region": "moon"}, "unseen-category"),
        ({"age": None}, "never-missing"),
        ({"owner": ""}, "never-missing"),
        ({"region": None}, "never-missing"),
    ],
)
def test_values_outside_the_data_are_flagged_and_answered(explainer: Explainer, changes: dict[str, Any], code: str):
    found = explainer.what_if(row=4, changes=changes)
    assert [notice.code for notice in found.warnings] == [code]
    assert found.warnings[0].facts["column"] in changes
    assert np.isfinite(found.after.prediction)
    json.dumps(found.to_dict(), allow_nan=False)


def test_missing_is_no_surprise_where_the_data_have_it(explainer: Explainer):
    assert explainer.what_if(row=4, changes={"income": None, "city": None, "job": ""}).warnings == ()


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"age": "old"}, DataError, "not-a-number"),
        ({"owner": "perhaps"}, DataError, "not-yes-or-no"),
        ({"sex": "f"}, MatchError, "unknown-column"),
        ({"age": "inf"}, DataError, "not-a-number"),
    ],
)
def test_what_is_no_value_of_the_column_is_refused(
    explainer: Explainer, changes: dict[str, Any], kind: type[KlartextError], code: str
):
    with pytest.raises(kind) as caught:
        explainer.what_if(row=4, changes=changes)
    assert caught.value.code == code


@pytest.mark.parametrize("encoder", [OneHotEncoder(), OrdinalEncoder()], ids=["one-hot", "ordinal"])
def test_a_model_that_refuses_unknown_categories_says_so_in_its_words(encoder: Any):
    model = piped(FOREST, "binary", columns(encoder), people().dropna())
    explainer = Explainer(model, people().dropna(), background=5)
    with pytest.raises(QuestionError) as caught:
        explainer.what_if(row=0, changes={"city": "Paris"})
    assert caught.value.code == "model-refused"
    assert "Paris" in caught.value.facts["reason"]
    assert caught.value.__cause__ is not None


def test_a_missing_value_the_model_cannot_take_is_refused_in_its_words():
    frame = people()[["age"]].astype(float)
    explainer = Explainer(LinearRegression().fit(frame, wealth(people())), frame, background=5)
    with pytest.raises(QuestionError, match="model-refused"):
        explainer.what_if(row=0, changes={"age": None})


@pytest.mark.parametrize("package", ["sklearn", "lightgbm"])
def test_an_unseen_category_of_a_categorical_column_stays_a_category(package: str):
    """Models that read categories from the type take the unknown one for missing; they refuse any other type."""
    pytest.importorskip(package)
    if package == "sklearn":
        from sklearn.ensemble import HistGradientBoostingRegressor

        estimator: Any = HistGradientBoostingRegressor(max_iter=10, categorical_features="from_dtype")
    else:
        from lightgbm import LGBMRegressor

        estimator = LGBMRegressor(n_estimators=10, verbose=-1)
    frame = people()[["age", "income", "region"]]
    model = estimator.fit(frame, wealth(people()))
    found = Explainer(model, frame, background=10).what_if(row=4, changes={"region": "moon"})
    unknown = frame.iloc[[4]].assign(region=pd.Categorical([None], frame["region"].cat.categories))
    assert found.after.prediction == pytest.approx(model.predict(unknown)[0])
    assert found.after.base + found.after.values.sum() == pytest.approx(found.after.prediction)
    assert found.before.base == pytest.approx(found.after.base)
    assert [notice.code for notice in found.warnings] == ["unseen-category"]


def test_narrow_and_nullable_types_take_any_number():
    frame = pd.DataFrame(
        {
            "small": np.arange(100, dtype="uint8"),
            "maybe": pd.array([1, None] * 50, dtype="Int64"),
            "x": np.linspace(0, 1, 100),
        }
    )
    pandas_model = make_pipeline(columns_for(frame), LinearRegression()).fit(frame, frame["x"])
    explainer = Explainer(pandas_model, frame, background=5)
    for changes in ({"small": 300}, {"small": -5}, {"small": 2.5}, {"maybe": 7}, {"maybe": None}, {"maybe": 1.5}):
        found = explainer.what_if(row=0, changes=changes)
        assert found.after.base + found.after.values.sum() == pytest.approx(found.after.prediction)


def columns_for(frame: pd.DataFrame) -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer

    return make_column_transformer((SimpleImputer(), list(frame)))


def test_trust_speaks_of_both_cases(explainer: Explainer):
    found = explainer.what_if(row=4, changes={"age": 70})
    measures = {measure.code: measure for measure in found.trust.measures}
    both = [each.trust.measures for each in (found.before, found.after)]
    worst = max(measure.value for each in both for measure in each if measure.code == "background")
    assert measures["background"].value == worst
    assert measures["threshold"].value == pytest.approx(abs(found.after.prediction - 0.5))
    assert {"additivity", "support"} <= set(measures)


def test_one_background_row_measures_no_spread():
    found = Explainer(piped(FOREST, "binary"), people(), background=1).what_if(row=0, changes={"age": 50})
    assert "background" not in {measure.code for measure in found.trust.measures}

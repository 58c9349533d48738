"""How the prediction moves with one column: equal to predicting changed rows, with the data's support beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import FOREST, columns, people, piped, wealth
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeRegressor

from xai.errors import MatchError
from xai.explainer import Explainer


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer(piped(FOREST, "multiclass"), people(), background=20, target_class="top")


@pytest.mark.parametrize("column", list(people()))
def test_ceteris_paribus_is_what_the_model_says_about_the_changed_rows(explainer: Explainer, column: str):
    frame = people()
    found = explainer.ceteris_paribus(column, row=4)
    for value, said in zip(found.grid, found.prediction, strict=True):
        changed = frame.iloc[[4]].copy()
        changed[column] = pd.Series([value], index=changed.index, dtype=frame[column].dtype)
        assert said == pytest.approx(explainer.model.estimator.predict_proba(changed)[0, 2], abs=1e-12)
    own = frame[column].iloc[4]
    assert found.current == own
    assert own in found.grid
    assert found.kind == "ceteris_paribus"


def test_the_grid_covers_the_data_and_the_rows_own_value(explainer: Explainer):
    frame = people()
    income = explainer.ceteris_paribus("income", row=4, points=30)
    assert (income.grid[0], income.grid[-1]) == (frame["income"].min(), frame["income"].max())
    assert list(income.grid) == sorted(income.grid)
    assert len(income.grid) in (30, 31)
    age = explainer.ceteris_paribus("age", row=4, points=100)
    assert list(age.grid) == list(range(frame["age"].min(), frame["age"].max() + 1))
    assert all(type(value) is int for value in explainer.ceteris_paribus("age", row=4, points=10).grid)
    assert explainer.ceteris_paribus("city", row=4).grid == tuple(sorted(frame["city"].dropna().unique()))
    assert explainer.ceteris_paribus("owner", row=4).grid == (False, True)


def test_a_value_outside_the_data_is_on_the_grid_too(explainer: Explainer):
    case = people().iloc[[4]].assign(age=130, city="Paris")
    age, city = (explainer.ceteris_paribus(name, frame=case) for name in ("age", "city"))
    assert (age.grid[-1], city.grid[-1]) == (130, "Paris")
    assert not age.supported()[-1]
    assert (city.support[-1], bool(city.supported()[-1])) == (0, False)


def test_support_counts_the_rows_of_the_data(explainer: Explainer):
    frame = people()
    city = explainer.ceteris_paribus("city", row=4)
    assert list(city.support) == [int((frame["city"] == value).sum()) for value in city.grid]
    assert city.edges is None
    income = explainer.ceteris_paribus("income", row=4)
    expected, edges = np.histogram(frame["income"].dropna(), bins=len(income.support))
    assert list(income.support) == expected.tolist()
    np.testing.assert_allclose(income.edges, edges)
    assert sum(income.support) == frame["income"].notna().sum()
    enough = [expected[min(np.searchsorted(edges, v, side="right") - 1, len(expected) - 1)] >= 5 for v in income.grid]
    assert income.supported().tolist() == enough
    share = next(measure for measure in income.trust.measures if measure.code == "supported")
    assert share.value == pytest.approx(np.mean(enough))


def strange() -> pd.DataFrame:
    frame = people()[["age", "income"]]
    return frame.assign(
        same=3,
        empty=np.nan,
        nothing=pd.Series([None] * len(frame), dtype=object),
        narrow=(frame["age"] % 7).astype("uint8"),
        nullable=(frame["age"] % 5).astype("Int64"),
        flag=pd.Series([True, None] * (len(frame) // 2), dtype=object),
        day=pd.Series(pd.date_range("2024-01-01", periods=8).tolist() * (len(frame) // 8)),
    )


@pytest.mark.parametrize("column", list(strange()))
@pytest.mark.parametrize("row", [0, 1])
def test_strange_columns_have_curves_too(column: str, row: int):
    frame = strange()
    encoder = columns_of(frame)
    model = make_pipeline(encoder, DecisionTreeRegressor(max_depth=5)).fit(frame, wealth(people()))
    found = Explainer(model, frame, background=5).ceteris_paribus(column, row=row)
    assert len(found.grid) == len(found.prediction) >= 1
    assert np.isfinite(found.prediction).all()
    assert len(found.support) == (len(found.grid) if found.edges is None else len(found.edges) - 1)
    assert len(found.supported()) == len(found.grid)
    if column == "same":
        assert found.grid == (3,)
        assert found.support == (len(frame),)
    if column == "day":
        assert set(found.support) == {len(frame) // 8}
    if column in ("empty", "nothing"):
        assert pd.isna(found.grid[0])
        assert not found.supported().any()


def columns_of(frame: pd.DataFrame) -> Any:
    from sklearn.compose import make_column_transformer

    return make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["nothing", "flag"]),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["day"]),
        remainder="passthrough",
    )


def test_categories_too_many_to_try_are_counted():
    frame = people(400).assign(city=[f"place {k % 47}" for k in range(400)])
    model = piped(LinearRegression(), "regression", columns(), frame)
    found = Explainer(model, frame, background=5).ceteris_paribus("city", row=399)
    assert frame["city"].iloc[399] in found.grid
    notice = next(notice for notice in found.warnings if notice.code == "rare-categories-left-out")
    assert notice.facts["count"] == 47 - len(found.grid)


def test_an_unknown_column_is_named_with_the_nearest(explainer: Explainer):
    with pytest.raises(MatchError) as caught:
        explainer.ceteris_paribus("incme", row=0)
    assert caught.value.facts["similar"] == "income"


@pytest.mark.parametrize("column", list(people()))
def test_dependence_is_the_contributions_of_the_column(explainer: Explainer, column: str):
    importance = explainer.importance()
    found = explainer.dependence(column)
    present = importance.data[column].notna().to_numpy()
    assert list(found.grid) == importance.data[column][present].tolist()
    np.testing.assert_array_equal(found.prediction, importance.values[present, list(people()).index(column)])
    if column in ("city", "job", "region", "owner"):
        assert list(found.support) == [int((people()[column] == value).sum()) for value in found.grid]
    left_out = [notice.facts["rows"] for notice in found.warnings if notice.code == "missing-left-out"]
    assert left_out == ([int((~present).sum())] if not present.all() else [])


def test_dependence_on_many_categories_counts_every_one_of_them():
    frame = people(400).assign(city=[f"place {k % 47}" for k in range(400)])
    found = Explainer(piped(LinearRegression(), "regression", None, frame), frame, background=5).dependence("city")
    assert min(found.support) == 8

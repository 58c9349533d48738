"""Columns of a table: kinds, ranges, categories; values from forms and terminals as values of a column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import people

from xai.data import dataset, describe, like_the_data, nearest_name, with_values
from xai.errors import DataError, KlartextError, MatchError


def column(values: Any, dtype: Any = None):
    return describe(pd.Series(values, dtype=dtype, name="x"))


@pytest.mark.parametrize(
    ("values", "dtype", "kind"),
    [
        ([1.5, 2.0, None], None, "number"),
        ([1, 2, 3], None, "integer"),
        ([1.0, 2.0, None], None, "integer"),
        ([1, 2, None], "Int64", "integer"),
        ([1, 2], "uint8", "integer"),
        ([True, False], None, "boolean"),
        ([True, None, False], object, "boolean"),
        ([True, None], "boolean", "boolean"),
        (["a", None], "str", "category"),
        (["a", np.nan], object, "category"),
        (["1", "2"], "str", "category"),
        (["a", "b"], "category", "category"),
        ([3, 1, 3], "category", "category"),
        ([None, None], object, "category"),
        ([np.nan, np.nan], float, "number"),
        (["a", 1, True], object, "category"),
    ],
)
def test_kinds(values: list[Any], dtype: Any, kind: str):
    assert column(values, dtype).kind == kind


def test_ranges_quantiles_and_typical_values_are_those_of_numpy():
    values = np.random.default_rng(0).normal(size=201)
    found = column([*values, np.nan])
    assert (found.low, found.high, found.missing) == (values.min(), values.max(), 1)
    assert (found.q01, found.q99) == tuple(np.quantile(values, [0.01, 0.99]))
    assert found.typical == np.median(values)
    assert found.categories == ()
    whole = column([1, 2, 4, 9])
    assert (whole.typical, whole.step) == (3, 1.0)
    assert type(whole.typical) is int


def test_categories_are_the_observed_values_sorted_and_plain():
    found = column(["b", "a", None, "b"], "category")
    assert (found.categories, found.typical, found.missing, found.distinct) == (("a", "b"), "b", 1, 2)
    assert all(type(value) is int for value in column([3, 1], "category").categories)


def test_a_column_without_any_value():
    found = column([np.nan, np.nan])
    assert (found.low, found.high, found.typical, found.categories, found.missing) == (None, None, None, (), 2)
    assert not found.contains(1.0)
    assert found.contains(np.nan)


def test_contains():
    assert column([1, 5]).contains(3)
    assert not column([1, 5]).contains(6)
    assert not column([1, 5]).contains(np.nan)
    assert column(["a", None]).contains(None)
    assert not column(["a", None]).contains("b")


def test_a_table_is_split_into_inputs_outcome_and_rest():
    frame = pd.DataFrame({"b": [1, 2], "y": [0, 1], "a": ["x", "z"], "id": [7, 8]}, index=[5, 9])
    found = dataset(frame, ("a", "b"), "y")
    assert list(found.frame) == ["a", "b"]
    assert found.target.tolist() == [0, 1]
    assert found.unused == ("id",)
    assert found.frame.index.tolist() == [0, 1]
    assert list(frame) == ["b", "y", "a", "id"]


def refused(call: Any) -> KlartextError:
    with pytest.raises(KlartextError) as caught:
        call()
    return caught.value


def test_tables_that_do_not_fit_are_refused_with_what_is_wrong():
    frame = pd.DataFrame({"Body Mass": [1], "sex": ["f"], "y": [0]})
    missing = refused(lambda: dataset(frame, ("body_mass", "sex", "size")))
    assert isinstance(missing, MatchError)
    assert missing.facts["missing"] == "body_mass, size"
    assert missing.facts["similar"] == "body_mass ~ Body Mass"
    assert refused(lambda: dataset(frame.head(0), ("sex",))).code == "empty-table"
    assert refused(lambda: dataset(frame, ("sex",), "z")).code == "unknown-target"
    assert refused(lambda: dataset(pd.concat([frame, frame], axis=1), ("sex",))).code == "duplicate-columns"
    assert refused(lambda: dataset(frame, ("sex",)).column("sexx")).facts["similar"] == "sex"


def test_near_names():
    assert nearest_name("body_mass", ["Mass", "Body Mass"]) == "Body Mass"
    assert nearest_name("incme", ["income", "outcome"]) == "income"
    assert nearest_name("age", ["city"]) is None


PEOPLE = dataset(people(), tuple(people().columns))


def changed(**changes: Any) -> pd.DataFrame:
    return with_values(PEOPLE.frame.iloc[[1]], changes, PEOPLE)


def test_integers_stay_integers():
    found = changed(age="44", income="3")
    assert found["age"].dtype == np.int64
    assert found["age"].item() == 44
    assert found["income"].dtype == np.float64


def test_a_column_widens_only_where_the_value_needs_it():
    assert changed(age="44.5")["age"].dtype == np.float64
    assert changed(age=None)["age"].isna().all()
    assert changed(owner="")["owner"].isna().all()
    small = dataset(
        pd.DataFrame({"n": np.array([1, 2], dtype="uint8"), "f": np.array([1, 2], dtype="float32")}), ("n", "f")
    )
    row = small.frame.iloc[[0]]
    assert with_values(row, {"n": 300}, small)["n"].item() == 300
    assert with_values(row, {"n": -1}, small)["n"].item() == -1
    assert with_values(row, {"n": 200}, small)["n"].dtype == np.uint8
    assert with_values(row, {"n": 2**70}, small)["n"].item() == 2.0**70
    assert with_values(row, {"f": 1e300}, small)["f"].item() == 1e300
    assert with_values(row, {"f": 1.5}, small)["f"].dtype == np.float32


def test_text_becomes_the_value_it_stands_for():
    assert changed(owner="ja")["owner"].item() is True
    assert changed(owner="false")["owner"].dtype == bool
    assert changed(region="south")["region"].dtype == people()["region"].dtype
    assert changed(region="moon")["region"].item() == "moon"
    digits = dataset(
        pd.DataFrame({"code": pd.Series(["1", "2"], dtype="str"), "kind": pd.Categorical([3, 4])}), ("code", "kind")
    )
    row = digits.frame.iloc[[0]]
    assert with_values(row, {"code": 2}, digits)["code"].item() == "2"
    assert with_values(row, {"code": 7}, digits)["code"].item() == "7"
    assert with_values(row, {"kind": "4"}, digits)["kind"].item() == 4


def test_dates():
    days = dataset(pd.DataFrame({"day": pd.date_range("2024-01-01", periods=3), "n": 1}), ("day", "n"))
    found = with_values(days.frame.iloc[[0]], {"day": "2024-01-02"}, days)
    assert found["day"].dtype == days.frame["day"].dtype
    assert days.column("day").contains(found["day"].item())
    assert not days.column("day").contains(pd.Timestamp("2030-01-01"))
    assert refused(lambda: with_values(days.frame.iloc[[0]], {"day": "soon"}, days)).code == "not-a-date"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"age": "old"}, "not-a-number"),
        ({"income": "1,5"}, "not-a-number"),
        ({"income": "inf"}, "not-a-number"),
        ({"income": "1e999"}, "not-a-number"),
        ({"age": 10**400}, "not-a-number"),
        ({"owner": "perhaps"}, "not-yes-or-no"),
        ({"aeg": 3}, "unknown-column"),
    ],
)
def test_values_that_are_none_are_refused(changes: dict[str, Any], code: str):
    error = refused(lambda: changed(**changes))
    assert isinstance(error, DataError | MatchError)
    assert error.code == code


def test_the_row_that_is_changed_stays_as_it_was():
    row = PEOPLE.frame.iloc[[1]]
    before = row.copy()
    with_values(row, {"age": 99, "city": "Paris"}, PEOPLE)
    pd.testing.assert_frame_equal(row, before)


def test_rows_from_elsewhere_take_the_types_of_the_data():
    """A row built by hand is all objects or all text; the model was fitted on something else."""
    frame = people()
    row = frame.iloc[[2]]
    for strange in (row.astype(object), row.astype(str), pd.DataFrame([row.iloc[0]]), row[row.columns[::-1]]):
        found = like_the_data(strange, PEOPLE)
        pd.testing.assert_frame_equal(found, row.reset_index(drop=True))


def test_rows_from_elsewhere_that_do_not_fit_are_refused():
    row = people().iloc[[2]]
    assert refused(lambda: like_the_data(row.drop(columns="age"), PEOPLE)).code == "missing-columns"
    assert refused(lambda: like_the_data(row.assign(age="old"), PEOPLE)).code == "not-a-number"
    assert refused(lambda: like_the_data(row.assign(owner="?"), PEOPLE)).code == "not-yes-or-no"

"""Cells that hold something else than the model expects: numbers as text, per cents, marks, dates, gaps, categories."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fitting_tables import (
    NUMBERS,
    accuracy,
    buyers,
    csv,
    direct,
    done,
    offered,
    opened,
    refused,
    same_answers,
    tree,
)
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return buyers()


@pytest.fixture(scope="module")
def model(table: pd.DataFrame):
    return tree().fit(table[NUMBERS], table["bought"])


def german(number: float) -> str:
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


def by_city(table: pd.DataFrame, encoder: object):
    columns = ColumnTransformer([("words", encoder, ["city"])], remainder="passthrough")
    return make_pipeline(columns, tree()).fit(table[["age", "city"]], table["bought"])


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_sums_of_money_with_decimal_commas_are_numbers_and_that_can_be_undone(model, table: pd.DataFrame) -> None:
    money = csv(table[[*NUMBERS, "bought"]].assign(income=table["income"].map(german) + " €"), sep=";")
    found = opened(model, money)
    assert done(found) == ["numbers=income"]
    assert same_answers(found, model, table[NUMBERS])
    error = refused(lambda: opened(model, money, undo=["numbers=income"]))
    assert (error.code, [offer.key for offer in error.offers]) == ("prediction-failed", ["numbers=income"])
    assert error.offers[0].evidence.with_it == pytest.approx(direct(model, table[NUMBERS], table["bought"]))


def test_blank_cells_among_numbers_are_counted(table: pd.DataFrame) -> None:
    text = table[[*NUMBERS, "bought"]].astype({"income": str})
    text.loc[[3, 7], "income"] = " "
    found = opened(tree().fit(table[NUMBERS], table["bought"]), text)
    assert found.inspection.adjustments[0].facts["blanks"] == 2
    assert found.explainer.data.frame["income"].isna().sum() == 2


def test_marks_among_numbers_may_mean_missing(table: pd.DataFrame) -> None:
    marked = table[[*NUMBERS, "bought"]].astype({"age": str})
    marked.loc[:4, "age"] = "?"
    gaps = table[NUMBERS].assign(age=table["age"].where(table.index > 4))
    model = tree().fit(gaps, table["bought"])
    offer = refused(lambda: opened(model, marked)).offers[0]
    assert (offer.key, offer.facts["marks"], offer.facts["cells"]) == ("marks=age", ["?"], 5)
    assert offer.evidence.with_it == pytest.approx(direct(model, gaps, table["bought"]))
    assert same_answers(opened(model, marked, accept=["marks"]), model, gaps)


def test_per_cents_become_numbers_or_shares_whichever_the_model_knows(table: pd.DataFrame) -> None:
    rates = table.assign(rate=np.linspace(0, 1, len(table)).round(3))
    bought = np.where(rates["rate"] > 0.6, "yes", "no")
    written = pd.DataFrame(
        {"rate": (100 * rates["rate"]).round(1).astype(str) + " %", "age": table["age"], "y": bought}
    )
    shares = tree().fit(rates[["rate", "age"]], bought)
    error = refused(lambda: opened(shares, written))
    assert [offer.key for offer in error.offers] == ["percent=rate", "per-hundred=rate"]
    assert error.offers[0].evidence.with_it == 1.0
    assert accuracy(opened(shares, written, accept=["percent", "per-hundred"])) == 1.0
    hundreds = tree().fit(rates[["rate", "age"]].assign(rate=100 * rates["rate"]), bought)
    assert [offer.key for offer in refused(lambda: opened(hundreds, written)).offers] == ["percent=rate"]


def test_words_that_are_no_numbers_are_not_read_as_such(model, table: pd.DataFrame) -> None:
    words = table[[*NUMBERS, "bought"]].assign(income=[f"{k} kg" for k in range(len(table))])
    assert [offer.code for offer in refused(lambda: opened(model, words)).offers] == ["codes"]


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%d %H:%M"])
def test_columns_made_of_a_date_are_recognised_and_the_date_is_explained(written: str) -> None:
    dates = pd.Series(pd.date_range("2020-01-01", periods=200, freq="9D"))
    inputs = pd.DataFrame({"sold_year": dates.dt.year, "sold_month": dates.dt.month})
    late = np.where(inputs["sold_month"] > 6, "yes", "no")
    model = tree().fit(inputs, late)
    table = pd.DataFrame({"sold": dates.dt.strftime(written), "late": late})
    offer = refused(lambda: opened(model, table)).offers[0]
    assert (offer.key, dict(offer.facts["columns"])) == (
        "date-parts=sold",
        {"sold_year": "year", "sold_month": "month"},
    )
    assert offer.evidence.with_it == 1.0
    found = opened(model, table, accept=["date-parts"])
    assert found.explainer.columns == ("sold",)
    assert same_answers(found, model, inputs)
    assert found.explainer.explain(row=3).columns == ("sold",)


def test_a_date_where_a_number_is_wanted_is_offered_as_days() -> None:
    dates = pd.Series(pd.date_range("2020-01-01", periods=100, freq="3D"))
    days = pd.DataFrame({"sold": (dates - pd.Timestamp("1970-01-01")).dt.days})
    late = np.where(dates > "2020-06-01", "yes", "no")
    model = tree().fit(days, late)
    table = pd.DataFrame({"sold": dates.dt.strftime("%Y-%m-%d"), "late": late})
    assert refused(lambda: opened(model, table)).offers[0].key == "date=sold"
    assert accuracy(opened(model, table, accept=["date"])) == 1.0


# --- gaps ------------------------------------------------------------------------------------------------------------


def test_rows_with_gaps_may_be_left_out_where_the_model_refuses_them(table: pd.DataFrame) -> None:
    model = LogisticRegression(max_iter=5000).fit(table[NUMBERS], table["bought"])
    gaps = table[[*NUMBERS, "bought"]].assign(age=table["age"].where(table.index > 9))
    error = refused(lambda: opened(model, gaps))
    assert error.code == "missing-not-supported"
    assert dict(error.offers[0].facts) == {"rows": 10, "total": len(table), "columns": ["age"]}
    rest = table.iloc[10:]
    assert error.offers[0].evidence.with_it == pytest.approx(direct(model, rest[NUMBERS], rest["bought"]))
    found = opened(model, gaps, accept=["leave-out-gaps"])
    assert found.inspection.rows == len(rest)
    assert same_answers(found, model, rest[NUMBERS])


def test_only_rows_with_a_gap_that_the_model_refuses_are_left_out(table: pd.DataFrame) -> None:
    """Gaps in numbers are imputed inside the model; a word that is missing is not."""
    columns = ColumnTransformer([("words", OneHotEncoder(), ["city"]), ("numbers", SimpleImputer(), ["age"])])
    model = make_pipeline(columns, tree()).fit(table[["age", "city"]], table["bought"])
    gaps = table[["age", "city", "bought"]].assign(
        age=table["age"].where(table.index % 3 > 0), city=table["city"].where(table.index != 6)
    )
    error = refused(lambda: opened(model, gaps))
    assert (error.code, error.facts["columns"]) == ("missing-not-supported", "city")
    assert dict(error.offers[0].facts) == {"rows": 1, "total": len(table), "columns": ["city"]}
    found = opened(model, gaps, accept=["leave-out-gaps"])
    assert found.inspection.rows == len(table) - 1
    assert same_answers(found, model, gaps.drop(index=6)[["age", "city"]])


def test_a_column_of_words_that_is_empty_is_called_missing(table: pd.DataFrame) -> None:
    model = by_city(table, OneHotEncoder())
    error = refused(lambda: opened(model, table[["age", "city", "bought"]].assign(city=None)))
    assert (error.code, error.facts["columns"]) == ("missing-not-supported", "city")


# --- categories ------------------------------------------------------------------------------------------------------


def test_values_spelled_differently_are_offered_and_then_what_the_model_knows(table: pd.DataFrame) -> None:
    model = by_city(table, OneHotEncoder(handle_unknown="ignore"))
    other = table[["age", "city", "bought"]].assign(
        city=[c.upper() if k % 2 else f"{c.lower()} " for k, c in enumerate(table["city"])]
    )
    found = opened(model, other)
    assert offered(found) == ["spelling=city"]
    assert "categories-unknown" in [check.code for check in found.inspection.checks]
    evidence = found.inspection.offers[0].evidence
    assert evidence.without == pytest.approx(accuracy(found))
    assert evidence.with_it == pytest.approx(direct(model, table[["age", "city"]], table["bought"]))
    spelled = opened(model, other, accept=["spelling"])
    assert same_answers(spelled, model, table[["age", "city"]])
    assert set(spelled.explainer.data.frame["city"]) == {"Paris", "New York", "Köln"}


def test_categories_the_model_does_not_know_are_counted(table: pd.DataFrame) -> None:
    model = by_city(table, OneHotEncoder(handle_unknown="ignore"))
    other = table[["age", "city", "bought"]].copy()
    other.loc[:3, "city"] = "Rome"
    check = next(c for c in opened(model, other).inspection.checks if c.code == "categories-unknown")
    assert (check.verdict, check.facts["rows"], check.facts["values"]) == ("care", 4, "Rome (4)")


def test_rows_with_categories_the_model_refuses_may_be_left_out(table: pd.DataFrame) -> None:
    model = by_city(table, OrdinalEncoder())
    other = table[["age", "city", "bought"]].copy()
    other.loc[:3, "city"] = "Rome"
    error = refused(lambda: opened(model, other))
    assert (error.code, error.facts["column"], error.facts["values"]) == ("unknown-categories", "city", "Rome")
    assert [offer.key for offer in error.offers] == ["leave-out=city"]
    assert opened(model, other, accept=["leave-out"]).inspection.rows == len(table) - 4


def test_numbers_that_are_words_for_the_model_become_words(table: pd.DataFrame) -> None:
    numbered = table.assign(city=table["city"].map({"Paris": 1, "New York": 2, "Köln": 3}))
    model = by_city(numbered.astype({"city": str}), OneHotEncoder(handle_unknown="ignore"))
    found = opened(model, numbered[["age", "city", "bought"]])
    assert done(found) == ["same-values=city"]
    assert same_answers(found, model, numbered[["age", "city"]].astype({"city": str}))
    error = refused(lambda: opened(model, numbered[["age", "city", "bought"]], undo=["same-values"]))
    assert [offer.key for offer in error.offers] == ["same-values=city"]


@pytest.mark.parametrize("known", ["yes and no", "numbers"])
def test_yes_and_no_are_told_from_1_and_0_in_both_directions(table: pd.DataFrame, known: str) -> None:
    words, numbers = table[["age", "smoker"]], table[["age"]].assign(smoker=(table["smoker"] == "Yes") * 1)
    trained, shown = (words, numbers) if known == "yes and no" else (numbers, words)
    columns = ColumnTransformer([("c", OneHotEncoder(handle_unknown="ignore"), ["smoker"])], remainder="passthrough")
    model = make_pipeline(columns, tree()).fit(trained, table["bought"])
    found = opened(model, shown.assign(bought=table["bought"]), accept=["yes-no"])
    assert same_answers(found, model, trained)
    assert found.explainer.data.frame["smoker"].tolist() == shown["smoker"].tolist()

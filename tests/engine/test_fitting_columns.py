"""Columns that go by other names, in another order, with others among them, or without any names at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fitting_tables import NUMBERS, buyers, csv, direct, done, dumped, offered, opened, refused, same_answers, tree

from xai.opening import read_table
from xai.opening.both import open_both
from xai.opening.companions import Beside
from xai.opening.fitting.decisions import Decisions
from xai.opening.fitting.joining import join
from xai.opening.fitting.spelling import alike, best_pairs, pairs_alike, similarity
from xai.sentences import errors
from xai.texts import Wording


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return buyers()[[*NUMBERS, "bought"]]


@pytest.fixture(scope="module")
def model(table: pd.DataFrame):
    return tree().fit(table[NUMBERS], table["bought"])


def test_a_table_that_fits_is_left_as_it_is(model, table: pd.DataFrame) -> None:
    found = opened(model, table[["bought", "income", "age"]])
    assert (done(found), offered(found), found.inspection.recipe.made) == ([], [], ())
    assert same_answers(found, model, table[NUMBERS])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("BloodPressure", "blood_pressure", True),
        ("Größe", "groesse", True),
        ("Größe", "Grosse", True),
        ("Straße ", "strasse", True),
        ("café", "Cafe", True),
        ("x1", "x2", False),
        ("%", "#", False),
        ("age", "wage", False),
    ],
)
def test_names_are_alike_whatever_their_case_punctuation_and_accents(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is alike(other, one) is same


def test_two_names_that_are_alike_are_never_matched_by_themselves() -> None:
    assert pairs_alike(["Fare"], ["fare", "FARE"]) == {}
    assert pairs_alike(["Fare", "FARE"], ["fare"]) == {}
    assert pairs_alike(["Fare", "Age"], ["fare", "age "]) == {"fare": "Fare", "age ": "Age"}


def test_similar_names_are_paired_best_first_and_each_once() -> None:
    assert best_pairs(["income", "incomes"], ["incomes!", "incme"]) == {"incomes": "incomes!", "income": "incme"}
    assert best_pairs(["age"], ["customer_age"]) == {"age": "customer_age"}
    assert best_pairs(["age"], ["city"]) == {}
    assert similarity("Fare", "fare_") == 1.0


def test_names_written_differently_are_matched_and_said(model, table: pd.DataFrame) -> None:
    found = opened(model, table.rename(columns={"age": "AGE", "income": "In-come"}))
    assert done(found) == ["alike"]
    assert found.inspection.adjustments[0].facts["pairs"] == {"AGE": "age", "In-come": "income"}
    assert found.explainer.columns == ("AGE", "In-come")  # explanations speak of the table's own columns
    assert same_answers(found, model, table[NUMBERS])
    assert found.explainer.explain(row=0).columns == ("AGE", "In-come")


def test_a_match_by_spelling_can_be_undone_and_is_offered_then(model, table: pd.DataFrame) -> None:
    other = table.rename(columns={"age": "AGE"})
    error = refused(lambda: opened(model, other, undo=["alike"]))
    assert (error.code, error.facts["missing"]) == ("missing-columns", "age")
    assert [offer.code for offer in error.offers] == ["alike"]


def test_similar_names_are_only_offered_with_what_they_are_worth(model, table: pd.DataFrame) -> None:
    other = table.rename(columns={"age": "customer_age", "income": "incom"})
    error = refused(lambda: opened(model, other))
    assert sorted(offer.key for offer in error.offers) == ["near=customer_age", "near=incom"]
    evidence = error.offers[0].evidence
    assert (evidence.score, evidence.without, evidence.rows) == ("accuracy", None, len(table))
    assert evidence.with_it == pytest.approx(direct(model, table[NUMBERS], table["bought"]))
    assert evidence.baseline == pytest.approx(table["bought"].value_counts(normalize=True).max())
    found = opened(model, other, accept=["near"])
    assert found.explainer.columns == ("customer_age", "incom")
    assert all(adjustment.asked for adjustment in found.inspection.adjustments)


def test_without_outcomes_an_offer_has_no_evidence(model, table: pd.DataFrame) -> None:
    error = refused(lambda: opened(model, table[NUMBERS].rename(columns={"income": "incom"})))
    assert error.offers[0].evidence is None


def test_a_similar_name_that_means_something_else_is_offered_with_bad_evidence(table: pd.DataFrame) -> None:
    model = tree().fit(table[["age"]].rename(columns={"age": "incomes"}), table["bought"])
    offer = refused(lambda: opened(model, table[["income", "bought"]], target="bought")).offers[0]
    assert offer.key == "near=income"
    assert not offer.evidence.convinces


def test_the_reader_may_say_which_column_is_which(model, table: pd.DataFrame) -> None:
    found = opened(model, table.rename(columns={"age": "alter"}), renames={"alter": "age"})
    assert done(found) == ["rename=alter"]
    assert found.inspection.target == "bought"
    assert refused(lambda: opened(model, table, renames={"alter": "age"})).code == "unknown-rename"
    error = refused(lambda: opened(model, table, renames={"age": "agee"}))
    assert (error.code, error.facts["similar"]) == ("rename-not-wanted", "age")


def test_a_renamed_column_wins_over_one_of_that_name(table: pd.DataFrame) -> None:
    model = tree().fit(table[["age"]], table["bought"])
    swapped = table.assign(age=table["age"].sample(frac=1, random_state=0).to_numpy(), true_age=table["age"])
    found = opened(model, swapped, renames={"true_age": "age"}, target="bought")
    assert same_answers(found, model, table[["age"]])


def test_what_nobody_offers_cannot_be_accepted(model, table: pd.DataFrame) -> None:
    error = refused(lambda: opened(model, table.rename(columns={"age": "AGE"}), accept=["swpa"]))
    assert (error.code, error.facts["asked"], error.facts["known"]) == ("unknown-adjustment", "swpa", "alike")


def test_a_wrong_table_gets_names_and_a_header_but_no_offers(model) -> None:
    error = refused(lambda: opened(model, pd.DataFrame({"carat": [1.0, 2.0], "cut": ["a", "b"]})))
    assert (error.code, error.offers, error.facts["template"]) == ("missing-columns", (), "age,income")


def test_columns_that_count_the_rows_are_called_so(model, table: pd.DataFrame) -> None:
    found = opened(model, table.reset_index(names="Unnamed: 0").assign(number=np.arange(1, len(table) + 1)))
    check = next(check for check in found.inspection.checks if check.code == "left-over-counting")
    assert check.facts["counting"] == "Unnamed: 0, number"
    assert found.inspection.target == "bought"


def test_columns_the_model_only_drops_may_be_missing(table: pd.DataFrame) -> None:
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import make_pipeline

    chosen = ColumnTransformer([("numbers", "passthrough", ["age"])], remainder="drop")
    model = make_pipeline(chosen, tree()).fit(table[NUMBERS], table["bought"])
    assert opened(model, table[["age", "bought"]]).explainer.columns == ("age",)


# --- models without names --------------------------------------------------------------------------------------------


def test_the_right_number_of_columns_is_taken_by_position_and_said(table: pd.DataFrame) -> None:
    model = tree().fit(table[NUMBERS].to_numpy(), table["bought"])
    found = opened(model, table)
    assert "columns-by-position" in [check.code for check in found.inspection.checks]
    assert same_answers(found, model, table[NUMBERS].to_numpy())


def test_numbers_as_names_are_no_missing_header(table: pd.DataFrame) -> None:
    model = tree().fit(table[NUMBERS].to_numpy(), table["bought"])
    found = opened(model, table.set_axis(["0", "1", "2"], axis=1))
    assert (found.explainer.columns, done(found)) == (("0", "1"), [])


def test_a_column_that_counts_the_rows_makes_way_where_it_is_one_too_many(table: pd.DataFrame) -> None:
    model = tree().fit(table[NUMBERS].to_numpy(), table["bought"])
    found = opened(model, table.reset_index())
    assert (done(found), found.explainer.columns) == (["index=index"], ("age", "income"))
    assert refused(lambda: opened(model, table.reset_index(), undo=["index"])).code == "column-count"


def test_a_wrong_number_of_columns_is_an_error_without_a_guess(table: pd.DataFrame) -> None:
    model = tree().fit(table[NUMBERS].to_numpy(), table["bought"])
    error = refused(lambda: opened(model, table[["age", "bought"]]))
    assert (error.code, error.facts["wanted"], error.facts["found"], error.offers) == ("column-count", 2, 1, ())


def test_only_the_numbers_are_never_taken_silently() -> None:
    table = buyers()[[*NUMBERS, "city", "bought"]]
    model = tree().fit(table[NUMBERS].to_numpy(), table["bought"])
    error = refused(lambda: opened(model, table))
    assert (error.code, [offer.key for offer in error.offers]) == ("column-count", ["array-numbers"])
    assert opened(model, table, accept=["array-numbers"]).explainer.columns == ("age", "income")


def test_the_file_alone_still_opens(model) -> None:
    assert open_both(dumped(model)).inspection.column_names == ("age", "income")


# --- headers ---------------------------------------------------------------------------------------------------------


def test_a_header_repeated_among_the_rows_is_left_out(model, table: pd.DataFrame) -> None:
    header, rest = csv(table).split(b"\n", 1)
    found = opened(model, b"\n".join([header, header, rest + header]))
    assert done(found) == ["header-repeated"]
    assert found.inspection.adjustments[0].facts["rows"] == 2
    assert same_answers(found, model, table[NUMBERS])


def test_a_header_under_a_title_is_found_by_the_models_names(model, table: pd.DataFrame) -> None:
    found = opened(model, b"Sales,,\n,,\n" + csv(table))
    assert found.inspection.adjustments[0].key == "header-lower"
    assert found.inspection.adjustments[0].facts["line"] == 3
    assert found.inspection.rows == len(table)
    assert same_answers(found, model, table[NUMBERS])


def test_a_missing_header_is_offered_with_evidence_and_no_row_is_lost(model, table: pd.DataFrame) -> None:
    headless = csv(table, header=False)
    error = refused(lambda: opened(model, headless))
    assert [offer.key for offer in error.offers] == ["header-missing"]
    assert error.offers[0].evidence.with_it == pytest.approx(direct(model, table[NUMBERS], table["bought"]))
    found = opened(model, headless, accept=["header-missing"])
    assert (found.inspection.rows, found.inspection.target) == (len(table), "target")
    assert same_answers(found, model, table[NUMBERS])


def test_a_missing_header_with_equal_values_is_seen_through(table: pd.DataFrame) -> None:
    numbers = pd.DataFrame({"a": [0.5, 1.5, 2.5] * 20, "b": [0.5, 9.5, 4.5] * 20, "y": [0, 1, 1] * 20})
    model = tree().fit(numbers[["a", "b"]], numbers["y"])
    found = opened(model, csv(numbers, header=False), accept=["header-missing"])
    assert found.explainer.data.frame.iloc[0].tolist() == [0.5, 0.5]
    assert same_answers(found, model, numbers[["a", "b"]])


def test_a_missing_header_leads_on_to_what_else_is_needed() -> None:
    table = buyers()[[*NUMBERS, "city", "bought"]]
    model = tree().fit(
        table[NUMBERS].assign(city=table["city"].map({"Köln": 0, "New York": 1, "Paris": 2})), table["bought"]
    )
    offers = refused(lambda: opened(model, csv(table, header=False))).offers
    assert [offer.key for offer in offers] == ["header-missing", "codes=city"]
    assert opened(model, csv(table, header=False), accept=["header-missing", "codes"]).inspection.rows == len(table)


def test_names_that_lay_beside_a_model_match_by_name(table: pd.DataFrame) -> None:
    model = tree().fit(table[["income", "age"]].to_numpy(), (table["bought"] == "yes") * 1)
    beside = Beside(columns=("Income", "age"), classes=("no", "yes"))
    found = join(model, read_table(csv(table)), None, Decisions(), beside=beside)
    assert [done.key for done in found.fitted.adjustments] == ["alike"]
    assert found.model.columns == ("income", "age")
    inputs = table[["income", "age"]].to_numpy()
    assert np.allclose(found.model.predict(found.fitted.frame), model.predict_proba(inputs))
    assert found.model.answer(found.fitted.frame).tolist() == [("no", "yes")[said] for said in model.predict(inputs)]


def test_where_there_is_no_adjustment_the_error_says_so(table: pd.DataFrame) -> None:
    model = tree().fit(table[["age"]], table["bought"])
    error = refused(lambda: opened(model, table[["age", "bought"]], accept=["swpa"]))
    assert error.code == "unknown-adjustment"
    assert errors.remedy(error, Wording("de")) == "Hier gibt es keine Anpassung: einfach weglassen."

"""Words that were made into numbers before the model was trained: one-hot columns, codes from A to Z, both."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from fitting_tables import (
    INPUTS,
    NUMBERS,
    WORDS,
    accuracy,
    buyers,
    coded,
    csv,
    direct,
    done,
    offered,
    opened,
    refused,
    same_answers,
    tree,
)
from sklearn.compose import make_column_transformer
from sklearn.preprocessing import OneHotEncoder

TABLE = buyers()
SHOWN = TABLE[[*INPUTS, "bought"]]
BOUGHT = TABLE["bought"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"drop_first": True},
        {"prefix_sep": "="},
        {"prefix_sep": ": ", "dtype": float},
        {"prefix": "", "prefix_sep": ""},
        {"prefix": {"city": "town", "smoker": "smokes", "gender": "sex"}},
    ],
    ids=str,
)
def test_one_hot_columns_are_recognised_however_they_were_made(options: dict) -> None:
    inputs = pd.get_dummies(TABLE[INPUTS], **options)
    model = tree().fit(inputs, BOUGHT)
    error = refused(lambda: opened(model, SHOWN))
    if not (options.get("drop_first") or "prefix" in options):
        assert sorted(offer.key for offer in error.offers) == ["one-hot=city", "one-hot=gender", "one-hot=smoker"]
    assert error.offers[0].evidence.with_it == pytest.approx(direct(model, inputs, BOUGHT))
    found = opened(model, SHOWN, accept=[offer.key for offer in error.offers])
    assert same_answers(found, model, inputs)
    assert found.explainer.columns == tuple(INPUTS)
    assert found.explainer.data.frame["city"].tolist() == TABLE["city"].tolist()


def test_blanks_in_names_may_have_become_underscores() -> None:
    inputs = pd.get_dummies(TABLE[INPUTS]).rename(columns=lambda name: name.replace(" ", "_"))
    model = tree().fit(inputs, BOUGHT)
    assert same_answers(opened(model, SHOWN, accept=["one-hot"]), model, inputs)


def test_numbers_that_were_made_into_columns_are_recognised() -> None:
    table = TABLE.assign(rooms=np.arange(len(TABLE)) % 4 + 1)
    inputs = pd.get_dummies(table[["age", "rooms"]], columns=["rooms"])
    model = tree().fit(inputs, BOUGHT)
    found = opened(model, table[["age", "rooms", "bought"]], accept=["one-hot"])
    assert same_answers(found, model, inputs)
    assert found.explainer.columns == ("age", "rooms")


def test_columns_for_missing_values_and_for_values_that_do_not_occur_are_made_too() -> None:
    gaps = TABLE[INPUTS].assign(city=TABLE["city"].where(TABLE.index % 9 > 0))
    inputs = pd.get_dummies(gaps, dummy_na=True, columns=["city"])[["age", "income", *_cities(gaps), "city_nan"]]
    model = tree().fit(inputs, BOUGHT)
    some = gaps[gaps["city"] != "Paris"]
    found = opened(model, some.assign(bought=BOUGHT)[["age", "income", "city", "bought"]], accept=["one-hot"])
    facts = found.inspection.adjustments[0].facts
    assert facts["absent"] == ["city_Paris"]
    assert same_answers(found, model, inputs[gaps["city"] != "Paris"])


def _cities(table: pd.DataFrame) -> list[str]:
    return [f"city_{name}" for name in sorted(table["city"].dropna().unique())]


def test_values_the_columns_do_not_know_are_counted() -> None:
    inputs = pd.get_dummies(TABLE[["age", "city"]])
    model = tree().fit(inputs, BOUGHT)
    table = TABLE[["age", "city", "bought"]].copy()
    table.loc[:2, "city"], table.loc[3:4, "city"] = "Rome", "Oslo"
    found = opened(model, table, accept=["one-hot"])
    check = next(check for check in found.inspection.checks if check.code == "categories-unknown")
    assert check.facts["rows"] == 5


def test_explanations_of_one_hot_columns_are_those_of_the_column() -> None:
    """Against Shapley values by brute force: every order of the three columns, each one-hot group moved as a whole."""
    columns = ["age", "city", "smoker"]
    inputs = pd.get_dummies(TABLE[columns])
    model = tree(4).fit(inputs, BOUGHT)
    explainer = opened(model, SHOWN, accept=["one-hot"]).explainer
    background, row = explainer.background, explainer.rows(5, None)
    found = explainer.explain(row=5)

    def value(known: tuple[str, ...]) -> float:
        mixed = background.assign(**{name: row[name].iloc[0] for name in known})
        encoded = pd.get_dummies(mixed[columns]).reindex(columns=inputs.columns, fill_value=False)
        return float(model.predict_proba(encoded)[:, 1].mean())

    shapley = dict.fromkeys(columns, 0.0)
    for order in permutations(columns):
        for place, name in enumerate(order):
            shapley[name] += (value(order[: place + 1]) - value(order[:place])) / 6
    assert found.values == pytest.approx([shapley[name] for name in found.columns], abs=1e-9)
    assert found.algorithm == "tree-exact"


def test_counterfactuals_and_what_if_speak_of_the_columns_own_values() -> None:
    model = tree().fit(pd.get_dummies(TABLE[INPUTS]), BOUGHT)
    explainer = opened(model, SHOWN, accept=["one-hot"]).explainer
    row = int(np.flatnonzero((BOUGHT == "no").to_numpy())[0])
    ways = explainer.counterfactuals(row=row, seconds=5).counterfactuals
    assert ways
    for way in ways:
        assert set(way.changes) <= set(INPUTS)
        assert way.row["city"] in {"Paris", "New York", "Köln"}
    assert explainer.what_if(row=row, changes={"city": "Paris"}).changes["city"][1] == "Paris"
    assert explainer.explain(row=row, method="lime").columns == tuple(INPUTS)


# --- codes -----------------------------------------------------------------------------------------------------------


def test_codes_from_a_to_z_are_offered_for_words() -> None:
    inputs = coded(TABLE)
    model = tree().fit(inputs, BOUGHT)
    error = refused(lambda: opened(model, SHOWN))
    assert [offer.key for offer in error.offers] == ["codes=city", "yes-no=smoker", "codes=gender"]
    assert dict(error.offers[0].facts["codes"]) == {"Köln": 0, "New York": 1, "Paris": 2}
    assert error.offers[0].evidence.with_it == pytest.approx(direct(model, inputs, BOUGHT))
    assert set(error.offers[0].evidence.together) == {"yes-no=smoker", "codes=gender"}
    found = opened(model, SHOWN, accept=["codes", "yes-no"])
    assert same_answers(found, model, inputs)
    assert found.explainer.data.column("city").categories == ("Köln", "New York", "Paris")


def test_an_offer_can_be_accepted_for_one_column_alone() -> None:
    model = tree().fit(coded(TABLE), BOUGHT)
    error = refused(lambda: opened(model, SHOWN, accept=["codes=city", "yes-no"]))
    assert [offer.key for offer in error.offers] == ["codes=gender"]


@pytest.mark.parametrize(("yes", "no"), [("ja", "nein"), ("J", "N"), ("wahr", "falsch")])
def test_words_for_yes_are_1_whatever_the_alphabet_says(yes: str, no: str) -> None:
    inputs = coded(TABLE)[["age", "smoker"]]
    model = tree().fit(inputs, BOUGHT)
    table = TABLE[["age", "bought"]].assign(smoker=np.where(TABLE["smoker"] == "Yes", yes, no))
    assert same_answers(opened(model, table, accept=["yes-no"]), model, inputs)


def test_true_and_false_need_no_codes() -> None:
    inputs = coded(TABLE)[["age", "smoker"]]
    model = tree().fit(inputs, BOUGHT)
    table = TABLE[["age", "bought"]].assign(smoker=np.where(TABLE["smoker"] == "Yes", "true", "false"))
    found = opened(model, table)
    assert done(found) == []
    assert same_answers(found, model, inputs)


def test_codes_the_other_way_round_are_noticed_and_turned() -> None:
    inputs = coded(TABLE).assign(smoker=(TABLE["smoker"] == "No") * 1)
    model = tree().fit(inputs, BOUGHT)
    error = refused(lambda: opened(model, SHOWN))
    assert "flip=smoker" in [offer.key for offer in error.offers]
    plain = opened(model, SHOWN, accept=["codes", "yes-no"])
    assert offered(plain) == ["flip=smoker"]
    evidence = plain.inspection.offers[0].evidence
    assert evidence.without == pytest.approx(accuracy(plain))
    assert evidence.with_it == pytest.approx(direct(model, inputs, BOUGHT))
    turned = opened(model, SHOWN, accept=["codes", "yes-no", "flip=smoker"])
    assert same_answers(turned, model, inputs)
    assert offered(turned) == []


def test_codes_and_one_hot_columns_may_be_mixed() -> None:
    inputs = pd.get_dummies(coded(TABLE).assign(city=TABLE["city"]), columns=["city"])
    model = tree().fit(inputs, BOUGHT)
    error = refused(lambda: opened(model, SHOWN))
    assert sorted(offer.code for offer in error.offers) == ["codes", "one-hot", "yes-no"]
    assert same_answers(opened(model, SHOWN, accept=["codes", "one-hot", "yes-no"]), model, inputs)


def test_other_names_and_codes_come_together() -> None:
    model = tree().fit(coded(TABLE), BOUGHT)
    table = SHOWN.rename(columns={"city": "citty"})
    error = refused(lambda: opened(model, table))
    assert {offer.key for offer in error.offers} == {"near=citty", "codes=citty", "yes-no=smoker", "codes=gender"}
    assert same_answers(opened(model, table, accept=["near", "codes", "yes-no"]), model, coded(TABLE))


# --- without names ---------------------------------------------------------------------------------------------------

FITTED = {
    "array-codes": coded(TABLE),
    "array-one-hot": pd.get_dummies(TABLE[INPUTS]),
    "array-one-hot-without-first": pd.get_dummies(TABLE[INPUTS], drop_first=True),
    "array-one-hot-coded": pd.get_dummies(coded(TABLE).assign(city=TABLE["city"]), columns=["city"]),
}


@pytest.mark.parametrize("code", FITTED)
def test_an_array_of_encoded_words_is_offered_where_its_width_and_its_score_agree(code: str) -> None:
    inputs = FITTED[code].to_numpy(float)
    model = tree().fit(inputs, BOUGHT)
    error = refused(lambda: opened(model, SHOWN, target="bought"))
    assert [offer.key for offer in error.offers] == [code]
    assert error.offers[0].evidence.with_it == pytest.approx(direct(model, inputs, BOUGHT))
    found = opened(model, SHOWN, target="bought", accept=[code])
    assert same_answers(found, model, inputs)
    assert set(found.explainer.columns) == {*NUMBERS, *WORDS}


def test_one_hot_columns_may_stand_in_front() -> None:
    encoder = make_column_transformer((OneHotEncoder(sparse_output=False), WORDS), remainder="passthrough")
    inputs = encoder.fit_transform(TABLE[INPUTS])
    model = tree().fit(inputs, BOUGHT)
    error = refused(lambda: opened(model, SHOWN))
    assert [offer.key for offer in error.offers] == ["array-one-hot-in-front"]
    assert same_answers(opened(model, SHOWN, accept=["array-one-hot-in-front"]), model, inputs)


def test_without_outcomes_every_layout_of_the_right_width_is_offered() -> None:
    model = tree().fit(pd.get_dummies(TABLE[INPUTS]).to_numpy(float), BOUGHT)
    offers = refused(lambda: opened(model, TABLE[INPUTS], target="")).offers
    assert [offer.key for offer in offers] == ["array-one-hot", "array-one-hot-in-front"]
    assert all(offer.evidence is None for offer in offers)


# --- categories as a type --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_words_get_the_type_a_boosting_library_was_trained_with(library: str) -> None:
    module = pytest.importorskip(library)
    typed = TABLE[["age", "city"]].astype({"city": "category"})
    kind = {"lightgbm": lambda: module.LGBMClassifier(n_estimators=5, verbose=-1, n_jobs=1)}.get(
        library, lambda: module.XGBClassifier(n_estimators=5, enable_categorical=True, n_jobs=1)
    )
    model = kind().fit(typed, (BOUGHT == "yes") * 1)
    some = TABLE["city"] != "Köln"  # the codes of the others must not move up
    found = opened(model, csv(TABLE.loc[some, ["age", "city", "bought"]]))
    assert done(found) == ["category-type=city"]
    assert same_answers(found, model, typed[some])

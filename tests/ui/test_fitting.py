"""A model and a table that do not fit yet: what is offered on the page, what is done, and how it is taken back."""

from __future__ import annotations

import io

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier
from streamlit.testing.v1 import AppTest
from visiting_app import LANGUAGES, Visit, assert_whole, demo_file, go, press, said, upload

from xai.texts import catalogue


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    random = np.random.default_rng(2)
    flats = pd.DataFrame({"area": random.integers(20, 150, 80), "city": random.choice(["Bonn", "Köln", "Ulm"], 80)})
    flats["pets"] = random.choice(["yes", "no"], 80)
    high = flats["area"] + 40 * (flats["city"] == "Köln") - 30 * (flats["pets"] == "yes") > 90
    return flats.assign(rent=np.where(high, "high", "low"))


@pytest.fixture(scope="module")
def one_hot(table: pd.DataFrame) -> bytes:
    return dumped(tree().fit(pd.get_dummies(table[["area", "city"]]), table["rent"]))


@pytest.fixture(scope="module")
def coded(table: pd.DataFrame) -> bytes:
    inputs = table[["area"]].assign(pets=(table["pets"] == "yes") * 1)
    return dumped(tree().fit(inputs, table["rent"]))


def tree() -> DecisionTreeClassifier:
    return DecisionTreeClassifier(max_depth=5, random_state=0)


def dumped(model: object) -> bytes:
    stream = io.BytesIO()
    joblib.dump(model, stream)
    return stream.getvalue()


def csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


def brought(visitor: AppTest, model: bytes, data: bytes) -> AppTest:
    return upload(upload(visitor, "model", "flats.joblib", model), "data", "flats.csv", data)


def bold(language: str, key: str) -> str:
    """The bold words a sentence begins with."""
    return catalogue(language).sentences[key].split("**")[1]


def has_button(visitor: AppTest, key: str) -> bool:
    return any(button.key == key for button in visitor.button)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_gets_the_model_to_predict_is_offered_with_its_worth(
    visit: Visit, language: str, one_hot: bytes, table: pd.DataFrame
) -> None:
    visitor = brought(visit(lang=language), one_hot, csv(table))
    assert not visitor.exception
    assert bold(language, "adjustments.one-hot.offered") in said(visitor)
    assert "100" in said(visitor)
    assert visitor.metric  # the demo is still explained
    press(visitor, "apply_one-hot=city")
    assert_whole(visitor)
    assert bold(language, "adjustments.one-hot.done") in said(visitor)
    press(visitor, "explain_own")
    assert_whole(visitor)
    assert visitor.header[0].value.count("**area**") + visitor.header[0].value.count("**city**") > 0


def test_what_was_applied_can_be_taken_back(visit: Visit, one_hot: bytes, table: pd.DataFrame) -> None:
    visitor = press(brought(visit(lang="en"), one_hot, csv(table)), "apply_one-hot=city")
    press(visitor, "undo_one-hot=city")
    assert has_button(visitor, "apply_one-hot=city")
    assert not has_button(visitor, "explain_own")


def test_several_offers_are_applied_at_once(visit: Visit, table: pd.DataFrame) -> None:
    inputs = pd.get_dummies(table[["area", "city", "pets"]].assign(pets=(table["pets"] == "yes") * 1))
    visitor = brought(visit(lang="en"), dumped(tree().fit(inputs, table["rent"])), csv(table))
    assert catalogue("en").say("adjustments.evidence.together") in said(visitor)
    press(visitor, "apply_all")
    assert_whole(visitor)
    press(visitor, "explain_own")
    for page in ("local", "counterfactuals", "whatif"):
        assert_whole(go(visitor, page))


def test_other_capitals_are_matched_said_and_undone(visit: Visit) -> None:
    header, rest = demo_file("penguins.csv").decode().split("\n", 1)
    visitor = brought(visit(lang="en"), demo_file("penguins.joblib"), f"{header.title()}\n{rest}".encode())
    assert_whole(visitor)
    assert bold("en", "adjustments.alike.done") in said(visitor)
    press(visitor, "undo_alike")
    assert "needs columns that the table does not have" in said(visitor)
    press(visitor, "apply_alike")
    assert_whole(visitor)


def test_two_codes_can_be_turned_round_and_back(visit: Visit, coded: bytes, table: pd.DataFrame) -> None:
    visitor = press(brought(visit(lang="en"), coded, csv(table)), "apply_yes-no=pets")
    assert "no → 0" in said(visitor)
    press(visitor, "turn_pets")
    assert "no → 1" in said(visitor)
    assert_whole(visitor)
    press(visitor, "turn_pets")
    assert "no → 0" in said(visitor)


def test_a_column_matched_by_hand_can_be_given_back(visit: Visit) -> None:
    table = demo_file("penguins.csv").decode().replace("sex", "geschlecht", 1)
    visitor = brought(visit(lang="en"), demo_file("penguins.joblib"), table.encode())
    visitor.selectbox(key="match_sex").set_value("geschlecht").run()
    assert_whole(visitor)
    press(visitor, "undo_rename=geschlecht")
    assert visitor.selectbox(key="match_sex").value == ""


def test_a_wish_that_hung_on_another_is_forgotten_with_it(visit: Visit, table: pd.DataFrame) -> None:
    rates = table[["area"]].assign(rate=np.linspace(0, 1, len(table)).round(3))
    late = np.where(rates["rate"] > 0.5, "yes", "no")
    written = rates.assign(rate=(100 * rates["rate"]).round(1).astype(str) + " %", late=late)
    visitor = brought(visit(lang="en"), dumped(tree().fit(rates, late)), csv(written))
    press(visitor, "apply_all")
    assert_whole(visitor)
    press(visitor, "undo_percent=rate")
    assert has_button(visitor, "apply_percent=rate")
    assert not visitor.exception


def test_another_table_starts_without_earlier_decisions(visit: Visit, one_hot: bytes, table: pd.DataFrame) -> None:
    visitor = press(brought(visit(lang="en"), one_hot, csv(table)), "apply_one-hot=city")
    upload(visitor, "data", "others.csv", csv(table.assign(pets="no")))
    assert has_button(visitor, "apply_one-hot=city")
    press(visitor, "apply_one-hot=city")
    press(visitor, "discard_own")
    brought(visitor, one_hot, csv(table))
    assert has_button(visitor, "apply_one-hot=city")


def test_names_from_files_are_no_markup_on_the_page(visit: Visit, table: pd.DataFrame) -> None:
    odd = table.rename(columns={"pets": "[pets](x) *y* $z$"})
    inputs = odd[["area"]].assign(**{"[pets](x) *y* $z$": (table["pets"] == "yes") * 1})
    visitor = brought(visit(lang="en"), dumped(tree().fit(inputs, table["rent"])), csv(odd))
    assert r"\[pets\]\(x\) \*y\* \$z\$" in said(visitor)
    assert not visitor.exception

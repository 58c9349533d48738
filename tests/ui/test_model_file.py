"""What the page says about a chosen file before it is opened, and what can be done with the wrong one."""

from __future__ import annotations

import io
import pickle

import joblib
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from visiting_app import LANGUAGES, Visit, assert_whole, demo_file, press, said, upload

from xai.texts import catalogue

ROWS = pd.DataFrame({"age": [20.0, 35.0, 50.0, 65.0] * 5, "income": [1.0, 3.0, 2.0, 4.0] * 5})
BOUGHT = ["no", "yes", "no", "yes"] * 5
TABLE = ROWS.assign(bought=BOUGHT).to_csv(index=False).encode()
SCALER = StandardScaler().fit(ROWS)
MODEL = LogisticRegression().fit(SCALER.transform(ROWS), BOUGHT)


def dumped(thing: object) -> bytes:
    stream = io.BytesIO()
    joblib.dump(thing, stream)
    return stream.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_steps_and_version_are_shown_for_a_model_alone(visit: Visit, language: str) -> None:
    visitor = upload(visit(lang=language), "model", "birds.joblib", demo_file("penguins.joblib"))
    assert_whole(visitor)
    line = next(text for text in said(visitor).splitlines() if ":material/draft:" in text)
    assert "→ LogisticRegression, " in line
    assert "scikit-learn" in line
    assert catalogue(language).say("contents.detail.classes", count=3, names="Adelie, Chinstrap, Gentoo") in said(
        visitor
    )


def test_they_are_shown_even_where_the_file_is_not_opened(visit: Visit) -> None:
    data = pickle.dumps(MODEL).replace(b"LogisticRegression", b"LogisticRegressioN")
    shown = said(upload(visit(lang="en"), "model", "m.pkl", data))
    assert "LogisticRegressioN, saved with scikit" in shown
    assert ":material/error:" in shown


def test_of_several_objects_another_can_be_taken(visit: Visit) -> None:
    bundle = dumped({"model": MODEL, "scaler": SCALER, "baseline": DummyClassifier().fit(ROWS, BOUGHT)})
    visitor = upload(upload(visit(lang="en"), "model", "b.joblib", bundle), "data", "t.csv", TABLE)
    assert_whole(visitor)
    choice = visitor.selectbox(key="own_object_taken")
    assert (choice.value, list(choice.options)) == ("scaler+model", ["scaler+model", "model", "baseline"])
    assert "scaler → model" in said(visitor)
    visitor = choice.set_value("baseline").run()
    assert_whole(visitor)
    assert visitor.selectbox(key="own_object_taken").value == "baseline"
    press(visitor, "explain_own")
    assert_whole(visitor)


def test_a_preprocessing_alone_can_become_the_companion(visit: Visit) -> None:
    visitor = upload(visit(lang="en"), "model", "scaler.joblib", dumped(SCALER))
    assert catalogue("en").say("errors.only-preprocessing.message", found="StandardScaler") in said(visitor)
    visitor = press(visitor, "own_as_companion")
    assert ":material/error:" not in said(visitor)
    visitor = upload(upload(visitor, "model", "m.joblib", dumped(MODEL)), "data", "t.csv", TABLE)
    assert_whole(visitor)
    assert "scaler.joblib (StandardScaler)" in said(visitor)


def test_files_in_each_others_place_are_swapped(visit: Visit) -> None:
    visitor = upload(visit(lang="de"), "model", "birds.csv", demo_file("penguins.csv"))
    visitor = upload(visitor, "data", "birds.joblib", demo_file("penguins.joblib"))
    assert catalogue("de").say("errors.table-as-model.message", found="CSV") in said(visitor)
    visitor = press(visitor, "own_swap")
    assert_whole(visitor)
    assert visitor.selectbox(key="own_target").value == "species"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_in_the_place_of_the_table_goes_to_its_own(visit: Visit, language: str) -> None:
    """It is told at once, with no model chosen yet."""
    visitor = upload(visit(lang=language), "data", "birds.joblib", demo_file("penguins.joblib"))
    assert catalogue(language).say("errors.model-as-table.message", found="Pipeline") in said(visitor)
    visitor = upload(press(visitor, "own_as_model"), "data", "birds.csv", demo_file("penguins.csv"))
    assert_whole(visitor)
    assert visitor.selectbox(key="own_target").value == "species"


@pytest.mark.parametrize("table", [TABLE, pickle.dumps(ROWS)], ids=["csv", "pickled frame"])
def test_a_table_without_a_model_is_not_called_one(visit: Visit, table: bytes) -> None:
    visitor = upload(visit(lang="en"), "data", "t.csv", table)
    assert catalogue("en").say("start.own.model_missing") in said(visitor)
    assert_whole(visitor)


def test_a_table_in_the_place_of_the_model_goes_to_its_own(visit: Visit) -> None:
    visitor = press(upload(visit(lang="en"), "model", "birds.csv", demo_file("penguins.csv")), "own_as_data")
    visitor = upload(visitor, "model", "birds.joblib", demo_file("penguins.joblib"))
    assert_whole(visitor)
    assert visitor.selectbox(key="own_target").value == "species"

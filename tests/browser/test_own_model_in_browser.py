"""A visitor brings two files, sees what was found in them, and follows all four questions."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from serving import serving
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from visiting import Visitor

from xai.texts import catalogue

QUESTIONS = ("global", "local", "counterfactuals", "whatif")


@pytest.fixture(scope="module")
def rents() -> pd.DataFrame:
    """Flats with umlauts, a gap and a text as outcome."""
    random = np.random.default_rng(7)
    flats = pd.DataFrame(
        {
            "Fläche": random.normal(75, 20, 200).round(1),
            "Zimmer": random.integers(1, 6, 200),
            "Stadt": random.choice(["Köln", "Bonn", "Aachen"], 200),
        }
    )
    flats["Miete"] = np.where(flats["Fläche"] + 10 * (flats["Stadt"] == "Köln") > 80, "teuer", "günstig")
    flats.loc[::20, "Fläche"] = np.nan
    return flats


@pytest.fixture(scope="module")
def model_file(rents: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    numbers = (SimpleImputer(), ["Fläche", "Zimmer"])
    prepare = make_column_transformer(numbers, (OneHotEncoder(handle_unknown="ignore"), ["Stadt"]))
    pipeline = make_pipeline(prepare, RandomForestClassifier(n_estimators=20, max_depth=4, random_state=0))
    path = tmp_path_factory.mktemp("own") / "rents.joblib"
    joblib.dump(pipeline.fit(rents[["Fläche", "Zimmer", "Stadt"]], rents["Miete"]), path)
    return path


@pytest.fixture(scope="module")
def table_file(rents: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a German spreadsheet writes it: semicolons and decimal commas."""
    path = tmp_path_factory.mktemp("own") / "rents.csv"
    rents.to_csv(path, index=False, sep=";", decimal=",")
    return path


def upload(visitor: Visitor, role: str, path: Path) -> None:
    visitor.part(f"upload_{role}").locator("input[type=file]").set_input_files(path)
    visitor.page.get_by_text(path.name).first.wait_for()
    visitor.finish("start")


def explain(visitor: Visitor) -> None:
    assert not visitor.errors()
    visitor.part("explain_own").get_by_role("button").click()
    visitor.page.get_by_text(catalogue(visitor.language).say("start.own.explained")).wait_for()


def assert_answers_all_four_questions(visitor: Visitor) -> None:
    for page in QUESTIONS:
        visitor.go(page)
        assert visitor.answer(), f"{page} has no answer"
        assert "Miete" in visitor.page.content() or "teuer" in visitor.page.content()


def test_own_model_answers_all_four_questions(visit, server, model_file, table_file):
    visitor = visit(server, "de")
    visitor.open("start")
    upload(visitor, "model", model_file)
    upload(visitor, "data", table_file)
    explain(visitor)
    assert_answers_all_four_questions(visitor)


def test_after_a_file_that_is_no_model_ones_own_answers_until_the_visit_ends(
    visit, server, table_file, model_file, tmp_path
):
    """The wrong file leaves the app usable; after a reload the link says that the upload is gone."""
    text = tmp_path / "notes.joblib"
    text.write_text("remember the milk")
    visitor = visit(server, "en")
    visitor.open("start")
    upload(visitor, "model", text)
    upload(visitor, "data", table_file)
    assert visitor.errors()
    upload(visitor, "model", model_file)
    explain(visitor)
    assert_answers_all_four_questions(visitor)
    visitor.page.reload()
    visitor.wait(QUESTIONS[-1])
    assert visitor.page.get_by_text(catalogue("en").say("frame.note.upload_gone")).is_visible()
    assert visitor.answer()


def test_a_table_that_does_not_fit_is_offered_what_it_lacks(visit, server, rents, tmp_path):
    """One-hot columns that were made outside, and one column that is not there at all."""
    made = pd.get_dummies(rents[["Zimmer", "Stadt"]])
    joblib.dump(DecisionTreeClassifier(max_depth=4).fit(made, rents["Miete"]), tmp_path / "made.joblib")
    rents.drop(columns="Zimmer").to_csv(tmp_path / "few.csv", index=False)
    rents.to_csv(tmp_path / "all.csv", index=False)
    visitor = visit(server, "en")
    visitor.open("start")
    upload(visitor, "model", tmp_path / "made.joblib")
    upload(visitor, "data", tmp_path / "few.csv")
    with visitor.page.expect_download() as download:
        visitor.part("download_template").get_by_role("button").click()
    template = pd.read_csv(download.value.path())
    assert template.columns.tolist() == made.columns.tolist()
    assert len(template) == len(rents)
    upload(visitor, "data", tmp_path / "all.csv")
    visitor.page.get_by_role("button", name=catalogue("en").say("start.own.apply")).click()
    visitor.finish("start")
    explain(visitor)
    visitor.go("local")
    assert "Stadt" in visitor.answer() + visitor.page.content()
    assert not visitor.errors()


def test_a_model_given_at_the_start_is_what_the_first_visitor_sees(visit, model_file, table_file, tmp_path):
    with serving(tmp_path / "server.log", model_file, table_file) as own_server:
        visitor = visit(own_server, "de")
        visitor.open("start")
        assert "Stadt" in visitor.answer()
        assert model_file.name in visitor.page.content()
        assert visitor.page.get_by_text(catalogue("de").say("start.own.demos")).is_visible()
        assert not own_server.complaints()

"""The terminal on pipelines that other people saved years ago, with the tables they were made for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from terminal import Reply, asking

ZOO = Path(__file__).parents[2].parent / "shared" / "zoo"
DIAMONDS = ZOO / "ralf_diamonds"
DIABETES = ZOO / "diabetes_dmdals"
PRICE = (DIAMONDS / "diamonds_pipeline.joblib", DIAMONDS / "diamonds.csv", "--target", "price")
OUTCOME = (DIABETES / "pipeline.pkl", DIABETES / "diabetes.csv", "--target", "Outcome")

pytestmark = pytest.mark.skipif(not ZOO.is_dir(), reason="the models of other people are not here")


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str]) -> Callable[..., Reply]:
    return asking(capfd)


def total(answer: dict[str, Any]) -> float:
    return answer["base"] + sum(item["contribution"] for item in answer["contributions"])


def test_diamonds_are_read_repaired_and_scored(ask):
    """The course's own pipeline; scikit-learn 1.6.1, which saved it, gets an R² of 0.923256 on this table."""
    found = ask("inspect", *PRICE).answer
    assert found["saved_with"]["scikit-learn"] == "1.6.1"
    assert (found["how"], found["task"], found["target"]) == ("repaired", "regression", "price")
    assert found["repairs"]
    assert found["rows"] == 53940
    assert found["score"]["r2"] == pytest.approx(0.923256, abs=1e-6)


def test_diamonds_importance_is_about_the_columns_of_the_table(ask):
    found = ask("importance", *PRICE, "--rows", 200).answer
    columns = {column["name"] for column in found["columns"]}
    assert "carat" in columns
    assert columns <= set(pd.read_csv(PRICE[1], nrows=1).columns)


@pytest.mark.parametrize("row", [0, 7, 30000])
def test_diamonds_contributions_add_up(ask, row):
    found = ask("explain", *PRICE, "--row", row).answer
    assert found["unit"] == "target"
    assert total(found) == pytest.approx(found["prediction"], rel=1e-6)


def test_diamonds_are_explained_by_lime_too(ask):
    found = ask("explain", *PRICE, "--row", 7, "--method", "lime").answer
    shap = ask("explain", *PRICE, "--row", 7).answer
    assert found["prediction"] == pytest.approx(shap["prediction"], rel=1e-9)
    assert found["trust"]["lime_fit"]["value"] <= 1


def test_diamonds_counterfactuals_lie_in_the_asked_range(ask):
    found = ask("counterfactuals", *PRICE, "--row", 7, "--desired", "2000:3000").answer
    assert found["desired"] == [2000, 3000]
    assert found["counterfactuals"]
    assert all(2000 <= item["prediction"] <= 3000 for item in found["counterfactuals"])


def test_diamonds_of_one_carat(ask):
    found = ask("what-if", *PRICE, "--row", 7, "--set", "carat=1.0").answer
    assert found["after"]["prediction"] > found["before"]["prediction"]
    for side in (found["before"], found["after"]):
        assert total(side) == pytest.approx(side["prediction"], rel=1e-6)


def test_diabetes_pipeline_answers_all_five_questions(ask):
    found = ask("inspect", *OUTCOME).answer
    assert (found["task"], found["target"], found["rows"]) == ("binary", "Outcome", 768)
    assert found["score"]["accuracy"] > found["score"]["baseline"]["accuracy"]
    assert ask("importance", *OUTCOME, "--rows", 50).answer["columns"]
    explained = ask("explain", *OUTCOME, "--row", 3).answer
    assert total(explained) == pytest.approx(explained["prediction"], abs=1e-6)
    changed = ask("what-if", *OUTCOME, "--row", 3, "--set", "Glucose=180").answer
    assert changed["after"]["prediction"] != changed["before"]["prediction"]
    for item in ask("counterfactuals", *OUTCOME, "--row", 3).answer["counterfactuals"]:
        assert item["receipt"]["valid"]

"""The contract of the terminal: five questions on every demo, one JSON object each, with the numbers of the model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from terminal import Reply, asking

from xai.opening.demos import demo, demo_names, load_model, load_table

PROJECT = Path(__file__).parents[2]
ROW = 3
DESIRED = {"titanic": None, "penguins": "Gentoo", "cars": "5:9", "credit": None}
CHANGE = {
    "titanic": ("pclass", "1", 1),
    "penguins": ("bill_length_mm", "50.5", 50.5),
    "cars": ("weight", "1200", 1200),
    "credit": ("employment", "self-employed", "self-employed"),
}
each_demo = pytest.mark.parametrize("name", demo_names())


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str]) -> Callable[..., Reply]:
    return asking(capfd)


def shown(name: str, rows: pd.DataFrame, target_class: Any) -> np.ndarray:
    """(rows,) what the demo's own estimator says: the probability of a class, or the value."""
    model = load_model(demo(name))
    rows = rows[list(demo(name).columns)]
    if target_class is None:
        return model.predict(rows)
    return model.predict_proba(rows)[:, list(model.classes_).index(target_class)]


def row_of(name: str, position: int = ROW) -> pd.DataFrame:
    return load_table(demo(name)).iloc[[position]]


def total(answer: dict[str, Any]) -> float:
    return answer["base"] + sum(item["contribution"] for item in answer["contributions"])


@each_demo
def test_inspect_says_what_the_file_is_and_how_good_the_model_is(ask, name):
    found, known = ask("inspect", f"demo:{name}").answer, demo(name)
    assert found.keys() >= {"format", "saved_with", "runs_with", "how", "repairs", "steps", "warnings"}
    assert found["saved_with"]["scikit-learn"] == known.versions["scikit-learn"]
    assert (found["format"], found["how"], found["repairs"]) == ("joblib", "as is", [])
    assert (found["task"], found["target"], found["rows"]) == (known.task, known.target, known.rows)
    assert [column["name"] for column in found["columns"]] == list(known.columns)
    missing = load_table(known)[list(known.columns)].isna().sum()
    assert [column["missing"] for column in found["columns"]] == missing.to_list()
    assert all(column.keys() >= {"name", "kind", "missing"} for column in found["columns"])
    assert sorted(map(str, found["classes"])) == sorted(known.outcomes if known.task != "regression" else [])


@each_demo
def test_inspect_scores_are_those_of_the_manifest(ask, name):
    score, known = ask("inspect", f"demo:{name}").answer["score"], demo(name).scores
    for metric, value in known.items():
        measured = score["baseline"][metric.removeprefix("baseline_")] if "baseline_" in metric else score[metric]
        assert measured == pytest.approx(value, rel=1e-9)


@each_demo
@pytest.mark.parametrize("method", ["shap", "permutation"])
def test_importance_names_every_original_column_once(ask, name, method):
    found = ask("importance", f"demo:{name}", "--method", method, "--rows", 50).answer
    assert found.keys() >= {"method", "algorithm", "unit", "class", "rows_used", "columns", "trust", "seconds"}
    assert (found["method"], found["rows_used"]) == (method, 50)
    assert {column["name"] for column in found["columns"]} == set(demo(name).columns)
    assert len(found["columns"]) == len(demo(name).columns)
    for column in found["columns"]:
        assert column["low"] <= column["importance"] <= column["high"]


def test_native_importance_is_the_models_own(ask):
    """The forest's own importances, summed over the encoded columns of a category, in its own order."""
    found = ask("importance", "demo:titanic", "--method", "native").answer
    pipeline = load_model(demo("titanic"))
    names = pipeline[:-1].get_feature_names_out()
    own = pd.Series(pipeline[-1].feature_importances_, index=names)
    sex = own[[name for name in names if "sex" in name]].sum()
    assert {column["name"]: column["importance"] for column in found["columns"]}["sex"] == pytest.approx(sex)


@each_demo
def test_shap_contributions_add_up_to_what_the_model_says(ask, name):
    found = ask("explain", f"demo:{name}", "--row", ROW).answer
    keys = {"method", "algorithm", "unit", "class", "base", "prediction", "contributions", "trust", "seconds"}
    assert found.keys() >= keys
    assert found["prediction"] == pytest.approx(shown(name, row_of(name), found["class"])[0], rel=1e-9)
    assert total(found) == pytest.approx(found["prediction"], rel=1e-6)
    assert {item["column"] for item in found["contributions"]} == set(demo(name).columns)
    values = {item["column"]: item["value"] for item in found["contributions"]}
    for column, value in row_of(name)[list(demo(name).columns)].iloc[0].items():
        assert values[column] == value or (values[column] is None and pd.isna(value))


@each_demo
def test_lime_says_how_well_it_fits(ask, name):
    found = ask("explain", f"demo:{name}", "--row", ROW, "--method", "lime").answer
    assert found["method"] == "lime"
    assert found["prediction"] == pytest.approx(shown(name, row_of(name), found["class"])[0], rel=1e-9)
    assert {item["column"] for item in found["contributions"]} == set(demo(name).columns)
    assert found["trust"]["verdict"] in ("solid", "care", "weak")
    assert found["trust"]["lime_fit"]["value"] <= 1


def test_class_chooses_whose_probability_is_explained(ask):
    for label in ("Adelie", "Chinstrap", "Gentoo"):
        found = ask("explain", "demo:penguins", "--row", ROW, "--class", label).answer
        assert (found["class"], found["unit"]) == (label, "probability")
        assert found["prediction"] == pytest.approx(shown("penguins", row_of("penguins"), label)[0], rel=1e-9)


def test_class_may_be_the_positive_one_written_as_text(ask):
    survives, dies = (ask("explain", "demo:titanic", "--row", ROW, "--class", label).answer for label in "10")
    assert survives["prediction"] + dies["prediction"] == pytest.approx(1)


@each_demo
def test_counterfactuals_reach_the_wanted_outcome_in_the_model_itself(ask, name):
    wanted = ["--desired", DESIRED[name]] if DESIRED[name] else []
    free = ["--free", "sex"] if name == "titanic" else []  # without it there is no way for him
    found = ask("counterfactuals", f"demo:{name}", "--row", ROW, *wanted, *free).answer
    assert found.keys() >= {"desired", "prediction", "counterfactuals", "blocked_by", "method", "seconds"}
    assert 1 <= len(found["counterfactuals"]) <= 4
    for item in found["counterfactuals"]:
        assert item.keys() >= {"changes", "row", "prediction", "receipt"}
        receipt = {"valid", "constraints_kept", "changed", "distance", "plausibility"}
        assert item["receipt"].keys() >= receipt
        assert item["receipt"]["valid"] is item["receipt"]["constraints_kept"] is True
        assert item["receipt"]["changed"] == len(item["changes"]) > 0
        _is_reached(name, found["desired"], item)


def _is_reached(name: str, desired: Any, item: dict[str, Any]) -> None:
    """The model's own answer for the row, and the row being the old one with exactly the named changes."""
    rebuilt = row_of(name).astype(object)
    for column, (before, after) in item["changes"].items():
        assert rebuilt[column].iloc[0] == before or (before is None and pd.isna(rebuilt[column].iloc[0]))
        rebuilt[column] = after
    rebuilt = rebuilt.infer_objects()
    said = load_model(demo(name)).predict(rebuilt[list(demo(name).columns)])[0]
    if demo(name).task == "regression":
        assert desired[0] <= said <= desired[1]
        assert item["prediction"] == pytest.approx(said)
    else:
        assert said == desired
    for column in demo(name).columns:
        assert item["row"][column] == rebuilt[column].iloc[0] or pd.isna(rebuilt[column].iloc[0])


@pytest.mark.parametrize("method", ["auto", "dice-random", "dice-genetic", "dice-kdtree"])
def test_counterfactuals_keep_what_is_to_be_kept(ask, method):
    limits = ["--keep", "employment", "--keep", "housing", "--range", "income=0:6000", "-n", 2]
    found = ask("counterfactuals", "demo:credit", "--row", 11, *limits, "--method", method, "--seconds", 20).answer
    assert len(found["counterfactuals"]) <= 2
    for item in found["counterfactuals"]:
        assert not {"employment", "housing"} & set(item["changes"])
        assert item["row"]["income"] <= 6000


@each_demo
def test_what_if_is_the_model_on_the_changed_row(ask, name):
    column, text, value = CHANGE[name]
    found = ask("what-if", f"demo:{name}", "--row", ROW, "--set", f"{column}={text}").answer
    assert found.keys() >= {"before", "after", "warnings"}
    target_class = found["before"].get("class")
    now = shown(name, row_of(name), target_class)[0]
    then = shown(name, row_of(name).assign(**{column: value}), target_class)[0]
    assert found["before"]["prediction"] == pytest.approx(now, rel=1e-9)
    assert found["after"]["prediction"] == pytest.approx(then, rel=1e-9)
    for side in (found["before"], found["after"]):
        assert total(side) == pytest.approx(side["prediction"], rel=1e-6)


def test_what_if_warns_of_a_value_outside_the_data(ask):
    found = ask("what-if", "demo:cars", "--row", ROW, "--set", "weight=9000").answer
    assert any("weight" in map(str, warning.values()) for warning in found["warnings"])


def test_same_seed_gives_the_same_answer(ask):
    def without_time(**more: object) -> dict[str, Any]:
        question = ["explain", "demo:penguins", "--row", ROW, "--method", "lime", "--seed", 5]
        answer = ask(*question).answer
        return {key: value for key, value in answer.items() if key != "seconds"}

    assert without_time() == without_time()


def test_files_of_ones_own_are_answered_like_a_demo(ask):
    known = demo("cars")
    files = [known.model_path, known.data_path, "--target", known.target]
    own = ask("explain", *files, "--row", ROW, "--in-process").answer
    assert own["prediction"] == pytest.approx(shown("cars", row_of("cars"), None)[0], rel=1e-9)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    "question",
    [
        ["inspect"],
        ["importance", "--rows", "50"],
        ["explain", "--row", "3"],
        ["counterfactuals", "--row", "3"],
        ["what-if", "--row", "3", "--set", "pclass=1"],
    ],
)
def test_without_json_the_answer_is_for_reading(ask, question, language):
    reply = ask(question[0], "demo:titanic", *question[1:], "--language", language, json=False)
    assert (reply.status, reply.err) == (0, "")
    assert len(reply.out.splitlines()) > 3
    assert "{" not in reply.out


def test_the_module_runs_as_a_program():
    command = [sys.executable, "-m", "xai", "inspect", "demo:titanic", "--json"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["task"] == "binary"


def test_the_positive_class_is_the_same_with_and_without_a_table(ask, tmp_path):
    frame = pd.DataFrame({"age": [20.0, 30.0, 40.0, 50.0] * 10})
    bought = np.where(frame["age"] > 35, "ja", "nein")
    joblib.dump(LogisticRegression().fit(frame, bought), tmp_path / "bought.joblib")
    frame.assign(bought=bought).to_csv(tmp_path / "bought.csv", index=False)
    alone = ask("inspect", tmp_path / "bought.joblib").answer
    assert alone["class"] == ask("inspect", tmp_path / "bought.joblib", tmp_path / "bought.csv").answer["class"] == "ja"


def test_a_german_reader_may_write_numbers_with_a_comma(ask):
    german = ("--language", "de")
    point = ask("what-if", "demo:cars", "--row", ROW, "--set", "displacement=2.5").answer
    comma = ask("what-if", "demo:cars", "--row", ROW, "--set", "displacement=2,5", *german).answer
    assert comma["after"]["prediction"] == point["after"]["prediction"]
    assert ask("what-if", "demo:cars", "--row", ROW, "--set", "displacement=2,5", "--language", "en").status == 2
    wanted = ask("counterfactuals", "demo:cars", "--row", ROW, "--desired", "9,5:11", "--method", "donors", *german)
    assert wanted.answer["desired"] == [9.5, 11.0]

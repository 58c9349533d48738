"""Whatever goes wrong in the terminal: exit status 2, a code, a sentence and a remedy, and never a traceback."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from terminal import Reply, asking

from xai.opening.demos import demo

PROJECT = Path(__file__).parents[2]
CARS = demo("cars")


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str]) -> Callable[..., Reply]:
    return asking(capfd)


def table(folder: Path, frame: pd.DataFrame) -> Path:
    path = folder / "table.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("question", "code", "named"),
    [
        (["inspect", "demo:titanik"], "unknown-demo", "titanik"),
        (["explain", "demo:cars", "--row", "999999"], "no-such-row", "999999"),
        (["explain", "demo:cars", "--row", "-1"], "no-such-row", "1"),
        (["explain", "demo:penguins", "--row", "0", "--class", "Emperor"], "unknown-class", "Emperor"),
        (["what-if", "demo:cars", "--row", "0", "--set", "wheels=3"], "unknown-column", "wheels"),
        (["what-if", "demo:cars", "--row", "0", "--set", "weight"], "not-a-pair", "weight"),
        (["what-if", "demo:cars", "--row", "0", "--set", "weight=heavy"], None, "heavy"),
        (["counterfactuals", "demo:cars", "--row", "0", "--desired", "less"], "not-a-range", "less"),
        (["counterfactuals", "demo:cars", "--row", "0", "--desired", "5:9", "--keep", "wheels"], None, "wheels"),
        (["counterfactuals", "demo:credit", "--row", "0", "--desired", "perhaps"], "unknown-class", "perhaps"),
        (["inspect", "no_such_file.joblib"], "no-such-file", "no_such_file.joblib"),
        (["explain", "demo:cars", "no_such_table.csv", "--row", "0"], "no-such-file", "no_such_table.csv"),
    ],
)
def test_a_question_that_cannot_be_answered_is_named(ask, question, code, named):
    error = ask(*question).error
    assert code is None or error["code"] == code
    assert named in error["message"] + error["remedy"] + str(error["details"])


@pytest.mark.parametrize("question", [["inspect"], ["importance"], ["explain", "--row", "0"]])
@pytest.mark.parametrize("content", [b"", b"hello", b"\x80\x04\x95", b"PK\x03\x04broken", b"\x00" * 100])
def test_what_is_not_a_model_is_refused(ask, tmp_path, question, content):
    path = tmp_path / "model.joblib"
    path.write_bytes(content)
    assert ask(question[0], path, CARS.data_path, *question[1:]).error["code"]


def test_a_truncated_model_is_refused(ask, tmp_path):
    path = tmp_path / "half.joblib"
    path.write_bytes(CARS.model_path.read_bytes()[:2000])
    assert ask("inspect", path, CARS.data_path).error["code"]


def test_an_object_that_cannot_predict_is_refused(ask, tmp_path):
    path = tmp_path / "table.pkl"
    path.write_bytes(pickle.dumps({"a": [1, 2, 3]}))
    assert ask("inspect", path, CARS.data_path).error["code"]


def test_missing_columns_are_named_with_near_matches(ask, tmp_path):
    frame = pd.read_csv(CARS.data_path).rename(columns={"weight": "weigth"}).drop(columns="origin")
    error = ask("explain", CARS.model_path, table(tmp_path, frame), "--row", "0").error
    assert "weight" in str(error["details"])
    assert "origin" in str(error["details"])
    assert "weigth" in error["message"] + error["remedy"] + str(error["details"])


@pytest.mark.parametrize("content", ["", "weight\n", "just one line of prose", "a\n1\n2\n"])
def test_a_table_that_does_not_fit_is_refused(ask, tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_text(content)
    assert ask("explain", CARS.model_path, path, "--row", "0").error["code"]


def test_an_unknown_target_is_refused(ask):
    error = ask("importance", CARS.model_path, CARS.data_path, "--target", "price").error
    assert "price" in error["message"] + error["remedy"] + str(error["details"])


@pytest.mark.parametrize("language", ["de", "en"])
def test_without_json_the_sentence_and_the_remedy_go_to_standard_error(ask, language):
    reply = ask("explain", "demo:cars", "--row", "999999", "--language", language, json=False)
    assert (reply.status, reply.out) == (2, "")
    assert len(reply.err.strip().splitlines()) >= 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["predict", "demo:cars"],
        ["explain", "demo:cars"],
        ["explain", "demo:cars", "--row", "first"],
        ["explain", "demo:cars", "--row", "0", "--method", "tarot"],
        ["importance", "demo:cars", "--rows", "0"],
        ["importance", "demo:cars", "--seed", "-1"],
        ["what-if", "demo:cars", "--row", "0"],
        ["explain", "model.joblib", "--row", "0"],
        ["inspect", "demo:cars", "--no-such-option"],
    ],
)
def test_bad_usage_shows_the_usage_on_standard_error(ask, arguments):
    reply = ask(*arguments)
    assert (reply.status, reply.out) == (2, "")
    assert "usage" in reply.err.lower()


def test_an_object_that_the_file_does_not_hold_is_named(ask):
    error = ask("explain", CARS.model_path, CARS.data_path, "--row", "0", "--object", "second").error
    assert error["code"] == "unknown-object"
    assert "second" in error["message"]


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf"])
def test_a_time_limit_that_is_none_is_refused(ask, seconds):
    error = ask("counterfactuals", "demo:titanic", "--row", "0", "--seconds", seconds).error
    assert error["code"] == "too-few-asked"


def test_the_exit_status_reaches_the_shell():
    command = [sys.executable, "-m", "xai", "explain", "demo:cars", "--row", "999999", "--json"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert (done.returncode, done.stderr) == (2, "")
    assert '"no-such-row"' in done.stdout

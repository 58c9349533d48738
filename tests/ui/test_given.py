"""A model that is given to the app when it is started: what its visitors see first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from visiting_app import ROOT, Visit, assert_whole, go, press, said, stills, upload

from ui import beforehand, engine, given, launching
from xai.texts import catalogue


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A model and a table that nobody knows by name."""
    model, table = tmp_path / "birds.joblib", tmp_path / "birds.csv"
    shutil.copy(ROOT / "models" / "penguins.joblib", model)
    shutil.copy(ROOT / "models" / "penguins.csv", table)
    return model, table


@pytest.fixture
def started(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a server that was started with them."""
    for setting, path in zip((given.MODEL, given.DATA), files, strict=True):
        monkeypatch.setenv(setting, str(path))


@pytest.mark.usefixtures("started")
def test_visitors_see_the_given_model_first_and_on_every_page(visit: Visit) -> None:
    visitor = visit(lang="en")
    assert visitor.query_params["model"] == given.CODE
    for page in ("start", "global", "local"):
        go(visitor, page)
        assert_whole(visitor)
        assert "birds.joblib" in [button.label for button in visitor.button]


@pytest.mark.usefixtures("started")
def test_demos_and_uploads_are_there_beside_it(visit: Visit) -> None:
    visitor = visit(lang="en", model="titanic")
    assert visitor.query_params["model"] == "titanic"
    upload(visitor, "model", "ship.joblib", (ROOT / "models" / "titanic.joblib").read_bytes())
    upload(visitor, "data", "ship.csv", (ROOT / "models" / "titanic.csv").read_bytes())
    assert press(visitor, "explain_own").query_params["model"].startswith("own-")
    assert press(visitor, f"model_{given.CODE}").query_params["model"] == given.CODE
    assert_whole(visitor)


@pytest.mark.usefixtures("started")
def test_the_first_visitor_waits_for_no_answer(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    beforehand.ask()

    def asked(source: object, question: str, *_: object) -> None:
        pytest.fail(f"{question} was asked when the visitor came")

    monkeypatch.setattr(engine, "_answer", asked)
    visitor = visit(lang="en")
    assert_whole(visitor)
    assert len(stills(visitor)) == 2


@pytest.mark.usefixtures("started")
def test_a_target_can_be_said(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(given.OPTIONS["target"], "island")
    assert catalogue("en").sentences["errors.target-is-input.remedy"][:20] in said(visit(lang="en"))


def test_without_one_the_demos_come_first(visit: Visit) -> None:
    assert engine.model_codes() == engine.demo_names()
    visitor = visit(lang="en", model=given.CODE)
    assert visitor.query_params["model"] == "titanic"
    assert catalogue("en").say("frame.note.unknown_model") in said(visitor)


def test_files_that_are_missing_are_told_to_visitors(
    visit: Visit, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(given.MODEL, str(files[0]))
    assert "no table for it" in said(visit(lang="en"))
    monkeypatch.setenv(given.DATA, str(files[1].with_name("lost.csv")))
    visitor = visit(lang="de")
    assert not visitor.exception
    assert "Die Datei" in said(visitor)
    assert "lost.csv" in said(visitor)


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("page", ["start", "local"])
def test_a_model_that_does_not_open_is_told_once_and_leaves_the_demos(
    visit: Visit, files: tuple[Path, Path], page: str
) -> None:
    files[0].write_text("remember the milk")
    visitor = visit(page, lang="en")
    assert not visitor.exception
    assert said(visitor).count("remember the milk") == 1
    assert_whole(press(visitor, "model_cars"))


def test_the_command_line_becomes_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    line = ["m.joblib", "t.csv", "--target", "price", "--with", "scaler.pkl", "--server.port=8502"]
    asked, of_streamlit = launching.parser().parse_known_args(line)
    assert launching.settings(asked) == {
        "KLARTEXT_MODEL": str(tmp_path / "m.joblib"),
        "KLARTEXT_DATA": str(tmp_path / "t.csv"),
        "KLARTEXT_WITH": str(tmp_path / "scaler.pkl"),
        "KLARTEXT_TARGET": "price",
    }
    assert of_streamlit == ["--server.port=8502"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["lost.joblib", "lost.csv"], "There is no file lost.joblib"),
        (["Home.py"], "no table for it"),
        (["--server.prot=1"], "No such option"),
    ],
)
def test_what_cannot_be_given_is_said_and_starts_nothing(arguments: list[str], sentence: str) -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    started = subprocess.run(
        [sys.executable, "Home.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert started.returncode == 2
    assert not started.stdout
    assert sentence in started.stderr
    assert "Traceback" not in started.stderr

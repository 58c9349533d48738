"""The terminal asks through a worker unless it is told otherwise, and the answers are the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from doubles import Lent

from xai.cli import main
from xai.opening.demos import demo
from xai.worker import alone

CARS = demo("cars")
FILES = [str(CARS.model_path), str(CARS.data_path), "--target", CARS.target]
QUESTIONS = {
    "inspect": ["inspect", *FILES],
    "importance": ["importance", *FILES, "--rows", "40"],
    "explain": ["explain", "demo:penguins", "--row", "3"],
    "lime": ["explain", "demo:penguins", "--row", "3", "--method", "lime", "--class", "Gentoo"],
    # with so much time that the search ends by itself, on a busy machine too
    "counterfactuals": ["counterfactuals", "demo:titanic", "--row", "3", "--free", "sex", "--seconds", "60"],
    "what-if": ["what-if", *FILES, "--row", "5", "--set", "weight=900"],
    "no such column": ["what-if", *FILES, "--row", "5", "--set", "weigt=1"],
}
REFUSED = {
    "no such row": ["explain", *FILES, "--row", "-4"],
    "no such class": ["explain", "demo:penguins", "--row", "3", "--class", "Pelikan"],
    "no model": ["inspect", str(CARS.data_path)],
}


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any]]:
    def run(*arguments: str) -> tuple[int, Any]:
        capsys.readouterr()
        status = main([*arguments, "--json"])
        return status, timeless(json.loads(capsys.readouterr().out))

    return run


@pytest.fixture
def prepared(lent: Lent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers from a process that has loaded the libraries: for what is refused nothing more is loaded anyway."""
    monkeypatch.setattr(alone, "Fresh", lambda limits: lent)


@pytest.mark.parametrize("arguments", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_answers_and_errors_are_the_same_as_in_process(ask: Callable[..., Any], arguments: list[str]) -> None:
    assert ask(*arguments) == ask(*arguments, "--in-process")


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("arguments", REFUSED.values(), ids=REFUSED.keys())
def test_refusals_are_the_same_as_in_process(ask: Callable[..., Any], arguments: list[str]) -> None:
    status, answer = ask(*arguments)
    assert status == 2
    assert (status, answer) == ask(*arguments, "--in-process")


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("accept", [[], ["--accept", "near"]], ids=["offered", "accepted"])
def test_offers_and_adjustments_cross_as_they_are(ask: Callable[..., Any], tmp_path: Path, accept: list[str]) -> None:
    table = tmp_path / "cars.csv"
    table.write_text(CARS.data_path.read_text("utf-8").replace("weight", "weigth", 1), "utf-8")
    arguments = ["inspect", FILES[0], str(table), *FILES[2:], *accept]
    status, answer = ask(*arguments)
    assert (status, answer) == ask(*arguments, "--in-process")
    found = answer["adjustments"] if accept else answer["error"]["details"]["offers"]
    assert [each["key"] for each in found] == ["near=weigth"]
    assert accept or "--accept near=weigth" in answer["error"]["remedy"]


def timeless(answer: Any) -> Any:
    """Without what differs from run to run."""
    if isinstance(answer, dict):
        return {key: timeless(value) for key, value in answer.items() if key != "seconds"}
    if isinstance(answer, list):
        return [timeless(item) for item in answer]
    return pytest.approx(answer, rel=1e-9) if isinstance(answer, float) else answer

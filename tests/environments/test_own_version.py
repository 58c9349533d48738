"""A model under its own versions, from file to answer: in this process, beside a worker, and in the terminal."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler
from standing_in import LIMITS, OLD, people, pipeline, saved

import xai
from xai.cli import _telling, main
from xai.environments import here
from xai.environments.opening import read_needs
from xai.environments.proof import ROWS, prove
from xai.environments.settings import FOLDER, SWITCH
from xai.errors import OpeningError, WorkerError
from xai.inspection import Inspection, Proof
from xai.model import Model
from xai.opening.both import open_both
from xai.sentences import checklist, notices
from xai.texts import LANGUAGES, Wording
from xai.worker import besides as besides_of_workers
from xai.worker.attestation import ATTEMPTS, judge
from xai.worker.client import Workers
from xai.worker.jail import Layer
from xai.worker.source import Source

StandIn = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    people().to_csv(tmp_path / "people.csv", index=False)
    return tmp_path / "people.csv"


@pytest.fixture
def old(tmp_path: Path, stand_in: StandIn) -> Path:
    """A model that says it is too old for the versions of here."""
    path = saved(pipeline(), tmp_path / "old.joblib")
    stand_in(path)
    return path


# --- in this process -------------------------------------------------------------------------------------------------

QUESTIONS: dict[str, dict[str, Any]] = {
    "explain": {"row": 3},
    "importance": {"rows": 20},
    "what_if": {"row": 3, "changes": {"age": 70}},
    "ceteris_paribus": {"row": 3, "column": "age"},
}


def numbers(result: Any) -> list[float]:
    frame = result.to_frame().select_dtypes("number")
    return frame.drop(columns=[name for name in frame if name == "spread"]).to_numpy().ravel().tolist()


def test_every_question_has_the_same_answer_as_here(tmp_path: Path, table: Path, stand_in: StandIn) -> None:
    path = tmp_path / "model.joblib"
    joblib.dump(pipeline(), path)
    stand_in(path)
    own = open_both(path, table, target="buys", environment="own", originals=here.originals())
    same = open_both(path, table, target="buys", environment="here")
    assert (own.inspection.how, same.inspection.how) == ("own environment", "as is")
    assert own.inspection.steps == same.inspection.steps
    assert own.inspection.quality.metrics == pytest.approx(same.inspection.quality.metrics)
    for question, asked in QUESTIONS.items():
        there, answer = (getattr(each.explainer, question)(**asked) for each in (own, same))
        assert numbers(there) == pytest.approx(numbers(answer), abs=1e-9), question
    lime = own.explainer.explain(row=3, method="lime", stability_runs=2)
    assert np.isfinite(lime.values).all()
    ways = own.explainer.counterfactuals(row=3, n=2, seconds=5)
    assert ways.counterfactuals
    assert all(way.receipt.valid for way in ways.counterfactuals)


def test_a_model_that_is_too_old_for_here_opens_by_itself(
    old: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = open_both(old, table, originals=here.originals(_telling(Wording("en")))).inspection
    assert (found.how, found.saved_with) == ("own environment", {"scikit-learn": OLD})
    assert found.runs_with["scikit-learn"] == sklearn.__version__  # the stand-in's
    assert [check.code for check in found.checks][:2] == ["read", "version-own"]
    assert capsys.readouterr().err == "Starting the model under its own versions …\n"
    with pytest.raises(OpeningError, match="needs-own-version"):
        open_both(old, table, environment="here", originals=here.originals())


def test_a_part_that_only_another_version_has_is_a_matter_of_versions(
    tmp_path: Path, table: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails for want of an attribute does so in predicting, long after the file was opened."""
    path = saved(pipeline("spent"), tmp_path / "m.joblib", "1.8.0")
    stand_in(path)
    predict = LinearRegression.predict
    monkeypatch.setattr(LinearRegression, "predict", lambda self, rows: self.not_there_yet)
    found = open_both(path, table, target="spent", originals=here.originals())
    assert found.inspection.how == "own environment"
    monkeypatch.setattr(LinearRegression, "predict", predict)
    model = open_both(path, table, target="spent", environment="here").explainer
    assert numbers(found.explainer.explain(row=1)) == pytest.approx(numbers(model.explain(row=1)), abs=1e-6)


def test_python_asks_for_it_by_name(old: Path) -> None:
    with pytest.raises(OpeningError, match="needs-own-version"):
        xai.open_model(old)
    model = xai.open_model(old, environment="own")
    frame = people()[["age", "income", "city"]]
    assert model.predict(frame) == pytest.approx(pipeline().predict_proba(frame))
    assert model.columns == ("age", "income", "city")
    process = model.estimator.conversation._close.__self__
    assert not process.ended.is_set()
    del model
    until(process.ended.is_set)  # with the last who could ask it


# --- beside a worker -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(LIMITS, own_files=True)
    yield made
    made.close_all()


@pytest.fixture
def besides(workers: Workers, old: Path, monkeypatch: pytest.MonkeyPatch) -> Workers:
    """With the folder of environments of this test."""
    settings = replace(workers._besides._settings, allowed=True, folder=Path(os.environ[FOLDER]))
    monkeypatch.setattr(workers._besides, "_settings", settings)
    return workers


def source(model: Path, table: Path | None, **options: Any) -> Source:
    names = {"model_name": "m.joblib", "data_name": "d.csv", "target": "buys"}
    return Source(model.read_bytes(), None if table is None else table.read_bytes(), options={**names, **options})


def test_the_program_answers_ends_and_comes_back_with_the_worker(besides: Workers, old: Path, table: Path) -> None:
    heard: list[str] = []
    found = besides.open("one", source(old, table), lambda share, what: heard.append(what))
    assert found.how == "own environment"
    assert "environment-starting" in heard
    before = besides.ask("one", "explain", {"case": "3"})
    first = besides._sessions["one"].worker
    os.kill(first.beside._process.pid, signal.SIGKILL)
    with pytest.raises(WorkerError, match="own-version-ended"):
        besides.ask("one", "explain", {"case": "4"})
    until(first.ended.is_set)  # a worker without its model is ended as well
    again = besides.ask("one", "explain", {"case": "3"})
    assert again.values.tolist() == before.values.tolist()
    second = besides._sessions["one"].worker
    assert second.beside is not first.beside
    assert besides.proof(source(old, table)) is None  # it runs under them anyway
    besides.close("one")
    until(lambda: second.beside._process.poll() is not None)


def test_whoever_leaves_while_it_starts_ends_it(besides: Workers, old: Path, table: Path) -> None:
    class Left(BaseException):
        pass

    def leave(share: float, what: str) -> None:
        if what == "environment-starting":
            raise Left

    with pytest.raises(Left):
        besides.open("two", source(old, table, seed=1), leave)
    assert besides._sessions["two"].worker is None
    besides.close("two")


def test_making_an_environment_can_be_cancelled(
    besides: Workers, old: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def start(needs: Any, settings: Any, limits: Any, memory: int, progress: Any) -> None:
        while True:
            progress(0.0, "environment-packages")
            time.sleep(0.01)

    def cancel(share: float, what: str) -> None:
        heard.append(what)
        if what == "environment-packages":
            besides.cancel("four")

    monkeypatch.setattr(besides_of_workers, "start", start)
    with pytest.raises(WorkerError, match="worker-cancelled"):
        besides.open("four", source(old, table), cancel)
    assert heard[-1] == "environment-packages"
    assert besides.alive == 0


def test_here_means_here_and_off_means_off(
    besides: Workers, old: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OpeningError, match="needs-own-version"):
        besides.open("three", source(old, table, environment="here"))
    monkeypatch.setattr(besides._besides, "_settings", replace(besides._besides._settings, allowed=False))
    assert not besides.environments
    with pytest.raises(OpeningError, match="environments-off") as caught:
        besides.open("three", source(old, table))
    assert f"scikit-learn=={OLD}" in caught.value.facts["lines"]


def test_a_program_with_fewer_locks_gets_no_file_of_a_stranger(
    besides: Workers, old: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Started:
        discarded = False

        def discard(self) -> None:
            self.discarded = True

    process, layers = Started(), (Layer("filesystem", "on"),)
    monkeypatch.setattr(besides_of_workers, "start", lambda *asked: (process, layers))
    monkeypatch.setattr(besides._guard, "_own_files", False)
    monkeypatch.setattr(besides._guard, "_attested", judge(dict.fromkeys(ATTEMPTS, True), layers, True, {}))
    needs, asked = read_needs((old, None)), source(old, table)
    assert besides._besides.start(needs, asked, lambda share, what: None) is process
    layers = (Layer("filesystem", "unavailable"),)
    with pytest.raises(WorkerError, match="worker-unavailable"):
        besides._besides.start(needs, asked, lambda share, what: None)
    assert process.discarded


# --- proof -----------------------------------------------------------------------------------------------------------


def test_a_repair_is_proven_in_the_terminal(
    tmp_path: Path, table: Path, stand_in: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(pipeline(), tmp_path / "m.joblib", "1.8.0")
    stand_in(path)
    assert main(["inspect", str(path), str(table), "--target", "buys", "--prove", "--json", "--in-process"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    assert found["how"] in ("as is", "repaired")
    assert found["proof"] == {
        "version": sklearn.__version__, "rows": 120, "largest_difference": 0.0, "other_answers": 0, "identical": True,
    }  # fmt: skip
    assert [check["code"] for check in found["checks"]][2] == "proof-identical"


def test_what_was_adjusted_is_adjusted_for_the_proof_too(tmp_path: Path, stand_in: StandIn) -> None:
    """Columns of other names, and a file in which the preprocessing lies beside the model."""
    frame = people().fillna(0.0)
    inputs = frame[["age", "income"]]
    scaler = StandardScaler().fit(inputs)
    model = LogisticRegression().fit(scaler.transform(inputs), frame["buys"])
    path = saved({"model": model, "scaler": scaler}, tmp_path / "m.joblib", "1.8.0")
    stand_in(path)
    frame.rename(columns={"age": "AGE", "income": "Income"}).to_csv(tmp_path / "other.csv", index=False)
    asked = {"target": "buys", "originals": here.originals(), "prove": True}
    found = open_both(path, tmp_path / "other.csv", **asked).inspection
    assert found.adjustments
    assert found.object_key == "scaler+model"
    assert found.proof is not None
    assert found.proof.identical
    there = open_both(path, tmp_path / "other.csv", **{**asked, "prove": False}, environment="own").inspection
    assert (there.how, there.object_key) == ("own environment", "scaler+model")
    assert there.quality.metrics == pytest.approx(found.quality.metrics)


def models() -> tuple[Model, Model, pd.DataFrame]:
    frame = pd.DataFrame({"x": np.linspace(-1, 1, 5_001)})
    one, other = (LogisticRegression(C=c).fit(frame, frame["x"] > 0) for c in (1.0, 3.0))
    return Model(one), Model(other), frame


def test_a_proof_compares_rows_of_the_whole_table() -> None:
    one, _, frame = models()
    found = prove(one, one, frame, "1.6.1")
    assert found == Proof("1.6.1", ROWS, 0.0, 1.0, 0)
    assert found.identical


def test_a_difference_is_a_number_a_verdict_and_a_warning() -> None:
    one, other, frame = models()
    found = prove(one, other, frame, "1.6.1")
    expected = np.abs(one.predict(frame) - other.predict(frame)).max()
    assert found.largest_difference == pytest.approx(expected, rel=1e-3)
    assert not found.identical
    assert (found.check.code, found.check.verdict) == ("proof-differs", "care")
    for language in LANGUAGES:
        wording = Wording(language)
        assert "1.6.1" in checklist.line(found.check, wording)
        (said,) = notices.sentences(inspected().with_proof(found).warnings, wording)
        assert "2" in said


def test_rounding_is_no_difference_but_is_said() -> None:
    found = Proof("1.6.1", 10, 3e-16, 1.0, 0)
    assert found.identical
    assert found.check.code == "proof-rounding"
    assert not Proof("1.6.1", 10, 3e-16, 1.0, 1).identical  # another answer is one, however small the difference
    assert Proof("1.6.1", 10, 1e-5, 1e6, 0).identical
    assert not Proof("1.6.1", 10, float("inf"), 1.0, 0).identical


def test_models_of_another_shape_are_not_identical() -> None:
    one, _, frame = models()
    other = Model(LogisticRegression().fit(frame, np.arange(5_001) % 3))
    assert not prove(one, other, frame, "1.6.1").identical


def inspected() -> Inspection:
    """Without a warning of its own."""
    return replace(open_both("demo:cars", target="").inspection, warnings=())


# --- words -----------------------------------------------------------------------------------------------------------


def test_switched_off_in_the_terminal_it_is_said_with_the_line_to_type(
    old: Path, table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, "off")
    assert main(["inspect", str(old), str(table), "--in-process", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "environments-off"
    assert f'"scikit-learn=={OLD}"' in error["remedy"]


def until(holds: Callable[[], Any], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)

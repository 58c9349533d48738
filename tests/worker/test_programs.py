"""The workers' program by itself: what it loads, how it ends, and how it does without forking."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from doubles import LIMITS
from sklearn.linear_model import LogisticRegression

from xai.worker.client import Workers
from xai.worker.nursery import Forked, Fresh
from xai.worker.source import Source

ROOT = Path(__file__).parents[2]
HEAVY = ("sklearn", "scipy", "shap", "lime", "dice_ml", "xgboost", "lightgbm", "catboost", "numba")
APP = """
import sys, time
from xai.worker.client import Workers
from xai.worker.source import Source
workers = Workers()
workers.open("one", Source("demo:cars"))
workers.ask("one", "explain", {"case": "3"})
print(sorted({name.partition(".")[0] for name in sys.modules}), flush=True)
print(workers._nursery._zygote._process.pid, flush=True)
time.sleep(600)
"""


@dataclass(frozen=True)
class App:
    process: subprocess.Popen[str]
    loaded: str
    zygote: int


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    """An app in a process of its own that has asked something."""
    process = subprocess.Popen(
        [sys.executable, "-c", APP],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **LIMITS.to_environment()},
    )
    yield App(process, process.stdout.readline(), int(process.stdout.readline()))
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture(scope="module")
def forked() -> Iterator[Workers]:
    """Workers as the app has them, all from one prepared process."""
    workers = Workers(LIMITS, own_files=True, starting=Forked(LIMITS))
    yield workers
    workers.close_all()


def test_the_app_loads_none_of_the_libraries_that_compute(app: App) -> None:
    assert "'pandas'" in app.loaded
    assert [name for name in HEAVY if f"'{name}'" in app.loaded] == []


def test_nothing_is_left_when_the_app_is_killed(app: App) -> None:
    family = [app.zygote, *map(int, Path(f"/proc/{app.zygote}/task/{app.zygote}/children").read_text().split())]
    assert len(family) == 2
    app.process.send_signal(signal.SIGKILL)
    end = time.monotonic() + 15
    while any(running(process) for process in family):
        assert time.monotonic() < end, "still there"
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked and locked in on Linux only")
def test_a_new_worker_opens_an_excel_table(forked: Workers) -> None:
    """What reads such tables wants the system's table of file types, which a worker may not read."""
    frame = pd.DataFrame({"a": np.arange(40.0), "b": np.tile([0.0, 1.0], 20)})
    model, table = io.BytesIO(), io.BytesIO()
    joblib.dump(LogisticRegression().fit(frame, frame["a"] > 20), model)
    frame.assign(large=frame["a"] > 20).to_excel(table, index=False)
    found = forked.open("excel", Source(model.getvalue(), table.getvalue(), None, {"data_name": "table.xlsx"}))
    assert found.task == "binary"


def test_the_zygote_has_one_thread(forked: Workers) -> None:
    forked.open("one", Source("demo:cars"))
    assert forked.ask("one", "explain", {"case": "3"}).data is not None
    zygote = forked._nursery._zygote._process.pid
    assert len(os.listdir(f"/proc/{zygote}/task")) == 1


def test_without_forking_the_answers_are_the_same(forked: Workers) -> None:
    fresh = Workers(LIMITS, starting=Fresh(LIMITS))
    try:
        answers = []
        for workers in (fresh, forked):
            workers.open("one", Source("demo:penguins"), deadline=120)
            answers.append(workers.ask("one", "explain", {"case": "3"}, deadline=120))
        assert answers[0].values.tolist() == pytest.approx(answers[1].values.tolist())
        assert fresh.attestation().level == forked.attestation().level
    finally:
        fresh.close_all()


def running(process: int) -> bool:
    """Whether it lives; one that waits to be collected by its parent does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("kept", [True, False], ids=["as Python does it", "where the app may not"])
def test_what_workers_load_is_kept_as_bytecode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool) -> None:
    """Most of the engine is imported by no other process: it would be compiled at every start of the app."""
    monkeypatch.setattr(sys, "dont_write_bytecode", not kept)
    (tmp_path / "engine_of_a_test.py").write_text("ANSWER = 42")
    program = f"""
import sys
from xai.worker import zygote
from xai.worker.__main__ import main

sys.path.insert(0, {str(tmp_path)!r})
zygote.preload_first = lambda: __import__("engine_of_a_test")
zygote.preload_rest = lambda: iter(())
main()
"""
    nursery = Forked(LIMITS, ("-c", program))
    try:
        nursery.prepare()
        assert nursery._zygote.first.wait(30)
        assert not nursery._zygote.gone.is_set()
        assert any(tmp_path.glob("__pycache__/engine_of_a_test*.pyc")) == kept
    finally:
        nursery.close()

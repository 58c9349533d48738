"""The workers' program by itself: what it loads, how it ends, and how it does without forking."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
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


@pytest.fixture
def app() -> subprocess.Popen[str]:
    """An app in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", APP],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **LIMITS.to_environment()},
    )
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_app_loads_none_of_the_libraries_that_compute(app: subprocess.Popen[str]) -> None:
    loaded = app.stdout.readline()
    assert "'pandas'" in loaded
    assert [name for name in HEAVY if f"'{name}'" in loaded] == []


def test_nothing_is_left_when_the_app_is_killed(app: subprocess.Popen[str]) -> None:
    app.stdout.readline()
    zygote = int(app.stdout.readline())
    family = [zygote, *map(int, Path(f"/proc/{zygote}/task/{zygote}/children").read_text().split())]
    assert len(family) == 2
    app.send_signal(signal.SIGKILL)
    end = time.monotonic() + 15
    while any(running(process) for process in family):
        assert time.monotonic() < end, "still there"
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked and locked in on Linux only")
def test_the_first_worker_opens_an_excel_table() -> None:
    """What reads such tables wants the system's table of file types, which a worker may not read."""
    frame = pd.DataFrame({"a": np.arange(40.0), "b": np.tile([0.0, 1.0], 20)})
    model, table = io.BytesIO(), io.BytesIO()
    joblib.dump(LogisticRegression().fit(frame, frame["a"] > 20), model)
    frame.assign(large=frame["a"] > 20).to_excel(table, index=False)
    workers = Workers(LIMITS, own_files=True, starting=Forked(LIMITS))
    try:
        found = workers.open("one", Source(model.getvalue(), table.getvalue(), None, {"data_name": "table.xlsx"}))
        assert found.task == "binary"
    finally:
        workers.close_all()


def test_the_zygote_has_one_thread() -> None:
    workers = Workers(LIMITS, starting=Forked(LIMITS))
    try:
        workers.open("one", Source("demo:cars"))
        zygote = workers._nursery._zygote._process.pid
        assert len(os.listdir(f"/proc/{zygote}/task")) == 1
    finally:
        workers.close_all()


def test_without_forking_the_answers_are_the_same() -> None:
    fresh, forked = Workers(LIMITS, starting=Fresh(LIMITS)), Workers(LIMITS, starting=Forked(LIMITS))
    try:
        answers = []
        for workers in (fresh, forked):
            workers.open("one", Source("demo:penguins"), deadline=120)
            answers.append(workers.ask("one", "explain", {"case": "3"}, deadline=120))
        assert answers[0].values.tolist() == pytest.approx(answers[1].values.tolist())
        assert fresh.attestation().level == forked.attestation().level
    finally:
        fresh.close_all()
        forked.close_all()


def running(process: int) -> bool:
    """Whether it lives; one that waits to be collected by its parent does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

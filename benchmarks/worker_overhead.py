"""What a question costs more through a worker than in this process.

python -m benchmarks.worker_overhead

Two models: logistic regression behind a scaler, answered about one row and about 5,000 rows of 30 columns. The same
questions are asked in this process and through a worker, in turns, and the medians are compared.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from xai.opening.both import open_both
from xai.session import Session
from xai.worker.client import Workers
from xai.worker.source import Source

ROWS, COLUMNS = 5_000, 30
QUESTIONS: dict[str, tuple[str, dict[str, Any], int]] = {
    "one row: case": ("case", {"case": "7"}, 200),
    "one row: explain": ("explain", {"case": "7"}, 60),
    "5,000 x 30: predictions": ("predictions", {}, 40),
    "1,000 x 30: importance, values of all rows": ("importance", {"rows": 1_000}, 5),
}


def main() -> None:
    """Print a table of medians in milliseconds."""
    source = made()
    opened = open_both(source.model, source.data, **source.options)
    session = Session(opened.explainer, opened.inspection)
    workers = Workers(own_files=True)
    try:
        started = time.perf_counter()
        workers.attestation()
        print(f"first worker, with all libraries: {time.perf_counter() - started:.1f} s")
        print(f"another worker: {1e3 * statistics.median(starting(workers)):.0f} ms")
        workers.open("one", source)
        print(f"{'question':45} {'here':>9} {'worker':>9} {'more':>9}   (ms, median)")
        for name, (question, parameters, repeats) in QUESTIONS.items():
            here, there = medians(
                lambda q=question, p=parameters: session.answer(q, p),
                lambda q=question, p=parameters: workers.ask("one", q, p),
                repeats,
            )
            print(f"{name:45} {here:9.2f} {there:9.2f} {there - here:9.2f}", flush=True)
    finally:
        workers.close_all()


def made() -> Source:
    """Files as they would be uploaded."""
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(ROWS, COLUMNS)), columns=[f"c{k}" for k in range(COLUMNS)])
    target = (table["c0"] + random.normal(size=ROWS) > 0).astype(int)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(table, target)
    file = io.BytesIO()
    joblib.dump(model, file)
    text = table.assign(y=target).to_csv(index=False).encode()
    return Source(file.getvalue(), text, options={"model_name": "m.joblib", "data_name": "d.csv", "target": "y"})


def medians(here: Callable[[], Any], there: Callable[[], Any], repeats: int) -> tuple[float, float]:
    """Median milliseconds of both, in turns so that both meet the same neighbours."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for taken, ask in zip(times, (here, there), strict=True):
            started = time.perf_counter()
            ask()
            taken.append(1e3 * (time.perf_counter() - started))
    return statistics.median(times[0]), statistics.median(times[1])


def starting(workers: Workers) -> list[float]:
    """Seconds until a new worker has locked itself in and is ready."""
    found = []
    for _ in range(10):
        started = time.perf_counter()
        worker, _ = workers._guard.fresh(lambda: None)
        found.append(time.perf_counter() - started)
        workers._nursery.end(worker)
        worker.channel.close()
    return found


if __name__ == "__main__":
    main()

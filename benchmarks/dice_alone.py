"""DiCE as its documentation uses it, in a process of its own that can be ended: it knows no time limit itself.

The post-hoc search is set to "binary"; with the default, "linear", single queries ran for minutes.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks import counterfactual_cases as cases

START_SECONDS = 120


@dataclass(frozen=True)
class Reply:
    """What came back: rows (R, C), seconds, and why there are none."""

    rows: pd.DataFrame
    seconds: float
    trouble: str = ""  # "time", or DiCE's own words


class DiceAlone:
    """One family of models and one of DiCE's searches. To be closed."""

    def __init__(self, family: str, method: str) -> None:
        self._task = family, method
        self._process: Any = None

    def ask(self, asked: cases.Asked, count: int, seconds: float) -> Reply:
        """The answer, or none when the time is up: then the process is ended."""
        if self._process is None:
            self._start()
        started = time.monotonic()
        self._here.send((asked, count))
        if not self._here.poll(seconds):
            self.close()
            return Reply(cases.inputs().iloc[:0], time.monotonic() - started, "time")
        rows, trouble = self._here.recv()
        return Reply(rows, time.monotonic() - started, trouble)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, *self._task), daemon=True)
        self._process.start()
        if not self._here.poll(START_SECONDS):
            raise RuntimeError("DiCE did not start")
        self._here.recv()


def _serve(pipe: Connection, family: str, method: str) -> None:
    """Answer questions until the process is ended. Loading, fitting and looking at the data are not timed."""
    import dice_ml

    threadpool_limits(1)
    frame, model = cases.inputs(), cases.fitted(family)
    numbers = [name for name in frame if pd.api.types.is_numeric_dtype(frame[name])]
    data = dice_ml.Data(
        dataframe=frame.assign(outcome=model.predict(frame)), continuous_features=numbers, outcome_name="outcome"
    )
    explainer = dice_ml.Dice(data, dice_ml.Model(model=model, backend="sklearn"), method=method)
    pipe.send("ready")
    while True:
        asked, count = pipe.recv()
        np.random.seed(cases.SEED % 2**32)  # noqa: NPY002 DiCE knows no other generator
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                pipe.send((_asked(explainer, asked, count), ""))
        except Exception as error:  # whatever it is, it is DiCE's answer
            pipe.send((frame.iloc[:0], f"{type(error).__name__}: {error}"))


def _asked(explainer: Any, asked: cases.Asked, count: int) -> pd.DataFrame:
    free = [name for name in asked.row if name not in asked.keep]
    found = explainer.generate_counterfactuals(
        asked.row,
        total_CFs=count,
        desired_class=asked.desired,
        features_to_vary=free if asked.keep else "all",
        posthoc_sparsity_algorithm="binary",
    )
    rows = found.cf_examples_list[0].final_cfs_df
    return asked.row.iloc[:0] if rows is None else rows

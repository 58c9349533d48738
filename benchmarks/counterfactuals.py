"""Counterfactuals against DiCE's three searches: validity, found, time to four, distance, changes, time limits.

python -m benchmarks.counterfactuals [--cases 30] [--peer-cases 10] [--out benchmarks/COUNTERFACTUALS.md]

Every method is asked about the same rows with the same constraints and ten seconds each. DiCE's genetic and k-d tree
searches are asked about the first `--peer-cases` of them only: they take up to the whole ten seconds each time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks import counterfactual_cases as cases
from benchmarks import counterfactual_report as report
from benchmarks.counterfactual_receipts import checked
from benchmarks.dice_alone import DiceAlone
from xai.counterfactuals import counterfactuals, dice
from xai.counterfactuals.stages import METHODS
from xai.counterfactuals.survey import Surveys
from xai.data import Dataset, dataset
from xai.model import Model
from xai.opening.both import open_both
from xai.opening.demos import demo_names
from xai.results import Counterfactuals

SECONDS, COUNT = 10.0, 4
TIGHT = 2.0  # seconds, for the time limits
PEERS = ("random", "genetic", "kdtree")


@dataclass(frozen=True)
class Answered:
    """One answer, judged. `to_four`: seconds until four valid ones were there; infinite where they never were."""

    family: str
    setting: str
    method: str
    case: int
    shown: int
    valid: int
    to_four: float
    seconds: float
    trouble: str
    distance: tuple[float, ...] = ()  # of the valid ones
    changes: tuple[float, ...] = ()
    kinds: int = 0  # different sets of changed columns among them
    alone: int | None = None  # columns that are enough alone, where that was looked into


def main() -> None:
    """Measure, and write the table after each family."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=30)
    parser.add_argument("--peer-cases", type=int, default=10)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("COUNTERFACTUALS.md"))
    parser.add_argument(
        "--family", action="append", choices=list(cases.FAMILIES), help="only this one, and no demos (repeatable)"
    )
    asked = parser.parse_args()
    dice.load()
    threadpool_limits(1)
    answered: list[Answered] = []
    limits: dict[str, list[float]] = {}
    demos = () if asked.family else demo_names()
    shown = {name: checked(open_both(f"demo:{name}").explainer) for name in demos}
    for family in asked.family or cases.FAMILIES:
        answered += ours(family, asked.cases)
        for method in PEERS:
            answered += theirs(family, method, asked.cases if method == "random" else asked.peer_cases)
        for method, over in overruns(family):
            limits.setdefault(method, []).append(over)
        text = report.written(answered, limits, shown, asked.cases, asked.peer_cases)
        asked.out.write_text(text, "utf-8")
        print(text, flush=True)


def ours(family: str, count: int) -> Iterator[Answered]:
    """This project's default method. Getting to know model and data is not timed, as it is not for DiCE."""
    pipeline, model, data, surveys = ready(family)
    for setting in cases.SETTINGS:
        for place, asked in enumerate(cases.questions(family, setting, count)):
            told: list[tuple[float, pd.DataFrame]] = []
            started = time.monotonic()

            def note(found: Counterfactuals, told: list = told, started: float = started) -> None:
                told.append((time.monotonic() - started, rows_of(found)))

            found = search(model, data, asked, surveys, partial=note)
            told.append((time.monotonic() - started, rows_of(found)))
            in_time = (at for at, rows in told if len(cases.valid(rows, asked, pipeline)) >= COUNT)
            last, rows = told[-1]
            answered = judged(family, setting, "auto", place, rows, asked, next(in_time, np.inf), last, "")
            yield replace(answered, alone=cases.enough_alone(asked, pipeline))


def theirs(family: str, method: str, count: int) -> Iterator[Answered]:
    """One of DiCE's searches."""
    peer, pipeline = DiceAlone(family, method), cases.fitted(family)
    try:
        for setting in cases.SETTINGS:
            for place, asked in enumerate(cases.questions(family, setting, count)):
                reply = peer.ask(asked, COUNT, SECONDS)
                enough = len(cases.valid(reply.rows, asked, pipeline)) >= COUNT
                to_four = reply.seconds if enough else np.inf
                name = f"DiCE {method}"
                yield judged(family, setting, name, place, reply.rows, asked, to_four, reply.seconds, reply.trouble)
    finally:
        peer.close()


def judged(
    family: str,
    setting: str,
    method: str,
    place: int,
    rows: pd.DataFrame,
    asked: cases.Asked,
    to_four: float,
    seconds: float,
    trouble: str,
) -> Answered:
    good = cases.valid(rows, asked, cases.fitted(family))
    how_far, how_many = tuple(cases.distances(good, asked)), tuple(cases.changes(good, asked))
    answered = Answered(
        *(family, setting, method, place, len(rows), len(good), to_four, seconds, trouble, how_far, how_many),
        kinds=cases.kinds(good, asked),
    )
    print(
        f"{family}, {setting}, {method}, {place}: {len(good)}/{len(rows)} in {seconds:.2f} s {trouble[:60]}", flush=True
    )
    return answered


def overruns(family: str) -> Iterator[tuple[str, float]]:
    """Seconds beyond a limit of two, for each method, in both settings."""
    _, model, data, surveys = ready(family)
    for method in METHODS:
        for setting in cases.SETTINGS:
            for asked in cases.questions(family, setting, 2):
                started = time.monotonic()
                search(model, data, asked, surveys, method=method, seconds=TIGHT)
                yield method, time.monotonic() - started - TIGHT


def search(model: Model, data: Dataset, asked: cases.Asked, surveys: Surveys, **more: object) -> Counterfactuals:
    """A question with nothing kept or bound by default: DiCE keeps nothing either."""
    free = [name for name in data.frame if name not in asked.keep]
    options = {"n": COUNT, "seconds": SECONDS, "seed": cases.SEED, **more}
    return counterfactuals(
        model, data, asked.row, desired=asked.desired, keep=asked.keep, free=free, surveys=surveys, **options
    )


def ready(family: str) -> tuple[object, Model, Dataset, Surveys]:
    """A model and its data, after a first question."""
    frame, pipeline = cases.inputs(), cases.fitted(family)
    model = Model(pipeline, tuple(frame)).prepare(frame)
    data, surveys = dataset(frame, model.columns), Surveys()
    first = cases.Asked(frame.iloc[[0]], 1 - int(pipeline.predict(frame.iloc[[0]])[0]), ())
    search(model, data, first, surveys, method="donors")
    return pipeline, model, data, surveys


def rows_of(found: Counterfactuals) -> pd.DataFrame:
    return pd.DataFrame([dict(item.row) for item in found.counterfactuals])


if __name__ == "__main__":
    main()

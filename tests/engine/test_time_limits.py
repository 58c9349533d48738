"""The time limit holds by counting, not by luck: on a clock that only moves when somebody works."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from xai.counterfactuals import counterfactuals, dice
from xai.counterfactuals import deadline as deadlines
from xai.counterfactuals import pace as paces
from xai.counterfactuals.deadline import Deadline, Stride, TimeUp
from xai.counterfactuals.judge import Judge
from xai.counterfactuals.outcome import outcome
from xai.counterfactuals.pace import Pace
from xai.counterfactuals.quick import Quick, tables
from xai.counterfactuals.search import SEARCHING
from xai.counterfactuals.survey import survey
from xai.data import dataset
from xai.model import Model
from xai.trust.neighbours import IN_A_HURRY, neighbours, sample_size

A_WHILE = 1e6  # seconds


class Clock:
    """Stands still between `work` and `work`."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def work(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    for module in (deadlines, paces):
        monkeypatch.setattr(module, "time", made)
    return made


def loans(rows: int = 300) -> pd.DataFrame:
    draw = np.random.default_rng(8)
    return pd.DataFrame(
        {
            "amount": draw.integers(5, 90, rows) * 100,
            "months": draw.integers(6, 60, rows),
            "purpose": draw.choice(["car", "tools", "trip"], rows),
        }
    )


class Working(LogisticRegression):
    """Takes its time on the given clock: so long for each call, and so long for each row."""

    clock: Clock | None = None
    call, row = 0.0, 0.0
    longest = 0.0

    def predict_proba(self, X):
        if self.clock is not None:
            took = self.call + self.row * len(X)
            self.clock.work(took)
            self.longest = max(self.longest, took)
        return super().predict_proba(X)


def fitted(estimator: LogisticRegression) -> Model:
    frame = loans()
    columns = make_column_transformer((OneHotEncoder(), ["purpose"]), (StandardScaler(), ["amount", "months"]))
    return Model(make_pipeline(columns, estimator).fit(frame, frame["amount"] < 40 * frame["months"])).prepare(frame)


def slow(clock: Clock, call: float, row: float) -> tuple[Model, Working]:
    """A model that works on the clock from now on, and its estimator."""
    model = fitted(Working())
    estimator = model.estimator[-1]
    estimator.clock, estimator.call, estimator.row = clock, call, row
    return model, estimator


def test_a_search_is_ended_before_a_stretch_that_would_be_too_long(clock):
    stride = Stride(Deadline(10))
    for _ in range(3):
        stride.step()
        clock.work(3)
    with pytest.raises(TimeUp):  # at 9 s: a fourth stretch would end at 12
        stride.step()


def test_one_long_stretch_counts_for_all(clock):
    stride = Stride(Deadline(10))
    for work in (1, 4, 1):
        stride.step()
        clock.work(work)
    with pytest.raises(TimeUp):
        stride.step()


def test_dice_is_ended_between_two_calls_of_the_model(clock, monkeypatch):
    """DiCE's own work between two calls cannot be interrupted; here it takes 2.5 s each time."""
    model = fitted(LogisticRegression(max_iter=300))
    data = dataset(loans(), model.columns)
    asked: list[float] = []

    def dawdle(method, wanted, rows, n, portion):
        while True:
            asked.append(clock.now)
            wanted.predict_proba(wanted.table.write(wanted.limits.row[None, :]))
            clock.work(2.5)

    monkeypatch.setattr(dice, "_ask", dawdle)
    row = data.frame[~model.answer(data.frame).astype(bool)].iloc[[0]]
    started = clock.now
    result = counterfactuals(model, data, row, method="dice-random", seconds=6)
    assert len(asked) == 2
    assert clock.now - started <= SEARCHING * 6
    assert result.timed_out


@pytest.mark.parametrize(("seconds", "rows"), [(0.61, 50), (0.21, 10), (0.05, 1), (100, 100)])
def test_a_call_is_made_as_small_as_the_time_left(clock, seconds, rows):
    pace = Pace(100)
    for count in (20, 100):
        pace.timed(lambda count=count: clock.work(0.11 + 0.01 * count), count)
    pace.rows = 100
    assert pace.within(seconds) == pytest.approx(rows, abs=1)


def test_the_last_call_of_a_model_does_not_pass_the_limit(clock):
    """A model that needs 0.05 s for each row, in blocks of 100 rows, would pass a limit of 2 s by 3 s."""
    model, _ = slow(clock, call=0, row=0.05)
    known = survey(model, dataset(loans(), model.columns), 0, Deadline(A_WHILE))
    goal = outcome(model, known.outputs[0], model.classes[0], model.classes[1], None, None, known.point)
    judge = Judge(model, known.codec, goal, Deadline(2), Pace(), Quick(known.tables, known.codec))
    judge.pace.timed(lambda: clock.work(0.5), 10)
    judge.pace.rows = 100
    assert 0 < len(judge.some(known.rows)) < 40
    assert judge.deadline.over
    assert clock.now <= judge.deadline.end + 0.1
    with pytest.raises(TimeUp):
        replace(judge, deadline=Deadline(0))(known.rows)


@pytest.mark.parametrize(("call", "row"), [(0.0, 0.004), (0.0, 0.05), (0.1, 0.0)])
def test_the_whole_question_keeps_its_limit(clock, call, row):
    """Getting to know model and data, searching, checking: all of it on the clock, and nothing else takes time."""
    model, _ = slow(clock, call, row)
    data = dataset(loans(), model.columns)
    frame = data.frame[~fitted(LogisticRegression()).answer(data.frame).astype(bool)].iloc[[0]]
    for seconds in (3, 6):
        started = clock.now
        result = counterfactuals(model, data, frame, method="donors", seconds=seconds)
        assert clock.now - started <= 1.1 * seconds + 0.5
        assert result.counterfactuals


def test_every_value_is_encoded_once():
    """54,000 rows of a few hundred values are not 54,000 rows to encode."""
    model = fitted(LogisticRegression(max_iter=300))
    many = pd.concat([loans()] * 40, ignore_index=True)
    seen: list[int] = []

    class Counting:
        def __getattr__(self, name):
            return getattr(model.encoding, name)

        def transform(self, frame):
            seen.append(len(frame))
            return model.encoding.transform(frame)

    known = survey(model, dataset(many, model.columns), 0, Deadline(A_WHILE))
    made = tables(Counting(), known.codec, known.rows, Deadline(A_WHILE))
    assert sum(seen) == many.nunique().max()
    encoded = Quick(made, known.codec).encoded(known.rows)
    np.testing.assert_array_equal(encoded, model.encoding.transform(many[list(model.columns)]))


def test_in_a_hurry_distances_are_measured_on_fewer_rows():
    rows = np.random.default_rng(3).normal(size=(300_000, 2))
    hurried = neighbours(rows, np.ones(2, dtype=bool), 0, lambda: True)
    assert IN_A_HURRY <= len(hurried.usual) < sample_size(len(rows))
    assert hurried.radius > 0

"""DiCE behind the adapter: what it gets wrong by itself never reaches a result."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from xai.counterfactuals import counterfactuals as search
from xai.counterfactuals import dice, stages
from xai.data import Dataset, dataset
from xai.errors import QuestionError
from xai.model import Model
from xai.results import Counterfactuals

SEARCHES = ("dice-random", "dice-genetic", "dice-kdtree")
PATIENT = 100  # seconds: only the tests of the time limit may depend on it


def counterfactuals(*asked: Any, seconds: float = PATIENT, **question: Any) -> Counterfactuals:
    return search(*asked, seconds=seconds, **question)


class Slow(DummyClassifier):
    """Always the same answer, and it takes its time."""

    def predict_proba(self, X):
        time.sleep(0.05)
        return super().predict_proba(X)


def wines(rows: int = 200) -> pd.DataFrame:
    draw = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "cask no.": draw.integers(10_000_000_000, 10_000_009_999, rows),
            "säure": (draw.random(rows) * 1e-4).round(7),
            "land": draw.choice(["Elsaß", "Baden", "Wallis"], rows),
        }
    )


@pytest.fixture(scope="module")
def cellar() -> tuple[Model, Dataset]:
    frame = wines()
    outcome = (frame["säure"] > 5e-5) | (frame["land"] == "Wallis")
    columns = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["land"]), remainder="passthrough")
    model = Model(make_pipeline(columns, RandomForestClassifier(20, random_state=0)).fit(frame, outcome))
    return model, dataset(frame, model.columns)


def refused(cellar: tuple[Model, Dataset]) -> pd.DataFrame:
    model, data = cellar
    return data.frame[~model.answer(data.frame).astype(bool)].iloc[[0]]


@pytest.mark.parametrize("method", SEARCHES)
def test_large_integers_and_tiny_numbers_survive(cellar, method):
    """DiCE stores integers in 32 bits and numbers in single precision, and trips over "1e-05" when it counts digits."""
    model, data = cellar
    row = refused(cellar)
    result = counterfactuals(model, data, row, method=method)
    assert result.counterfactuals
    for item in result.counterfactuals:
        assert "cask no." not in item.changes
        assert item.row["cask no."] == row["cask no."].item()
        assert 0 <= item.row["säure"] <= 1e-4


@pytest.mark.parametrize("method", ["auto", *SEARCHES])
def test_a_search_without_end_is_stopped_and_says_so(method):
    """Genetic search for an outcome that does not exist ran on for more than 20 seconds."""
    frame = wines()
    model = Model(Slow(strategy="constant", constant=0).fit(frame, [0, 1] * 100), tuple(frame.columns))
    data = dataset(frame, model.columns)
    result = counterfactuals(model, data, frame.iloc[[0]], desired=1, method=method, seconds=0.5)
    assert result.counterfactuals == ()
    if method in ("auto", "dice-genetic"):
        assert result.timed_out


def test_nothing_found_is_an_answer(cellar):
    frame = wines()
    model = Model(DummyClassifier(strategy="constant", constant=0).fit(frame, [0, 1] * 100), tuple(frame.columns))
    data = dataset(frame, model.columns)
    for method in ("dice-random", "dice-kdtree"):
        result = counterfactuals(model, data, frame.iloc[[0]], desired=1, method=method)
        assert result.counterfactuals == ()
        assert "search-failed" not in {notice.code for notice in result.warnings}
        assert result.nearest is None
        assert result.trust.verdict == "care"


def test_rows_that_dice_claims_wrongly_are_dropped_and_counted(cellar, monkeypatch):
    """DiCE asked for class 1 returned [1, 1, 0]."""
    model, data = cellar
    row = refused(cellar)
    others = data.frame[~model.answer(data.frame).astype(bool)].iloc[1:4]

    def claim(method, wanted, rows, n, portion):
        return wanted.table.write(wanted.judge.codec.encode(others))

    monkeypatch.setattr(dice, "_ask", claim)
    result = counterfactuals(model, data, row, method="dice-random")
    assert result.counterfactuals == ()
    assert (result.candidates, result.dropped) == (3, 3)


def test_what_dice_stumbles_over_is_reported(cellar, monkeypatch):
    def stumble(method, wanted, rows, n, portion):
        raise ValueError("cannot reshape array of size 0")

    monkeypatch.setattr(dice, "_ask", stumble)
    result = counterfactuals(*cellar, refused(cellar), method="auto")
    notices = {notice.code: notice.facts for notice in result.warnings}
    assert "cannot reshape" in notices["search-failed"]["reason"]
    assert result.counterfactuals  # real rows as models are still there


def test_errors_of_the_model_are_not_taken_for_dices(cellar, monkeypatch):
    model, data = cellar
    calls = []

    def fail_later(frame):
        calls.append(len(frame))
        if len(calls) > 3:
            raise ValueError("the model broke")
        return Model.predict(model, frame)

    monkeypatch.setattr(model, "predict", fail_later, raising=False)
    with pytest.raises(ValueError, match="the model broke"):
        counterfactuals(model, data, refused(cellar), method="dice-random")


def test_rare_categories_outside_of_what_dice_is_shown(cellar, monkeypatch):
    """DiCE: the category 0 does not occur in the training data for feature c1."""
    monkeypatch.setitem(dice.SMALL, "genetic", replace(dice.SMALL["genetic"], rows=6))
    frame = wines().assign(land=["Rara", "Raro", *["Baden", "Wallis", "Ahr"] * 66])
    model, data = cellar[0], dataset(frame, tuple(frame.columns))
    monkeypatch.setattr(stages.donors, "MOST_COMBINATIONS", 0)
    result = counterfactuals(model, data, frame.iloc[[7]], method="auto", seconds=20)
    assert "search-failed" not in {notice.code for notice in result.warnings}


def test_genetic_search_needs_a_number():
    """DiCE: cannot reshape array of size 0 into shape (0)."""
    frame = pd.DataFrame({"a": ["x", "y", "z"] * 20, "b": ["u", "v"] * 30})
    model = Model(make_pipeline(OneHotEncoder(), RandomForestClassifier(5)).fit(frame, frame["a"] == "x"))
    data = dataset(frame, model.columns)
    with pytest.raises(QuestionError) as caught:
        counterfactuals(model, data, frame.iloc[[1]], method="dice-genetic")
    assert caught.value.code == "genetic-needs-number"
    assert counterfactuals(model, data, frame.iloc[[1]]).counterfactuals[0].changes == {"a": ("y", "x")}


def test_dice_leaves_no_trace(cellar, capfd):
    """It prints, draws progress bars and seeds the process-wide generators."""
    python, numpy = random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    for method in SEARCHES:
        counterfactuals(*cellar, refused(cellar), method=method)
    assert capfd.readouterr() == ("", "")
    assert random.getstate() == python
    np.testing.assert_array_equal(np.random.get_state()[1], numpy)  # noqa: NPY002


def test_kdtree_works_with_kept_columns(cellar):
    """DiCE's k-d tree only knows whole rows, so with a kept column it finds next to nothing."""
    model, data = cellar
    result = counterfactuals(model, data, refused(cellar), method="dice-kdtree", keep=["cask no."])
    assert result.counterfactuals


def test_progress_is_told_and_can_stop_the_search(cellar):
    class Enough(Exception):
        pass

    def stop(share, what):
        raise Enough

    with pytest.raises(Enough):
        counterfactuals(*cellar, refused(cellar), progress=stop)
    told = []
    counterfactuals(*cellar, refused(cellar), progress=lambda share, what: told.append((share, what)))
    assert {what for _, what in told} == {"counterfactuals"}
    assert all(0 <= share <= 1 for share, _ in told)

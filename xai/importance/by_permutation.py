"""Permutation importance: how much the score drops when a column is shuffled (Breiman 2001; Fisher et al. 2019)."""

from __future__ import annotations

import time

import numpy as np
from scipy import stats
from sklearn import metrics

from xai.correlation import correlated
from xai.data import Dataset, sample_rows
from xai.errors import QuestionError
from xai.model import Model
from xai.perturbation import Rows
from xai.progress import Progress, within
from xai.quality.scores import known_target
from xai.results import Importance, Measure, Trust, Verdict, freeze


def importance_by_permutation(
    model: Model, data: Dataset, rows: int | None, repeats: int, seed: int, progress: Progress | None = None
) -> Importance:
    """Mean drop of accuracy (or R²) over `repeats` shuffles, with its 95 % t interval.

    The shuffles are those of `sklearn.inspection.permutation_importance` with the same seed. `rows`: None for all.
    Raises QuestionError("no-target"), ("no-known-outcome"), ("too-few-repeats"), ("too-few-rows").
    """
    start = time.perf_counter()
    if repeats < 2:
        raise QuestionError("too-few-repeats", repeats=repeats)
    if rows is not None and rows < 1:
        raise QuestionError("too-few-rows", rows=rows)
    target = known_target(model, data)
    if data.held_out_from is not None:
        target = target[target.index >= data.held_out_from]
    if not len(target):
        raise QuestionError("no-known-outcome", target=data.target_name)
    frame = sample_rows(data.frame.loc[target.index], rows, seed)
    actual = target.loc[frame.index].to_numpy()
    asked = Rows(model, frame)
    base = _score(model, model.answer(frame), actual)
    place = shuffles(len(frame), repeats, seed)
    drops = np.empty((len(model.columns), repeats))
    for position, name in enumerate(model.columns):
        part = within(progress, position / len(drops), (position + 1) / len(drops))
        answers = asked.answer(asked.own(name), place, part)
        drops[position] = [base - _score(model, each, actual) for each in answers]
    mean = drops.mean(axis=1)
    half = stats.t.ppf(0.975, repeats - 1) * drops.std(axis=1, ddof=1) / np.sqrt(repeats)
    return Importance(
        method="permutation",
        algorithm=f"shuffle-{asked.space}",
        unit="r2" if model.task == "regression" else "accuracy",
        target_class=None,
        columns=model.columns,
        importance=freeze(mean),
        low=freeze(mean - half),
        high=freeze(mean + half),
        direction=freeze(np.full(len(mean), np.nan)),
        rows_used=len(frame),
        rows_total=len(data.frame),
        seed=seed,
        trust=Trust((_noise(mean, half, repeats),)),
        seconds=time.perf_counter() - start,
        warnings=correlated(frame),
        base=base,
    )


def shuffles(rows: int, repeats: int, seed: int) -> np.ndarray:
    """(repeats, rows) orders of the rows. Each repeat shuffles what the one before has left, as scikit-learn does."""
    random = np.random.RandomState(np.random.RandomState(seed).randint(np.iinfo(np.int32).max + 1))
    step, place = np.arange(rows), np.arange(rows)
    orders = np.empty((repeats, rows), dtype=np.intp)
    for repeat in range(repeats):
        random.shuffle(step)
        orders[repeat] = place = place[step]
    return orders


def _score(model: Model, answers: np.ndarray, actual: np.ndarray) -> float:
    if model.task == "regression":
        return float(metrics.r2_score(actual.astype(float), answers))
    return float(np.mean(answers == actual))


def _noise(mean: np.ndarray, half: np.ndarray, repeats: int) -> Measure:
    """The widest interval beside the largest drop: can the columns be told apart?"""
    top = float(np.abs(mean).max())
    share = float(half.max() / top) if top > 0 else np.inf
    verdict: Verdict = "solid" if share <= 0.10 else "care" if share <= 0.25 else "weak"
    return Measure("shuffles", share, "share", verdict, {"solid": 0.10, "care": 0.25}, {"repeats": repeats})

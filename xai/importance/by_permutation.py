"""Permutation importance: how much the score drops when a column is shuffled (Breiman 2001; Fisher et al. 2019)."""

from __future__ import annotations

import time

import numpy as np
from scipy import stats

from xai.attribution.background import Background
from xai.correlation import correlated
from xai.data import Dataset, sample_rows
from xai.errors import QuestionError
from xai.model import Model
from xai.perturbation.rows import Rows
from xai.progress import Progress
from xai.quality.scores import known_target
from xai.results import Importance, Measure, Task, Trust, Verdict, freeze


def importance_by_permutation(
    data: Dataset, background: Background, rows: int | None, repeats: int, seed: int, progress: Progress | None = None
) -> Importance:
    """Mean drop of accuracy (or R²) over `repeats` shuffles, with its 95 % t interval.

    The shuffles are those of `sklearn.inspection.permutation_importance` with the same seed. `rows`: None for all.
    Raises QuestionError("no-target"), ("no-known-outcome"), ("too-few-repeats"), ("too-few-rows").
    """
    start, model = time.perf_counter(), background.model
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
    asked = Rows(background, frame)
    base = float(_scored(model, actual, model.answer(frame)))
    place = shuffles(len(frame), repeats, seed)
    score = _Score(model.task, actual, (len(model.columns), repeats))
    for block, answers in asked.shuffled(place, progress):
        score.add(block, answers)
    drops = base - score.found
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


def _scored(model: Model, actual: np.ndarray, answers: np.ndarray) -> np.ndarray:
    score = _Score(model.task, actual, ())
    score.add(slice(None), answers)
    return score.found


class _Score:
    """The score of several sets of answers that come in blocks of rows: accuracy, or R²."""

    def __init__(self, task: Task, actual: np.ndarray, sets: tuple[int, ...]) -> None:
        self._actual = actual.astype(float) if task == "regression" else actual
        self._task, self._missed = task, np.zeros(sets)

    def add(self, rows: slice, answers: np.ndarray) -> None:
        """answers (*sets, rows) of the rows in this slice."""
        actual = self._actual[rows]
        missed = np.square(answers - actual) if self._task == "regression" else answers != actual
        self._missed += missed.sum(axis=-1)

    @property
    def found(self) -> np.ndarray:
        """(*sets,) as `accuracy_score` and `r2_score` of scikit-learn."""
        if self._task != "regression":
            return 1 - self._missed / len(self._actual)
        spread = float(np.square(self._actual - self._actual.mean()).sum())
        if len(self._actual) < 2:
            return np.full(self._missed.shape, np.nan)
        return 1 - self._missed / spread if spread > 0 else np.where(self._missed == 0, 1.0, 0.0)


def _noise(mean: np.ndarray, half: np.ndarray, repeats: int) -> Measure:
    """The widest interval beside the largest drop: can the columns be told apart?"""
    top = float(np.abs(mean).max())
    share = float(half.max() / top) if top > 0 else np.inf
    verdict: Verdict = "solid" if share <= 0.10 else "care" if share <= 0.25 else "weak"
    return Measure("shuffles", share, "share", verdict, {"solid": 0.10, "care": 0.25}, {"repeats": repeats})

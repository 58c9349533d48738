"""DiCE behind one function: three searches (random, genetic, k-d tree) on coded rows.

Mothilal, Sharma and Tan, "Explaining Machine Learning Classifiers through Diverse Counterfactual Explanations"
(FAT* 2020). DiCE is shown a table without text, missing values or narrow types and a classifier with the two classes
"not wanted" and "wanted", whatever the real model is. What it asks about is first put back within the limits, so that
it searches among rows that are allowed. Its own claims about what it found are not used: every row is judged again
afterwards. What was accepted during the search is collected as well, so that a search that is stopped, or returns
something else, is not lost.
"""

from __future__ import annotations

import contextlib
import io
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xai.counterfactuals.deadline import Stride, TimeUp
from xai.counterfactuals.judge import Judge
from xai.counterfactuals.library import Library
from xai.counterfactuals.limits import Limits, same
from xai.counterfactuals.refine import Workshop
from xai.counterfactuals.steps import rounded
from xai.errors import QuestionError

METHODS = ("random", "genetic", "kdtree")
NOTHING_FOUND = "No counterfactuals found"
MET, MOST_MET = 400, 8000  # accepted rows kept from a search, those with the fewest changes; and before they are sorted
STUMBLES = (ValueError, TypeError, KeyError, IndexError, AttributeError, ZeroDivisionError, SystemError)
"""What DiCE's searches raise on data they cannot handle: reported, not passed on. Errors of the model pass."""
_ONE_AT_A_TIME = threading.Lock()  # DiCE draws from the process-wide generators and prints to its streams
_DICE = Library("dice_ml")


@dataclass(frozen=True)
class Portion:
    """How much of a search is wanted. None: all of it, as far as the time allows."""

    options: dict[str, Any]  # of the search itself
    calls: int | None = None  # of the model
    rows: int | None = None  # of the data, the nearest ones of either outcome


WHOLE = {name: Portion({}) for name in METHODS}
SMALL = {
    "random": Portion({"sample_size": 150}),
    "genetic": Portion({"maxiterations": 12}, calls=150, rows=300),
    "kdtree": Portion({}, rows=300),
}
"""A taste of each, where other searches have looked already. Counted, not timed: the same seed gives the same rows."""


@dataclass(frozen=True)
class Found:
    """What a search proposed."""

    matrix: np.ndarray  # (R, C) coded rows, not yet judged again
    tried: int = 0  # rows the search asked the model about
    timed_out: bool = False
    failure: str = ""  # what DiCE stumbled over, in its own words


class Enough(Exception):
    """The search has had its calls."""


@dataclass(frozen=True)
class Table:
    """Coded rows as DiCE can take them: neutral names, categories as text, no gaps."""

    numeric: np.ndarray  # (C,) bool
    step: np.ndarray  # (C,) of numbers
    standin: np.ndarray  # (C,) fills missing numbers
    row: np.ndarray  # (C,) the explained row, gaps included

    @property
    def names(self) -> list[str]:
        return [f"c{place}" for place in range(len(self.numeric))]

    @property
    def numbers(self) -> list[str]:
        return [name for name, numeric in zip(self.names, self.numeric, strict=True) if numeric]

    def decimals(self, place: int) -> int:
        """How many of them DiCE gives a number; without a step, six significant digits or so."""
        step = self.step[place]
        return max(int(np.ceil(-np.log10(step) - 1e-9)), 0) if step else 6

    def write(self, matrix: np.ndarray) -> pd.DataFrame:
        columns = {
            name: np.where(np.isnan(matrix[:, place]), self.standin[place], matrix[:, place])
            if self.numeric[place]
            else [str(int(code)) for code in matrix[:, place]]
            for place, name in enumerate(self.names)
        }
        return pd.DataFrame(columns)

    def read(self, frame: pd.DataFrame) -> np.ndarray:
        """Back to coded rows: what single precision blurred is the row's own value again, a stand-in is missing."""
        matrix = np.column_stack([frame[name].astype(float).to_numpy() for name in self.names])
        for place in np.flatnonzero(self.numeric):
            values = rounded(matrix[:, place], self.step[place])
            own = self.standin[place] if np.isnan(self.row[place]) else self.row[place]
            unchanged = np.isclose(matrix[:, place], own, rtol=1e-6, atol=1e-12)
            matrix[:, place] = np.where(unchanged, self.row[place], values)
        return matrix


class Wanted:
    """The real model as DiCE sees it: class 1 is the wanted outcome. Collects the rows it accepts."""

    classes_ = np.arange(2)

    def __init__(self, judge: Judge, table: Table, limits: Limits, calls: int | None) -> None:
        self.judge, self.table, self.limits, self.calls = judge, table, limits, calls
        self.met: list[np.ndarray] = []
        self.tried = 0
        self.broken: Exception | None = None  # an error of the model, not of the search
        self._stride = Stride(judge.deadline)

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        self._stride.step()
        matrix = self.limits.pulled_back(self.table.read(frame))
        if self.calls is not None:
            self.calls -= 1
            if self.calls < 0:
                raise Enough
        try:
            judged = self.judge(matrix)
        except Exception as error:
            self.broken = error
            raise
        accepted = judged.reached & self.limits.possible(matrix)
        self.tried += len(matrix)
        if accepted.any():
            self.met.append(matrix[accepted])
            if sum(map(len, self.met)) > MOST_MET:
                self.met = [self.collected()]
        # any rising function of "beyond" will do, as long as the wanted side of it is above one half
        lead = np.abs(judged.beyond) / (np.abs(judged.beyond) + max(self.judge.outcome.comfort, 1e-9))
        wanted = np.where(judged.reached, 0.5 + 0.49 * lead + 1e-6, 0.5 - 0.49 * lead - 1e-6)
        return np.column_stack([1 - wanted, wanted])

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        return self.predict_proba(frame).argmax(axis=1)

    def collected(self) -> np.ndarray:
        """(R, C) the accepted rows with the fewest changes."""
        if not self.met:
            return np.empty((0, len(self.table.numeric)))
        matrix = np.unique(np.vstack(self.met), axis=0)
        changes = (~same(matrix, self.limits.row)).sum(axis=1)
        return matrix[np.argsort(changes, kind="stable")[:MET]]


def load() -> None:
    """Begin to import DiCE, which takes seconds, beside other work."""
    _DICE.begin()


def search(
    method: str, tools: Workshop, rows: np.ndarray, reached: np.ndarray, n: int, seed: int, portion: Portion
) -> Found:
    """Let DiCE look for `n` rows. `rows` (N, C) is the data it may know, `reached` (N,) which have the outcome.

    Raises QuestionError("genetic-needs-number").
    """
    judge, limits, numeric = tools.judge, tools.limits, tools.judge.codec.numeric
    nothing = np.empty((0, len(numeric)))
    if method == "genetic" and not numeric.any():
        raise QuestionError("genetic-needs-number")  # DiCE stops with an array of size 0
    table = Table(numeric, tools.survey.grid, _standins(rows, numeric), limits.row)
    if method != "kdtree" and not any(True for _ in _variable(table, limits)):
        return Found(nothing)
    if not (_DICE.ready(judge.deadline.left) and _ONE_AT_A_TIME.acquire(timeout=judge.deadline.left)):
        return Found(nothing, timed_out=True)
    wanted = Wanted(judge, table, limits, portion.calls)
    try:
        with _quiet_and_seeded(seed):
            known = rows if portion.rows is None else _nearest(rows, reached, tools, portion.rows)
            returned, failure, timed_out = _tried(method, wanted, known, n, portion)
    finally:
        _ONE_AT_A_TIME.release()
    if returned is None:
        return Found(wanted.collected(), wanted.tried, timed_out, failure)
    matrix = np.vstack([wanted.collected(), limits.pulled_back(table.read(returned))])
    return Found(matrix, wanted.tried, timed_out, failure)


def _nearest(rows: np.ndarray, reached: np.ndarray, tools: Workshop, count: int) -> np.ndarray:
    """(M, C) the nearest rows, half of them with the wanted outcome where there are so many."""
    order = np.argsort(tools.distance(rows), kind="stable")
    yes, no = order[reached[order]][: count // 2], order[~reached[order]]
    return rows[np.sort(np.append(yes, no[: count - len(yes)]))]


def _tried(
    method: str, wanted: Wanted, rows: np.ndarray, n: int, portion: Portion
) -> tuple[pd.DataFrame | None, str, bool]:
    """What DiCE returned, what it stumbled over, and whether it was stopped."""
    from raiutils.exceptions import UserConfigValidationException

    try:
        return _ask(method, wanted, rows, n, portion), "", False
    except Enough:
        return None, "", False
    except TimeUp:
        return None, "", True
    except UserConfigValidationException as error:
        return None, "" if NOTHING_FOUND in str(error) else str(error), False
    except STUMBLES as error:
        if wanted.broken is error:
            raise
        return None, f"{type(error).__name__}: {error}", False


def _ask(method: str, wanted: Wanted, rows: np.ndarray, n: int, portion: Portion) -> pd.DataFrame | None:
    """One query to DiCE; None where it found nothing."""
    import dice_ml  # seconds to import: only when asked for

    table, limits = wanted.table, wanted.limits
    known = table.write(np.vstack([rows, limits.row]))  # with the row itself, its categories are never "unseen"
    known["outcome"] = np.arange(len(known)) % 2  # DiCE only wants to see the column
    room = _room(method, table, limits, known)
    if room is None:
        return None
    precision = {name: table.decimals(int(name[1:])) for name in table.numbers}
    data = dice_ml.Data(
        dataframe=known,
        continuous_features=table.numbers,
        outcome_name="outcome",
        continuous_features_precision=precision,
    )
    explainer = dice_ml.Dice(data, dice_ml.Model(model=wanted, backend="sklearn"), method=method)
    found = explainer.generate_counterfactuals(
        table.write(limits.row[None, :]),
        total_CFs=n,
        desired_class=1,
        posthoc_sparsity_param=None,  # undone and shortened by `refine`, in batches and with every limit checked
        posthoc_sparsity_algorithm="binary",
        **room,
        **portion.options,
    )
    returned = found.cf_examples_list[0].final_cfs_df
    return None if returned is None or not len(returned) else returned


def _room(method: str, table: Table, limits: Limits, known: pd.DataFrame) -> dict[str, Any] | None:
    """What DiCE may vary and how far; None for nothing. Of categories, those in the part of the data it knows.

    The k-d tree only proposes rows as they are; with fixed columns it would find none. So it gets no limits, and what
    may not change is put back afterwards.
    """
    if method == "kdtree":
        return {}
    ranges: dict[str, list[Any]] = {}
    for place in _variable(table, limits):
        codes = limits.allowed[place]
        if codes is not None:
            found = [text for text in (str(int(code)) for code in codes) if (known[f"c{place}"] == text).any()]
            if found and found != [str(int(limits.row[place]))]:
                ranges[f"c{place}"] = found
        else:
            low, high = limits.search_low[place], limits.search_high[place]
            whole = table.decimals(place) == 0
            ranges[f"c{place}"] = [np.ceil(low), np.floor(high)] if whole else [low, high]
    if not ranges:
        return None
    # equal weights: DiCE rounds the inverse deviation to two decimals, which is 0 for large numbers
    weights = {"feature_weights": dict.fromkeys(table.numbers, 1.0)} if method == "genetic" else {}
    return {"features_to_vary": list(ranges), "permitted_range": ranges, **weights}


def _variable(table: Table, limits: Limits) -> Iterator[int]:
    """Free columns that have at least two values to choose from."""
    for place in np.flatnonzero(limits.free):
        codes = limits.allowed[place]
        if codes is not None:
            if len(codes) > 1 or codes[0] != limits.row[place]:
                yield place
            continue
        low, high = limits.search_low[place], limits.search_high[place]
        if table.decimals(place) == 0:
            low, high = np.ceil(low), np.floor(high)
        if low <= high and (low < high or low != limits.row[place]):
            yield place


def _standins(rows: np.ndarray, numeric: np.ndarray) -> np.ndarray:
    medians = np.zeros(rows.shape[1])
    for place in np.flatnonzero(numeric):
        present = rows[:, place][~np.isnan(rows[:, place])]
        medians[place] = np.median(present) if len(present) else 0.0
    return medians


@contextlib.contextmanager
def _quiet_and_seeded(seed: int) -> Iterator[None]:
    """DiCE's prints swallowed, and its draws repeatable without changing the caller's random state."""
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 DiCE knows no other generator
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002

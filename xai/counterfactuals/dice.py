"""DiCE behind one function: three searches (random, genetic, k-d tree) on coded rows.

Mothilal, Sharma and Tan, "Explaining Machine Learning Classifiers through Diverse Counterfactual Explanations"
(FAT* 2020). DiCE is shown a table without text, missing values or narrow types and a classifier with the two classes
"not wanted" and "wanted", whatever the real model is. Its own claims about what it found are not used: every row is
judged again afterwards. What the real model already accepted during the search is collected as well, so that a search
that is stopped, or returns something else, is not lost.
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

from xai.counterfactuals.deadline import TimeUp
from xai.counterfactuals.judge import Judge
from xai.counterfactuals.limits import Limits, same
from xai.errors import QuestionError

METHODS = ("random", "genetic", "kdtree")
NOTHING_FOUND = "No counterfactuals found"
MET = 400  # accepted rows kept from a search: those with the fewest changes
STUMBLES = (ValueError, TypeError, KeyError, IndexError, AttributeError, ZeroDivisionError, SystemError)
"""What DiCE's searches raise on data they cannot handle: reported, not passed on. Errors of the model pass."""
_ONE_AT_A_TIME = threading.Lock()  # DiCE draws from the process-wide generators and prints to its streams


@dataclass(frozen=True)
class Found:
    """What a search proposed."""

    matrix: np.ndarray  # (R, C) coded rows, not yet judged again
    tried: int = 0  # rows the search asked the model about
    timed_out: bool = False
    failure: str = ""  # what DiCE stumbled over, in its own words


@dataclass(frozen=True)
class Table:
    """Coded rows as DiCE can take them: neutral names, categories as text, no gaps."""

    numeric: np.ndarray  # (C,) bool
    decimals: np.ndarray  # (C,) of numbers
    standin: np.ndarray  # (C,) fills missing numbers
    row: np.ndarray  # (C,) the explained row, gaps included

    @property
    def names(self) -> list[str]:
        return [f"c{place}" for place in range(len(self.numeric))]

    @property
    def numbers(self) -> list[str]:
        return [name for name, numeric in zip(self.names, self.numeric, strict=True) if numeric]

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
            values = np.round(matrix[:, place], int(self.decimals[place]))
            own = self.standin[place] if np.isnan(self.row[place]) else self.row[place]
            unchanged = np.isclose(matrix[:, place], own, rtol=1e-6, atol=1e-12)
            matrix[:, place] = np.where(unchanged, self.row[place], values)
        return matrix


class Wanted:
    """The real model as DiCE sees it: class 1 is the wanted outcome. Collects the rows it accepts."""

    classes_ = np.arange(2)

    def __init__(self, judge: Judge, table: Table, limits: Limits) -> None:
        self.judge, self.table, self.limits = judge, table, limits
        self.met: list[np.ndarray] = []
        self.tried = 0
        self.broken: Exception | None = None  # an error of the model, not of the search

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        matrix = self.table.read(frame)
        try:
            judged = self.judge(matrix)
        except Exception as error:
            self.broken = error
            raise
        accepted = judged.reached & self.limits.kept_by(matrix)
        self.tried += len(matrix)
        if accepted.any():
            self.met.append(matrix[accepted])
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


def search(
    method: str, judge: Judge, limits: Limits, rows: np.ndarray, decimals: np.ndarray, n: int, seed: int
) -> Found:
    """Let DiCE look for `n` rows. `rows` (N, C) is the data it may know. QuestionError("genetic-needs-number")."""
    numeric = judge.codec.numeric
    if method == "genetic" and not numeric.any():
        raise QuestionError("genetic-needs-number")  # DiCE stops with an array of size 0
    table = Table(numeric, decimals, _standins(rows, numeric), limits.row)
    wanted = Wanted(judge, table, limits)
    if method != "kdtree" and not any(True for _ in _variable(table, limits)):
        return Found(np.empty((0, len(numeric))))
    if not _ONE_AT_A_TIME.acquire(timeout=judge.deadline.left if judge.deadline else -1):
        return Found(np.empty((0, len(numeric))), timed_out=True)
    try:
        with _quiet_and_seeded(seed):
            returned, failure, timed_out = _tried(method, wanted, rows, n)
    finally:
        _ONE_AT_A_TIME.release()
    matrix = wanted.collected() if returned is None else np.vstack([wanted.collected(), table.read(returned)])
    matrix = limits.pulled_back(matrix) if method == "kdtree" else matrix
    return Found(matrix, wanted.tried, timed_out, failure)


def _tried(method: str, wanted: Wanted, rows: np.ndarray, n: int) -> tuple[pd.DataFrame | None, str, bool]:
    """What DiCE returned, what it stumbled over, and whether it was stopped."""
    from raiutils.exceptions import UserConfigValidationException

    try:
        return _ask(method, wanted, rows, n), "", False
    except TimeUp:
        return None, "", True
    except UserConfigValidationException as error:
        return None, "" if NOTHING_FOUND in str(error) else str(error), False
    except STUMBLES as error:
        if wanted.broken is error:
            raise
        return None, f"{type(error).__name__}: {error}", False


def _ask(method: str, wanted: Wanted, rows: np.ndarray, n: int) -> pd.DataFrame | None:
    """One query to DiCE; None where it found nothing."""
    import dice_ml  # seconds to import: only when asked for

    table, limits = wanted.table, wanted.limits
    known = table.write(np.vstack([rows, limits.row]))  # with the row itself, its categories are never "unseen"
    known["outcome"] = np.arange(len(known)) % 2  # DiCE only wants to see the column
    precision = {name: int(table.decimals[int(name[1:])]) for name in table.numbers}
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
        **_room(method, table, limits),
    )
    returned = found.cf_examples_list[0].final_cfs_df
    return None if returned is None or not len(returned) else returned


def _room(method: str, table: Table, limits: Limits) -> dict[str, Any]:
    """What DiCE may vary and how far.

    The k-d tree only proposes rows as they are; with fixed columns it would find none. So it gets no limits, and what
    may not change is put back afterwards.
    """
    if method == "kdtree":
        return {}
    ranges: dict[str, list[Any]] = {}
    for place in _variable(table, limits):
        codes = limits.allowed[place]
        if codes is not None:
            ranges[f"c{place}"] = [str(int(code)) for code in codes]
        else:
            low, high = limits.search_low[place], limits.search_high[place]
            whole = table.decimals[place] == 0
            ranges[f"c{place}"] = [np.ceil(low), np.floor(high)] if whole else [low, high]
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
        if table.decimals[place] == 0:
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

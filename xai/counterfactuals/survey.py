"""The data, surveyed once for all questions: coded, measured, encoded, and asked of the model."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from xai.codec import Codec, codec
from xai.counterfactuals.deadline import Deadline, TimeUp
from xai.counterfactuals.pace import Pace
from xai.counterfactuals.quick import Tables, tables
from xai.counterfactuals.seen import Seen
from xai.counterfactuals.steps import blur_of, proposal_step, step_of
from xai.counterfactuals.together import groups
from xai.data import Dataset
from xai.model import Model
from xai.trust.neighbours import Neighbours, neighbours, sample_size
from xai.trust.scale import point

LARGEST = 4000  # rows of the data the model is asked about
TRIED = 200  # of them compared with the model's own answer
ENCODING, ASKING = 0.3, 0.6  # shares of the time for this
KEPT = 4  # surveys that are remembered, one per seed


@dataclass(frozen=True)
class Survey:
    """What is known before a row is given. Shapes: N rows, C columns, P of the rows were asked about."""

    codec: Codec
    rows: np.ndarray  # (N, C) coded
    near: Neighbours
    low: np.ndarray  # (C,) smallest and largest number; nan for categories
    high: np.ndarray
    exact: np.ndarray  # (C,) step that all of a column's numbers keep to; 0 where there is none
    blur: np.ndarray  # (C,) how precisely numbers are written; see `steps`
    grid: np.ndarray  # (C,) step in which numbers are proposed; 0: any number
    together: tuple[tuple[str, ...], ...]  # columns that move together
    tables: Tables | None
    asked: np.ndarray  # (P,) positions of the rows that were asked about
    outputs: np.ndarray  # (P, K)
    answers: np.ndarray | None  # (P,) where the model's answer is not simply its largest output
    point: float  # the size of one point
    pace: int  # rows in a call that is neither long nor wasteful
    call: float  # seconds a call about few rows takes
    complete: bool  # nothing was left out for want of time

    @cached_property
    def seen(self) -> Seen:
        return Seen(self.rows, self.codec)

    @cached_property
    def _distinct(self) -> tuple[np.ndarray, ...]:
        return tuple(np.unique(column[~np.isnan(column)]) for column in self.rows.T)

    def distinct(self, place: int) -> np.ndarray:
        """(V,) the values of one column, ascending, without missing ones."""
        return self._distinct[place]

    @property
    def known(self) -> np.ndarray:
        """(P, C) the rows that were asked about."""
        return self.rows[self.asked]


class Surveys:
    """Complete surveys of one model and its data, remembered by seed. Safe for several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Survey] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, model: Model, data: Dataset, seed: int, deadline: Deadline) -> Survey:
        with self._lock:
            if seed in self._kept:
                return self._kept[seed]
        made = survey(model, data, seed, deadline)
        if made.complete:
            with self._lock:
                self._kept[seed] = made
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return made


def survey(model: Model, data: Dataset, seed: int, deadline: Deadline) -> Survey:
    """Everything that does not depend on the explained row; less of it where the deadline is near."""
    coder = codec(data, dates=True)
    rows = coder.encode(data.frame)
    low, high, exact, blur, grid = np.array(
        [_numbers(rows[:, place], coder, place) for place in range(rows.shape[1])]
    ).T
    order = (
        np.random.default_rng(seed).permutation(len(rows))[:LARGEST] if len(rows) > LARGEST else np.arange(len(rows))
    )
    pace = Pace()
    outputs = _in_blocks(model.predict, coder, rows[order], pace, deadline.part(ASKING))
    tried = min(len(outputs), TRIED, pace.rows)
    answers = None
    if not _answers_by_largest(model, coder, rows[order[:tried]], outputs[:tried]):
        answers = _in_blocks(model.answer, coder, rows[order[: len(outputs)]], pace, deadline.part(ASKING))
        outputs = outputs[: len(answers)]
    asked = order[: len(outputs)]
    encoded, in_time = _encoded(model, coder, rows, deadline.part(ENCODING))
    near = neighbours(rows, coder.numeric, seed, lambda: deadline.over)
    return Survey(
        codec=coder,
        rows=rows,
        near=near,
        low=low,
        high=high,
        exact=exact,
        blur=blur,
        grid=grid,
        together=groups(rows, coder),
        tables=encoded,
        asked=asked,
        outputs=outputs,
        answers=answers,
        point=point(model.unit, outputs[:, -1]),
        pace=pace.rows,
        call=pace.first,
        complete=in_time and len(asked) == len(order) and len(near.usual) == sample_size(len(rows)),
    )


def _numbers(values: np.ndarray, coder: Codec, place: int) -> tuple[float, float, float, float, float]:
    """Range, exact step, blur and proposal step of one column; nan and 0 for categories."""
    values = values[~np.isnan(values)]
    if not coder.numeric[place] or not len(values):
        return np.nan, np.nan, 0.0, 0.0, 0.0
    exact = step_of(values)
    low, high = np.quantile(values, [0.01, 0.99])
    if low == high:
        low, high = values.min(), values.max()
    return values.min(), values.max(), exact, blur_of(values), proposal_step(values, low, high, exact)


def _in_blocks(
    ask: Callable[[pd.DataFrame], np.ndarray], coder: Codec, rows: np.ndarray, pace: Pace, deadline: Deadline
) -> np.ndarray:
    """What the model says about rows (P, C), block by block: at least one, and no more once the deadline has passed."""
    parts, start = [], 0
    while start < len(rows) and not (parts and deadline.over):
        deadline.tell()
        block = coder.decode(rows[start : start + pace.rows])
        parts.append(pace.timed(lambda block=block: ask(block), len(block)))
        start += len(block)
    return np.concatenate(parts)


def _encoded(model: Model, coder: Codec, rows: np.ndarray, deadline: Deadline) -> tuple[Tables | None, bool]:
    """The encoded columns, and whether there was time for them."""
    try:
        return tables(model.encoding, coder, rows, deadline), True
    except TimeUp:
        return None, False


def _answers_by_largest(model: Model, coder: Codec, rows: np.ndarray, outputs: np.ndarray) -> bool:
    """Whether, on these rows, the model's answer is always the class with the largest output (n, K)."""
    if model.task == "regression":
        return True
    answers = model.answer(coder.decode(rows))
    return all(model.classes[place] == answer for place, answer in zip(outputs.argmax(axis=1), answers, strict=True))


def with_row(known: Survey, data: Dataset, row_frame: pd.DataFrame) -> tuple[Survey, np.ndarray]:
    """The survey, able to code this row as well, and the row (C,): it may bring a category or a fraction of its own."""
    try:
        row = known.codec.encode(row_frame)[0]
        alike = np.array_equal(np.rint(row[known.codec.whole]), row[known.codec.whole], equal_nan=True)
    except ValueError:  # a category the data does not have
        alike = False
    if not alike:
        known = replace(known, codec=codec(data, row_frame, dates=True))
        row = known.codec.encode(row_frame)[0]
    return known, row

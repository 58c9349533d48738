"""The rows every explanation compares with, and what can be prepared about them and the model once and for all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from xai.asking import ask
from xai.attribution.blending import Blending
from xai.attribution.trees.compiled import CompiledTrees, largest
from xai.attribution.trees.prepared import PreparedTrees
from xai.attribution.trees.reading import read_trees
from xai.attribution.trees.tree import Trees, Unreadable
from xai.attribution.trees.verified import verified
from xai.codec import Codec
from xai.encoding import as_rows, split
from xai.model import Model
from xai.results import Notice, Unit

T = TypeVar("T")
_READABLE = (None, "text", "differs")  # trees do not need an encoding, only columns that are not mixed


@dataclass(frozen=True)
class FoundTrees:
    """A model's trees for one unit, ready to explain; or what was in the way, where that has to be said."""

    prepared: PreparedTrees | None
    notice: Notice | None = None


class Background:
    """Background rows of a prepared model. Computes what it is asked for once; safe for several threads.

    Parameters
    ----------
    model : with its encoding prepared. frame : (m, C) the rows.
    """

    def __init__(self, model: Model, frame: pd.DataFrame) -> None:
        self.model = model
        self.frame = model.inputs(frame)
        self._lock = threading.Lock()
        self._outputs: dict[Unit, np.ndarray] = {}
        self._trees: dict[bool, FoundTrees] = {}
        self._given: tuple[pd.DataFrame, Any] | None = None
        self._blending: dict[Unit, Blending] = {}
        self._codes: dict[Codec, tuple[Codec, np.ndarray]] = {}
        self._once: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def outputs(self, unit: Unit) -> np.ndarray:
        """(m, K) what the model says about the rows, in a unit."""
        with self._lock:
            if unit not in self._outputs:
                self._outputs[unit] = self.said(self.frame, unit)
            return self._outputs[unit]

    @cached_property
    def encoded(self) -> np.ndarray:
        """(m, E) the rows in the model's encoding, which there must be."""
        return self.model.encoding.transform(self.frame)

    def coded(self, codec: Codec) -> tuple[Codec, np.ndarray]:
        """A codec that knows the categories of the rows as well, and their codes (m, C)."""
        with self._lock:
            if codec not in self._codes:
                self._codes[codec] = codec.knowing(self.frame)
            return self._codes[codec]

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """What `make` finds out about these rows, the first time it is asked for under this name."""
        with self._lock:
            if name not in self._once:
                self._once[name] = make()
            return self._once[name]

    def trees(self, unit: Unit) -> FoundTrees:
        """The trees of the model, where it has any that give its outputs in this unit."""
        outputs = self.outputs(unit)
        with self._lock:
            margin = unit == "margin"
            if margin not in self._trees:
                self._trees[margin] = self._find(outputs, margin)
            return self._trees[margin]

    def blending(self, unit: Unit) -> Blending:
        """How explained rows are blended with these rows, in a unit."""
        with self._lock:
            if unit not in self._blending:
                self._blending[unit] = Blending(self.model, self.frame, unit)
            return self._blending[unit]

    @property
    def compiled(self) -> CompiledTrees | None:
        """Trees that say and answer what the model does; None where there are none (yet)."""
        prepared = self.trees(self.model.unit).prepared
        found = None if prepared is None else prepared.compiled
        return found if found is not None and self._answers_largest else None

    @cached_property
    def _answers_largest(self) -> bool:
        """Whether the model answers with the class of the largest output."""
        if self.model.task == "regression":
            return True
        said = largest(self.model.classes, self.outputs(self.model.unit))
        answers = self.model.answer(self.frame)
        return all(label in (None, answer) for label, answer in zip(said, answers, strict=True))

    def given(self, frame: pd.DataFrame) -> Any:
        """What the final estimator is given for rows: a dense matrix, or whatever its preprocessing makes of them.

        The last rows are remembered: they are encoded once, though several ask for them.
        """
        last = self._given
        if last is None or last[0] is not frame:
            last = (frame, self._transformed(frame))
            self._given = last
        return last[1]

    def said(self, frame: pd.DataFrame, unit: Unit) -> np.ndarray:
        """(n, K) the model's own outputs through the whole pipeline, in the unit that is explained."""
        return self.model.margin(frame) if unit == "margin" else self.model.predict(frame)

    def answer(self, frame: pd.DataFrame) -> Any:
        """The class that the model answers for the first of some rows."""
        if self.model.encoding is None:
            return self.model.answer(frame.iloc[[0]])[0]
        return self.model.answer_encoded(self.given(frame)[:1])[0]

    def _transformed(self, frame: pd.DataFrame) -> Any:
        if self.model.encoding is not None:
            return self.model.encoding.transform(self.model.inputs(frame))
        rows = as_rows(self.model.inputs(frame), self.model.named)
        for transformer in split(self.model.estimator)[0]:
            rows = ask(transformer, transformer.transform, rows)
        return rows

    def _find(self, outputs: np.ndarray, margin: bool) -> FoundTrees:
        _, final, inverse = split(self.model.estimator)
        if inverse is not None or self.model.mixing not in _READABLE:
            return FoundTrees(None)
        try:
            read = read_trees(final, outputs.shape[1])
            players = self._players()
        except Unreadable as error:
            return FoundTrees(None, Notice("trees-unreadable", {"reason": error.reason}))
        if read is None or players is None or (margin and read.answers):
            return FoundTrees(None)
        return self._verified(read, players, outputs, margin)

    def _verified(self, read: Trees, players: np.ndarray, outputs: np.ndarray, margin: bool) -> FoundTrees:
        rows, predict = self.given(self.frame), self._predict(margin)
        if not isinstance(rows, np.ndarray) and read.seen is None:
            return FoundTrees(None)
        try:
            found = verified(read, players, len(self.model.columns), margin, rows, outputs, predict)
        except (TypeError, ValueError):  # rows that are no numbers, for trees that know nothing else
            return FoundTrees(None)
        if found is None:
            return FoundTrees(None, Notice("trees-do-not-add-up"))
        return FoundTrees(PreparedTrees(found, rows))

    def _players(self) -> np.ndarray | None:
        """The original column of each column that the final estimator is given; None where one depends on several."""
        if self.model.encoding is not None:
            return self.model.encoding.players
        origin = self.model.lineage
        return origin.players if origin is not None and origin.separable else None

    def _predict(self, margin: bool) -> Any:
        """Asks the model about rows of a matrix, in the unit; None where it takes none."""
        encoding = self.model.encoding
        if encoding is None:
            return None

        return encoding.margin if margin else encoding.predict

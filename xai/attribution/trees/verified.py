"""Whether trees were read as their library means them: on sample rows they must say what the model itself says.

Not only rows of the data are tried, but also rows on the edge, whose values are thresholds of the trees: there the
smallest difference in how two numbers are compared sends a row into another leaf.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from xai.attribution.trees.ensemble import Ensemble, ensemble
from xai.attribution.trees.kernels.coalitions import EXPONENTIAL, IDENTITY, LOGISTIC, SOFTMAX
from xai.attribution.trees.tree import Trees
from xai.errors import QuestionError

_EDGES, _ON_EDGE = 64, 4  # rows on the edge, and how many of their numbers
_EXACT = 1e-9  # difference to the model, relative to its largest output
_ROUNDINGS = 8  # of single precision, relative to all that is added up


@dataclass(frozen=True)
class Verified:
    """An ensemble that gives the model's outputs: for `margin` its scores, else what it predicts.

    The link turns raw outputs into these; with two classes they are those of the second one.
    """

    ensemble: Ensemble
    read: Trees
    link: int
    outputs: int  # K
    margin: bool

    @property
    def precision(self) -> float:
        """How far the model's own outputs are rounded, and so may differ from exact sums."""
        if not self.read.single:
            return _EXACT * max(1.0, self._size)
        return _ROUNDINGS * float(np.finfo(np.float32).eps) * max(1.0, self._size)

    @property
    def _size(self) -> float:
        """The most that any row can add up."""
        flat = self.ensemble
        largest = np.maximum.reduceat(np.abs(flat.values).max(axis=1), np.append(0, np.cumsum(flat.leaves)[:-1]))
        return float(np.abs(flat.offset).max(initial=0.0) + largest.sum())

    def matrix(self, rows: Any) -> np.ndarray:
        """(n, E') what the trees see of rows that the estimator is given."""
        seen = self.read.seen
        return np.ascontiguousarray(rows if seen is None else seen(rows), dtype=np.float64)

    def codes(self, rows: Any) -> np.ndarray:
        """(V, n) the codes of rows that the estimator is given."""
        return self.ensemble.conditions.codes(self.matrix(rows))

    def says(self, codes: np.ndarray) -> np.ndarray:
        """(n, K) outputs of the rows with these codes."""
        return self.shaped(linked(self.ensemble.raw(codes), self.link))

    def shaped(self, found: np.ndarray) -> np.ndarray:
        """(…, K) outputs from those of the second class, where there are two."""
        if found.shape[-1] == self.outputs:
            return found
        return np.concatenate([(0.0 if self.margin else 1.0) - found, found], axis=-1)

    def contributions(self, found: np.ndarray) -> np.ndarray:
        """(…, K) the same for contributions, which are opposite for two classes."""
        return found if found.shape[-1] == self.outputs else np.concatenate([-found, found], axis=-1)


def verified(
    read: Trees,
    players: np.ndarray,
    columns: int,
    margin: bool,
    rows: Any,
    said: np.ndarray,
    predict: Callable[[np.ndarray], np.ndarray] | None,
) -> Verified | None:
    """The trees as an ensemble, if they say what the model says.

    Parameters
    ----------
    read : the trees. players (E,) : original column, out of `columns`, of each column of the rows.
    rows : sample rows as the estimator is given them. said (n, K) : what the model says about them.
    predict : asks the model about further rows, where these can be made up; None for rows that are no plain matrix.
    """
    outputs = said.shape[1]
    if len(read.offset) != (1 if outputs < 3 else outputs) or (margin and read.answers):
        return None
    places = np.arange(len(players)) if read.places is None else read.places
    for link in _links(read, outputs, margin):
        scale = 1.0 if link in (IDENTITY, EXPONENTIAL) else read.scale
        found = Verified(ensemble(read, players[places], columns, scale), read, link, outputs, margin)
        if _same(found, rows, said):
            return found if predict is None or _same_on_edges(found, rows, places, predict) else None
    return None


def linked(raw: np.ndarray, link: int) -> np.ndarray:
    """Raw outputs (…, R) through a link."""
    with np.errstate(over="ignore"):
        if link == LOGISTIC:
            return 1 / (1 + np.exp(-raw))
        if link == EXPONENTIAL:
            return np.exp(raw)
    if link == SOFTMAX:
        size = np.exp(raw - raw.max(axis=-1, keepdims=True))
        return size / size.sum(axis=-1, keepdims=True)
    return raw


def _links(read: Trees, outputs: int, margin: bool) -> tuple[int, ...]:
    if margin:
        return (IDENTITY,)
    if read.answers:
        return (IDENTITY, EXPONENTIAL) if outputs == 1 else (IDENTITY,)
    return (LOGISTIC,) if outputs == 2 else (SOFTMAX,)


def _same(found: Verified, rows: Any, said: np.ndarray) -> bool:
    with np.errstate(over="ignore"):
        difference = np.abs(found.says(found.codes(rows)) - said)
    size = np.abs(said).max(initial=1.0) if found.link == EXPONENTIAL else 1.0
    return bool(np.isfinite(difference).all() and difference.max(initial=0.0) <= found.precision * size)


def _same_on_edges(
    found: Verified, rows: np.ndarray, places: np.ndarray, predict: Callable[[np.ndarray], np.ndarray]
) -> bool:
    edges = _edges(found, rows, places)
    try:
        return _same(found, edges, predict(edges))
    except QuestionError:  # the model takes no such values; the rows of the data have to do
        return True


def _edges(found: Verified, rows: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Rows some of whose numbers are thresholds."""
    asked, random = found.ensemble.conditions, np.random.default_rng(0)
    edges = rows[random.integers(len(rows), size=_EDGES)].astype(np.float64)
    finite = np.flatnonzero(np.isfinite(asked.thresholds))  # between a number and a missing one there is no threshold
    if len(finite):
        for row in edges:
            for place in random.choice(finite, size=_ON_EDGE):
                column = int(np.searchsorted(asked.starts, place, side="right")) - 1
                row[places[asked.feature[column]]] = asked.thresholds[place]
    return edges

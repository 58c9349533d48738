"""Three ways to blends: what the model says of rows that are partly an explained row and partly a background row.

Mixing what the columns contribute, where the model begins with a sum (`summed.py`: no row is built at all); building
encoded rows; building rows of the original columns, where preprocessing mixes them.

Shapes: B pairs of an explained and a background row, Q coalitions, C original columns, E encoded columns, K outputs.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from xai.attribution.coalitions import Blends, Coalitions, apart
from xai.attribution.summed import Summing
from xai.lean import Additive, Combined, Lean, Restricted

NUMBERS_BUILT = 10_000_000  # numbers of rows that are built at once: so many that calling an estimator does not count
MOST_TERMS = 10_000_000  # contributions of the background's columns to the states that are kept

Predict = Callable[[np.ndarray], np.ndarray]
Beside = Callable[[np.ndarray], Blends]
"""From encoded explained rows (R, E) to their blends with a background that was prepared once."""


class Rowwise(Blends):
    """Of a model that is given rows, described by numbers."""

    def __init__(self, predict: Predict, width: int) -> None:
        self.predict, self.width = predict, width

    @abstractmethod
    def rows(self, game: Coalitions) -> np.ndarray:
        """(Q * B, width) descriptions of the blended rows."""

    @property
    def at_once(self) -> int:
        return NUMBERS_BUILT

    def block(self, games: Sequence[Coalitions], last: bool) -> list[np.ndarray]:
        rows = [self.rows(game) for game in games]
        return apart(self.predict(rows[0] if len(rows) == 1 else np.concatenate(rows)), games, last)


class Built(Rowwise):
    """Rows in encoded space."""

    def __init__(
        self, predict: Predict, explained: np.ndarray, background: np.ndarray, players: np.ndarray, columns: int
    ) -> None:
        super().__init__(predict, max(background.shape[1], columns))
        self.explained, self.background = explained, background
        self.players, self.columns = np.maximum(players, 0), columns

    def rows(self, game: Coalitions) -> np.ndarray:
        taken = game.taken(self.columns)[:, :, self.players]
        rows = np.where(taken, self.explained[game.pairs.rows], self.background[game.pairs.others])
        return rows.reshape(-1, self.background.shape[1])


class Placed(Rowwise):
    """Rows by the places their original columns come from, among background rows and, below them, explained rows."""

    def __init__(self, predict: Predict, background_rows: int, columns: int) -> None:
        super().__init__(predict, columns)
        self.background_rows, self.columns = background_rows, columns

    def rows(self, game: Coalitions) -> np.ndarray:
        explained = (self.background_rows + game.pairs.rows)[:, None]
        return np.where(game.taken(self.columns), explained, game.pairs.others[:, None]).reshape(-1, self.columns)


class Together(Blends):
    """Of a model that predicts from the outputs of others.

    These stay in double precision: what is made of them may be a step, which the smallest difference crosses.
    """

    def __init__(self, lean: Combined, parts: Sequence[Blends], rows: Built) -> None:
        self.lean, self.parts, self.rows = lean, parts, rows
        self.width = sum(part.width for part in parts)

    @property
    def at_once(self) -> int:
        return max(part.at_once for part in self.parts)

    def block(self, games: Sequence[Coalitions], last: bool) -> list[np.ndarray]:
        exact = [replace(game, sampled=False) for game in games]
        parts = [_below(part.block(exact, False)) for part in self.parts]
        matrix = np.concatenate([self.rows.rows(game) for game in games]) if self.lean.passthrough else None
        return apart(self.lean.combine(parts, matrix), games, last)


def _below(outputs: Sequence[np.ndarray]) -> np.ndarray:
    """(n, K) all outcomes below each other."""
    flat = [each.reshape(-1, each.shape[2]) for each in outputs]
    return flat[0] if len(flat) == 1 else np.concatenate(flat)


def beside(lean: Lean, background: np.ndarray, players: np.ndarray, columns: int) -> Beside:
    """Blends with an encoded background (m, E), prepared once: what does not depend on explained rows is kept."""
    if isinstance(lean, Restricted):
        chosen = players if lean.features is None else players[lean.features]
        inner = beside(lean.inner, lean.seen(background), chosen, columns)
        return lambda rows: inner(lean.seen(rows))
    if isinstance(lean, Additive) and background.shape[0] * columns * lean.states <= MOST_TERMS:
        return Summing(lean, background, np.maximum(players, 0), columns).beside
    if isinstance(lean, Combined):
        parts = [beside(part, background, players, columns) for part in lean.parts]
        return lambda rows: Together(
            lean, [part(rows) for part in parts], Built(lean.predict, rows, background, players, columns)
        )
    return lambda rows: Built(lean.predict, rows, background, players, columns)

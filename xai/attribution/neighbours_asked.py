"""What a model says about the neighbours of a row: asked once, about those of all runs and the row itself together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xai.asking import ask
from xai.attribution.adding import adding
from xai.attribution.background import Background
from xai.attribution.neighbourhood import Neighbourhood
from xai.attribution.neighbours_of_trees import asked_about_neighbours
from xai.attribution.recombining import Recombining
from xai.attribution.trees.compiled import CompiledTrees, largest
from xai.encoding import Encoding
from xai.results import Label

Encode = Callable[[np.ndarray], np.ndarray]
CELLS = 8_000_000  # encoded values that are predicted at once, at most


@dataclass(frozen=True)
class Said:
    """Answers of the model."""

    neighbours: np.ndarray  # (n, K) outputs
    row: np.ndarray  # (K,) outputs for the row as it is
    label: Label | float  # its answer for the row


def said_about(background: Background, around: Neighbourhood, row: pd.DataFrame, drawn: Sequence[np.ndarray]) -> Said:
    """Ask about `row` (1, C) and its neighbours, each (n, V), coded as in the neighbourhood."""
    model = background.model
    if model.encoding is None:
        return Said(model.predict(around.frame(np.concatenate(drawn))), model.predict(row)[0], model.answer(row)[0])
    encoding, trees = model.encoding, background.compiled
    recombining = Recombining(background, around, row) if encoding.parts else None
    encode = recombining or (lambda codes: encoding.transform(around.codec.decode(codes)))
    outputs = _of_trees(background, trees, recombining, encode) if trees else _of_encoded(encoding, recombining, encode)
    found = np.concatenate([outputs(codes) for codes in _blocks(around, drawn, len(encoding.players))])
    decides = trees is not None or (encoding.lean is not None and encoding.lean.decides)
    label = largest(model.classes, found[-1:])[0] if decides and model.task != "regression" else None
    if label is None:
        label = model.answer_encoded(encode(around.known[-1:]))[0]
    return Said(found[:-1], found[-1], label)


def _of_trees(background: Background, trees: CompiledTrees, recombining: Recombining | None, encode: Encode) -> Encode:
    """How trees are asked about coded rows (n, C): (n, K) outputs; prepared once for rows that bring nothing new."""
    if recombining is not None:
        kind = recombining.kind
        if kind is None:
            return asked_about_neighbours(trees, recombining)
        return background.once(("neighbours", kind), lambda: asked_about_neighbours(trees, recombining))
    return lambda codes: trees.said(trees.codes(encode(codes)))


def _of_encoded(encoding: Encoding, recombining: Recombining | None, encode: Encode) -> Encode:
    """How any other model that is given encoded rows is asked."""
    added = adding(encoding.lean, recombining) if recombining is not None else None

    def outputs(codes: np.ndarray) -> np.ndarray:
        found = None if added is None else ask(encoding.final, added, codes)
        return encoding.predict(encode(codes)) if found is None else found

    return outputs


def _blocks(around: Neighbourhood, drawn: Sequence[np.ndarray], width: int) -> list[np.ndarray]:
    """The neighbours as coded rows (n, C), in blocks that fit once they are encoded; the row comes last."""
    ends = np.cumsum([0, *map(len, drawn)])
    codes = np.empty((len(around.varying), ends[-1] + 1)).T  # a column at a time
    codes[-1], codes[:, ~around.varying] = around.known[-1], around.known[-1, ~around.varying]
    for rows, first, last in zip(drawn, ends[:-1], ends[1:], strict=True):
        for place, values in zip(np.flatnonzero(around.varying), rows.T, strict=True):
            codes[first:last, place] = values
    size = max(2, CELLS // max(width, 1))
    return [codes[first : first + size] for first in range(0, len(codes), size)]

"""What a model says about the neighbours of a row: asked once, about those of all runs and the row itself together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.attribution.neighbourhood import Neighbourhood
from xai.attribution.recombining import Recombining, TreeCodes
from xai.attribution.trees.compiled import largest
from xai.results import Label

CELLS = 8_000_000  # encoded values that are predicted at once, at most


@dataclass(frozen=True)
class Said:
    """Answers of the model."""

    neighbours: np.ndarray  # (n, K) outputs
    row: np.ndarray  # (K,) outputs for the row as it is
    label: Label | float  # its answer for the row


def said_about(background: Background, around: Neighbourhood, row: pd.DataFrame, rows: np.ndarray) -> Said:
    """Ask about `row` (1, C) and its neighbours (n, V), coded as in the neighbourhood."""
    model = background.model
    if model.encoding is None:
        return Said(model.predict(around.frame(rows)), model.predict(row)[0], model.answer(row)[0])
    encoding, trees = model.encoding, background.compiled
    recombining = Recombining(background, around, row) if encoding.parts else None
    encode = recombining or (lambda codes: encoding.transform(around.codec.decode(codes)))
    blocks = _blocks(around, rows, len(encoding.players))
    if trees is None:
        found = np.concatenate([encoding.predict(encode(codes)) for codes in blocks])
    else:
        asked = (lambda codes: trees.codes(encode(codes))) if recombining is None else TreeCodes(trees, recombining)
        found = np.concatenate([trees.said(asked(codes)) for codes in blocks])
    label = None if trees is None or model.task == "regression" else largest(model.classes, found[-1:])[0]
    if label is None:
        label = model.answer_encoded(encode(around.known[-1:]))[0]
    return Said(found[:-1], found[-1], label)


def _blocks(around: Neighbourhood, rows: np.ndarray, width: int) -> list[np.ndarray]:
    """The neighbours as coded rows (n, C), in blocks that fit once they are encoded; the row comes last."""
    codes = np.repeat(around.known[-1:], len(rows) + 1, axis=0)
    codes[:-1, around.varying] = rows
    size = max(2, CELLS // max(width, 1))
    return [codes[first : first + size] for first in range(0, len(codes), size)]

"""Whether what the model says about this table can be true: do its answers vary, are they finite, in a likely range?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from xai.inspection import Check
from xai.model import Model, Said
from xai.results import Quality

MOST_ROWS = 1000
_FEWEST_ROWS = 10
_FAR = 3.0  # times the table's own range
_APART = 1e-3  # of a sum of probabilities from 1; libraries that compute in single precision stay far below


def check_answers(
    model: Model, inputs: pd.DataFrame, target: pd.Series | None, quality: Quality | None, said: Said | None = None
) -> list[Check]:
    """What is strange about the answers themselves; with known outcomes they may also lie far from all of those.

    `said`: about all rows, where the model has been asked already; else it is asked about MOST_ROWS at most.
    """
    if not len(inputs):
        return []
    said = model.says(inputs.iloc[:: -(-len(inputs) // MOST_ROWS)]) if said is None else said
    found = check_probabilities(said.outputs) if model.unit == "probability" else []
    return found if len(said.answers) < _FEWEST_ROWS else [*found, *_check_range(model, said.answers, target, quality)]


def check_probabilities(shares: np.ndarray) -> list[Check]:
    """Whether what the model calls probabilities (n, K) lies between 0 and 1 and adds up to 1 in each row."""
    if not np.isfinite(shares).all():
        return [Check("answers-infinite", "care", {"rows": len(shares)})]
    sums = shares.sum(axis=1)
    wrong = (np.abs(sums - 1) > _APART) | (shares < -_APART).any(axis=1)
    if not wrong.any():
        return []
    furthest = float(sums[np.abs(sums - 1).argmax()])
    facts = {"wrong": int(wrong.sum()), "rows": len(shares), "low": float(shares.min()), "high": float(shares.max())}
    return [Check("answers-no-probabilities", "care", {**facts, "sum": furthest})]


def _check_range(model: Model, said: np.ndarray, target: pd.Series | None, quality: Quality | None) -> list[Check]:
    rows = len(said)
    if model.task == "regression" and not np.isfinite(said.astype(float)).all():
        return [Check("answers-infinite", "care", {"rows": rows})]
    if len(set(said.tolist())) == 1:
        one = said[0]
        return [Check("answers-constant", "care", {"label": one if model.classes else float(one), "rows": rows})]
    if target is not None and model.task == "regression" and quality is not None:
        return _far_off(said.astype(float), target.dropna().astype(float).to_numpy())
    return [] if quality is not None else [Check("answers-vary", "good", {"rows": rows})]


def _far_off(said: np.ndarray, known: np.ndarray) -> list[Check]:
    """The middle of the answers lies outside everything that was ever observed, and by far."""
    low, high = float(known.min()), float(known.max())
    reach = _FAR * (high - low)
    middle = float(np.median(said))
    inside = low - reach <= middle <= high + reach
    narrow = np.ptp(said) < (high - low) / 100
    if inside and (not narrow or low <= middle <= high):
        return []
    facts = {"low": float(said.min()), "high": float(said.max()), "known_low": low, "known_high": high}
    return [Check("answers-far-off", "care", facts)]

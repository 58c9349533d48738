"""Whether the table's values lie where the model learned: read off its trees, neighbours or support vectors.

Needs no outcome, and so also notices what can be measured by none: columns that were scaled outside the model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xai.attribution.trees.reading import read_trees
from xai.attribution.trees.tree import Unreadable
from xai.inspection import Check
from xai.model import Model

_MOST_ROWS = 1000
_FEWEST_ROWS = 10
_FEWEST_THRESHOLDS = 3  # of one column; fewer say nothing about a range
_INSIDE = 0.05  # a smaller share of rows is no accident


def check_values(model: Model, inputs: pd.DataFrame) -> list[Check]:
    """A line that names the columns in which hardly any value lies in the learned range; none where all is well."""
    sample = inputs.iloc[:: -(-len(inputs) // _MOST_ROWS)]
    if model.encoding is None or len(sample) < _FEWEST_ROWS:
        return []
    matrix = model.encoding.transform(sample)
    low, high = learned_range(model.encoding.final, matrix.shape[1], max(len(model.classes), 1))
    inside = np.nanmean((matrix >= low) & (matrix <= high), axis=0)  # unknown bounds are infinite
    players = {int(player) for player in model.encoding.players[inside < _INSIDE] if player >= 0}
    names = [model.columns[player] for player in sorted(players)]
    return [Check("values-elsewhere", "care", {"names": ", ".join(names[:5]), "count": len(names)})] if names else []


def learned_range(final: Any, width: int, outputs: int) -> tuple[np.ndarray, np.ndarray]:
    """(E,) smallest and largest value of each encoded column the estimator tells apart; infinite where unknown."""
    low, high = np.full(width, -np.inf), np.full(width, np.inf)
    seen = getattr(final, "_fit_X", None)  # neighbours remember their rows
    seen = getattr(final, "support_vectors_", None) if seen is None else seen
    if isinstance(seen, np.ndarray) and seen.ndim == 2 and seen.shape[1] == width and len(seen):
        return seen.min(axis=0), seen.max(axis=0)
    features, thresholds = _thresholds(final, outputs)
    for column in np.unique(features):
        found = np.unique(thresholds[features == column])
        if len(found) >= _FEWEST_THRESHOLDS:
            low[column], high[column] = found[0], found[-1]
    return low, high


def _thresholds(final: Any, outputs: int) -> tuple[np.ndarray, np.ndarray]:
    """All questions of its trees about the size of a value: encoded column and threshold; empty without trees."""
    try:
        ensemble = read_trees(final, outputs)
    except Unreadable:
        ensemble = None
    features, thresholds = [np.empty(0, int)], [np.empty(0)]
    for tree in () if ensemble is None else ensemble.trees:
        asking = tree.left >= 0
        asking[list(tree.categories)] = False
        asked = tree.feature[asking]
        features.append(asked if ensemble.places is None else ensemble.places[asked])
        thresholds.append(tree.threshold[asking])
    return np.concatenate(features), np.concatenate(thresholds)

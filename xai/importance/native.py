"""The model's own importances, summed to the original columns: impurity or gain of trees, size of coefficients."""

from __future__ import annotations

import time

import numpy as np

from xai.data import Dataset
from xai.errors import QuestionError
from xai.model import Model
from xai.results import Importance, Measure, Trust, freeze


def has_native(model: Model) -> bool:
    """Whether the model brings importances that can be read on the original columns."""
    return _tree_importances(model) is not None or _coefficients(model) is not None


def native_importance(model: Model, data: Dataset) -> Importance:
    """Shares of the model's own importance. Raises QuestionError("no-native-importance")."""
    start = time.perf_counter()
    if not has_native(model):
        raise QuestionError("no-native-importance", model=model.steps[-1])
    own = _tree_importances(model)
    algorithm = "native-trees" if own is not None else "native-coefficients"
    size = own if own is not None else _coefficient_sizes(model, data)
    players = _players(model)
    share = np.bincount(players[players >= 0], weights=size[players >= 0], minlength=len(model.columns))
    share = share / share.sum() if share.sum() > 0 else share
    return Importance(
        method="native",
        algorithm=algorithm,
        unit="share",
        target_class=None,
        columns=model.columns,
        importance=freeze(share),
        low=freeze(share.copy()),
        high=freeze(share.copy()),
        direction=freeze(np.full(len(share), np.nan)),
        rows_used=0 if own is not None else len(data.frame),
        rows_total=len(data.frame),
        seed=0,
        # nothing about it can be measured on data: it says what training used, not what predictions rest on
        trust=Trust((Measure("native", float("nan"), "share", "care"),)),
        seconds=time.perf_counter() - start,
    )


def _players(model: Model) -> np.ndarray | None:
    """The original column of each input of the final estimator: itself, where nothing comes before the estimator."""
    if model.encoding is not None:
        return model.encoding.players
    return np.arange(len(model.columns)) if len(model.steps) == 1 else None


def _tree_importances(model: Model) -> np.ndarray | None:
    """(E,) importances counted while the trees were built."""
    own, players = getattr(model.final, "feature_importances_", None), _players(model)
    if own is None or players is None or len(own) != len(players):
        return None
    return np.abs(np.asarray(own, dtype=float))


def _coefficients(model: Model) -> np.ndarray | None:
    if model.encoding is None:  # the spread of each encoded column is needed as well
        return None
    weights = getattr(model.encoding.final, "coef_", None)
    if weights is None or hasattr(weights, "toarray") or np.ndim(weights) > 2:
        return None
    weights = np.atleast_2d(np.asarray(weights, dtype=float))
    return weights if weights.shape[1] == len(model.encoding.players) else None


def _coefficient_sizes(model: Model, data: Dataset) -> np.ndarray:
    """(E,) |coefficient| times the spread of its encoded column, so that scaling does not decide; mean over classes."""
    spread = model.encoding.transform(data.frame).std(axis=0)
    return np.abs(_coefficients(model)).mean(axis=0) * spread

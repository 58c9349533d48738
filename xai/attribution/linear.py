"""Exact Shapley values of linear models behind separable preprocessing: weight times distance from the mean.

Štrumbelj & Kononenko 2014, section 3.2; the encoded columns of one original column are one player, so they are summed.
"""

from __future__ import annotations

import numpy as np

from xai.attribution.game import Game


def linear_weights(game: Game) -> np.ndarray | None:
    """(K, E) weights, where the game's outputs are a linear function of the encoded columns; None otherwise."""
    encoding = game.model.encoding
    weights = getattr(encoding.final, "coef_", None) if encoding is not None else None
    if weights is None or encoding.inverse is not None or hasattr(weights, "toarray") or np.ndim(weights) > 2:
        return None
    weights = np.atleast_2d(np.asarray(weights, dtype=np.float64))
    if weights.shape[1] != game.encoded.shape[1]:
        return None
    if weights.shape[0] == 1 and game.outputs.shape[1] == 2:
        weights = np.concatenate([-weights, weights])
    if weights.shape[0] != game.outputs.shape[1]:
        return None
    rest = game.outputs - game.encoded @ weights.T  # the intercept, if the outputs are linear at all
    scale = max(1.0, float(np.abs(game.outputs).max()))
    return weights if np.ptp(rest, axis=0).max() <= 1e-9 * scale else None


def linear_rows(game: Game, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(R, C, K) exact contributions, and their standard error over the background."""
    m = game.background_rows
    center, spread = game.encoded[:m].mean(axis=0), game.encoded[:m]
    member = (game.players[:, None] == np.arange(game.columns)).astype(float)  # (E, C)
    distance = game.encoded[m:] - center
    values = np.stack([(distance * weight) @ member for weight in weights], axis=2)
    parts = np.stack([(spread * weight) @ member for weight in weights], axis=2)
    error = parts.std(axis=0, ddof=1) / np.sqrt(m) if m > 1 else np.full(values.shape[1:], np.nan)
    return values, np.broadcast_to(error, values.shape)

"""Exact Shapley values of linear models behind separable preprocessing: weight times distance from the mean.

Štrumbelj & Kononenko 2014, section 3.2; the encoded columns of one original column are one player, so they are summed.
"""

from __future__ import annotations

import numpy as np

from xai.attribution.game import Game
from xai.lean import Lean, Linear, Mean, Restricted, SupportVectors, Through


def linear_weights(game: Game) -> np.ndarray | None:
    """(K, E) weights, where the game's outputs are a linear function of the encoded columns; None otherwise.

    They are what the estimator has learnt, and tried on all rows of the game: without what they explain the outputs
    must be constant.
    """
    encoding = game.blending.encoding
    if encoding is None:
        return None
    lean = game.blending.lean
    weights = _coefficients(game) if lean is None else weights_of(lean)
    if weights is None or weights.shape[1] != game.encoded.shape[1]:
        return None
    if weights.shape[0] == 1 and game.outputs.shape[1] == 2:
        weights = np.concatenate([-weights, weights])
    if weights.shape[0] != game.outputs.shape[1]:
        return None
    rest = game.outputs - game.encoded @ weights.T  # the intercept, if the outputs are linear at all
    scale = max(1.0, float(np.abs(game.outputs).max()))
    return weights if np.ptp(rest, axis=0).max() <= 1e-9 * scale else None


def weights_of(lean: Lean) -> np.ndarray | None:
    """(K, E) weights of a lean prediction that is linear, or a mean of linear ones, in its own unit; None otherwise."""
    if isinstance(lean, Linear | SupportVectors):
        return lean.slopes
    if isinstance(lean, Mean):
        parts = [weights_of(part) for part in lean.parts]
        return None if any(part is None for part in parts) else np.average(parts, axis=0, weights=lean.weights)
    if isinstance(lean, Restricted):
        inner = weights_of(lean.inner)
        return None if inner is None else _unrestricted(lean, inner)
    if isinstance(lean, Through):
        inner, slope = weights_of(lean.parts[0]), getattr(lean.function, "slope", None)
        return None if inner is None or slope is None else slope * inner
    return None


def _unrestricted(lean: Restricted, inner: np.ndarray) -> np.ndarray:
    ends = np.stack([np.zeros(lean.columns), np.ones(lean.columns)])
    seen = lean.seen(ends)
    found = np.zeros((len(inner), lean.columns))
    found[:, slice(None) if lean.features is None else lean.features] = inner * (seen[1] - seen[0])
    return found


def _coefficients(game: Game) -> np.ndarray | None:
    """What a linear estimator of another library calls its coefficients."""
    encoding = game.blending.encoding
    weights = getattr(encoding.final, "coef_", None)
    if weights is None or encoding.inverse is not None or hasattr(weights, "toarray") or np.ndim(weights) > 2:
        return None
    return np.atleast_2d(np.asarray(weights, dtype=np.float64))


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

"""Multilayer perceptrons: the forward pass."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from xai.lean.base import EXPONENTIAL, Additive, Wanted
from xai.lean.links import logistic, sigmoid, softmax


class Network(Additive):
    """The inputs of the first layer add up over the columns; the layers after it finish."""

    decides = True

    def __init__(self, weights: list[np.ndarray], biases: list[np.ndarray], hidden: str, output: str) -> None:
        self.weights, self.biases = weights, biases
        self.constant = biases[0]
        self.hidden, self.output = hidden, output

    @property
    def work(self) -> float:
        activations = sum(len(bias) for bias in self.biases)
        return sum(layer.size for layer in self.weights[1:]) + EXPONENTIAL * activations

    def single(self) -> Network:
        """Half the bytes, and twice as many numbers in one instruction.

        For the outcomes inside sampled orders only, and only where it was checked to be far below the error at which
        sampling stops (`xai/attribution/summed.py`); predictions, and whatever is exact, are in double precision.
        """
        weights, biases = ([layer.astype(np.float32) for layer in layers] for layers in (self.weights, self.biases))
        return Network(weights, biases, self.hidden, self.output)

    def contributions(self, matrix: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        return matrix @ self.weights[0][which]

    def finish(self, states: np.ndarray) -> np.ndarray:
        states = self._scores(states)
        if self.output == "both":
            return logistic(states)
        return softmax(states) if self.output == "softmax" else _activated(states, self.output)

    def finish_last(self, states: np.ndarray) -> np.ndarray:
        return sigmoid(self._scores(states)) if self.output == "both" else self.finish(states)[:, -1:]

    def _scores(self, states: np.ndarray) -> np.ndarray:
        for weights, bias in zip(self.weights[1:], self.biases[1:], strict=True):
            states = _activated(states, self.hidden) @ weights
            states += bias
        return states


def _activated(states: np.ndarray, kind: str) -> np.ndarray:
    """The activation, in place."""
    if kind == "relu":
        return np.maximum(states, 0, out=states)
    if kind == "tanh":
        return np.tanh(states, out=states)
    if kind == "logistic":
        return expit(states, out=states)
    return np.exp(states, out=states) if kind == "exp" else states


def read(estimator: Any, kind: str, wanted: Wanted) -> Network | None:
    """A fitted perceptron of scikit-learn; None for other estimators."""
    if (kind, wanted) not in (("MLPClassifier", "probability"), ("MLPRegressor", "value")):
        return None
    known = {"logistic": "both", "softmax": "softmax"} if kind == "MLPClassifier" else {"identity": "", "exp": "exp"}
    output = known.get(estimator.out_activation_)
    if output is None or (output == "both" and estimator.n_outputs_ != 1):
        return None
    if estimator.activation not in ("relu", "tanh", "logistic", "identity"):
        return None
    weights = [np.asarray(layer, dtype=float) for layer in estimator.coefs_]
    biases = [np.asarray(layer, dtype=float) for layer in estimator.intercepts_]
    return Network(weights, biases, estimator.activation, output)

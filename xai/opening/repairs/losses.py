"""Losses: their classes moved, were replaced, and got new attributes; every estimator can make its own anew."""

from __future__ import annotations

from typing import Any

from xai.opening.repairs.names import Gone


def boosting(model: Any) -> list[str]:
    """Up to 1.8: the loss of gradient boosting, made of its parameters; predictions need its link."""
    state = vars(model)
    if "estimators_" not in state:
        return []
    state.pop("loss_", None)  # up to 1.0
    if "n_trees_per_iteration_" not in state:  # up to 1.3
        model.n_trees_per_iteration_ = model.estimators_.shape[1]
    model._loss = model._get_loss(sample_weight=None)
    return [type(model).__name__]


def histogram_boosting(model: Any) -> list[str]:
    """Up to 1.8: the loss of histogram boosting."""
    state = vars(model)
    if "_predictors" not in state:
        return []
    state.pop("loss_", None)  # up to 0.23
    model._loss = model._get_loss(sample_weight=None)
    return [type(model).__name__]


def linear(model: Any) -> list[str]:
    """Up to 1.8: the loss of a generalized linear model; up to 1.0 it was a distribution and a link."""
    state = vars(model)
    if "coef_" not in state:
        return []
    for gone in ("_family_instance", "_link_instance"):
        state.pop(gone, None)
    model._base_loss = model._get_loss()
    return [type(model).__name__]


def stochastic_gradient(model: Any) -> list[str]:
    """Up to 1.5: the loss of the stochastic gradient had a class of its own; only training uses it."""
    state = vars(model)
    if not isinstance(state.get("_loss_function_"), Gone):
        return []
    model._loss_function_ = model._get_loss_function(model.loss)
    return [type(model).__name__]

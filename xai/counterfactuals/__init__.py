"""Counterfactuals: what would have to be different for another outcome, each one checked against the real model."""

from xai.counterfactuals.search import counterfactuals

__all__ = ["counterfactuals"]

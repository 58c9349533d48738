"""Lean predictions: the numbers of a fitted scikit-learn estimator, computed from what it has learnt.

An estimator's own method checks its rows, its parameters and its environment in every call, and walks through joblib.
The questions ask thousands of times about rows that were checked once, so the formula alone is evaluated here.
A lean prediction is used only where it was seen to be the estimator's own to 1e-12 (`verified`).
"""

from xai.lean.base import Additive, Combined, Lean, Restricted, Through, Wanted
from xai.lean.linear import Linear
from xai.lean.reading import lean
from xai.lean.support_vectors import SupportVectors
from xai.lean.verifying import verified
from xai.lean.voting import Mean

__all__ = [
    "Additive",
    "Combined",
    "Lean",
    "Linear",
    "Mean",
    "Restricted",
    "SupportVectors",
    "Through",
    "Wanted",
    "lean",
    "verified",
]

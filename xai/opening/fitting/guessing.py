"""Which of several columns is the outcome, where neither names nor values tell: the one the model predicts best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from xai.errors import KlartextError
from xai.opening.fitting.evidence import MOST_ROWS, Measured, outcomes, scored
from xai.opening.fitting.fit import Fit
from xai.opening.targets import Target
from xai.results import Label

_CLEARLY = 0.05  # of the way from the trivial answer to a perfect one


def guess(target: Target, fitted: Fit, estimator: Any, classes: Sequence[Label]) -> Target:
    """The guess that the model's own answers on at most MOST_ROWS rows bear out; the same one where none is borne out.

    Columns differ in how easily they are guessed, so what counts is how far the model gets beyond the trivial answer.
    """
    if target.reason != "last" or fitted.error is not None:
        return target
    inputs = fitted.inputs.iloc[:: -(-len(fitted.frame) // MOST_ROWS) or 1]
    try:
        said = fitted.model(estimator).answer(inputs)
    except KlartextError:  # it does not predict yet: what is in the way is told elsewhere
        return target
    gains = {}
    for name in target.rivals:
        known = outcomes(replace(fitted, frame=fitted.frame.loc[inputs.index]), name, classes)
        if known is not None:
            gains[name] = _gain(scored(known, said[inputs.index.get_indexer(known.index)], classes))
    best = max(gains, key=gains.__getitem__, default=None)
    if best is None or gains[best] < _CLEARLY:
        return target
    return replace(target, name=best, reason="predicted")


def _gain(found: Measured | None) -> float:
    """How far from the trivial answer (0) to a perfect one (1)."""
    return 0.0 if found is None else (found.value - found.baseline) / (1 - found.baseline)

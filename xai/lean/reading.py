"""From a fitted estimator to its lean prediction, whatever family it belongs to."""

from __future__ import annotations

from typing import Any

from sklearn.pipeline import Pipeline

from xai.lean import bayes, calibration, linear, network, stacking, support_vectors, trees, voting
from xai.lean.base import Lean, Own, Restricted, Wanted
from xai.lean.scales import scale_of

_ALONE = (linear, network, bayes, support_vectors, trees)
_OF_OTHERS = (stacking, voting, calibration)


def lean(estimator: Any, wanted: Wanted) -> Lean | None:
    """The lean prediction of one of scikit-learn's own classes; None where there is none.

    It is a claim: use it only after `verified`.
    """
    if isinstance(estimator, Pipeline):
        return _behind_scalers(estimator, wanted)
    if not type(estimator).__module__.startswith("sklearn."):  # a subclass may predict in a way of its own
        return None
    kind = type(estimator).__name__
    if kind == "FrozenEstimator":
        return lean(estimator.estimator, wanted)
    try:
        found = [family.read(estimator, kind, wanted) for family in _ALONE]
        found += [family.read(estimator, kind, wanted, part) for family in _OF_OTHERS]
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        return None  # fitted under another version, which kept what it learnt elsewhere
    return next((each for each in found if each is not None), None)


def part(estimator: Any, wanted: Wanted) -> Lean:
    """The same for a member of an ensemble, which is asked itself where it has no lean prediction."""
    return lean(estimator, wanted) or Own(estimator, wanted)


def _behind_scalers(pipeline: Pipeline, wanted: Wanted) -> Lean | None:
    """A pipeline that only rescales its columns before the estimator."""
    steps = [step for _, step in pipeline.steps if step is not None and not isinstance(step, str)]
    scales = [scale_of(step) for step in steps[:-1]]
    inner = None if any(scale is None for scale in scales) else lean(steps[-1], wanted)
    if inner is None:
        return None
    for step, scale in reversed(list(zip(steps[:-1], scales, strict=True))):
        inner = Restricted(inner, step.n_features_in_, scale=scale)
    return inner

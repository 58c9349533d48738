"""The model's answers in the table's words and unit: names of its classes, swapped classes, roots, logarithms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.frozen import FrozenEstimator

from xai.adjustment import Adjustment
from xai.opening.fitting.draft import Draft
from xai.opening.targets import coded_names
from xai.results import Label

Function = Callable[[Any], Any]


def _to_ten(x: Any) -> Any:
    return np.power(10.0, x)


# code -> (what the training did to the outcome, what undoes it)
FUNCTIONS: Mapping[str, tuple[Function, Function]] = {
    "exp": (np.log, np.exp),
    "expm1": (np.log1p, np.expm1),
    "power-of-ten": (np.log10, _to_ten),
    "square": (np.sqrt, np.square),
}


def settle(draft: Draft, classes: Sequence[Label]) -> None:
    """Names for numbered classes where the table has words for them, and what somebody asked for."""
    names = coded_names(draft.frame[draft.target], classes) if draft.target else None
    if names is not None and not draft.classes:
        facts = {"names": {str(label): name for label, name in zip(classes, names, strict=True)}}
        if draft.does(Adjustment("class-names", facts=facts)):
            draft.classes = names
    if len(classes) == 2 and draft.decisions.accepts(Adjustment("swap")):
        first, second = draft.classes or tuple(classes)
        if draft.does(Adjustment("swap", facts={"first": str(first), "second": str(second)})):
            draft.classes = (second, first)
    asked = [code for code in FUNCTIONS if not classes and draft.decisions.accepts(Adjustment(code))]
    draft.answers = next((code for code in asked if draft.does(Adjustment(code))), None)


def in_the_tables_unit(estimator: Any, code: str, sample: pd.DataFrame) -> Any:
    """The regressor, its answers taken through a function; still fitted as it is."""
    forth, back = FUNCTIONS[code]
    wrapped = TransformedTargetRegressor(FrozenEstimator(estimator), func=forth, inverse_func=back, check_inverse=False)
    return wrapped.fit(sample, np.arange(1.0, len(sample) + 1.0))

"""What a transformer's output columns are made of, as its own names tell."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np

from xai.lineage.result import Sources

_SENTINEL = re.compile("\u27e6(\\d+)\u27e7")
# Their output names look one-to-one, but a filled or normed value depends on the other columns.
_MIXING = ("KNNImputer", "IterativeImputer", "Normalizer")
# NumPy's element-wise functions that are no ufuncs
_BY_ELEMENT = (np.nan_to_num, np.round, np.around, np.clip, np.real, np.fix)


def named_sources(transformer: Any, inputs: int) -> list[Sources] | None:
    """Positions of the inputs each output is made of; None where the names do not tell.

    The inputs are renamed to sentinels, and the outputs' names are searched for them.
    """
    kind = type(transformer).__name__
    if kind in _MIXING:
        return None
    if kind == "FunctionTransformer" and _by_element(transformer):
        return [frozenset([position]) for position in range(inputs)]
    names = _names_from_sentinels(transformer, inputs)
    if names is None:
        return None
    found = [frozenset(int(number) for number in _SENTINEL.findall(str(name))) for name in names]
    constant = "1" if kind == "PolynomialFeatures" else None
    if not all(origin or name == constant for origin, name in zip(found, names, strict=True)):
        return None  # a name that tells nothing: "pca0"
    return found


def _by_element(transformer: Any) -> bool:
    """NumPy's own element-wise functions act column by column; any other may not, unless it says so itself."""
    function = transformer.func
    return function is None or isinstance(function, np.ufunc) or any(function is known for known in _BY_ELEMENT)


def _names_from_sentinels(transformer: Any, inputs: int) -> list[Any] | None:
    if not hasattr(transformer, "get_feature_names_out"):
        return None
    sentinels = np.array([f"\u27e6{position}\u27e7" for position in range(inputs)], dtype=object)
    renamed = copy.copy(transformer)
    if "feature_names_in_" in vars(renamed):
        renamed.feature_names_in_ = sentinels
    try:
        return list(renamed.get_feature_names_out(sentinels))
    except (
        ValueError,
        AttributeError,
        TypeError,
        IndexError,
    ):  # custom transformers may not know the protocol
        return None

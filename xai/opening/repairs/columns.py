"""ColumnTransformer: which columns go where, and what comes out at which place."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils._indexing import _get_column_indices

from xai.errors import OpeningError
from xai.limits import limits
from xai.opening.repairs.names import RemainderColumns


def remainder_as_list(transformer: Any) -> list[str]:
    """1.5 to 1.7: the remainder's columns as the plain list that ColumnTransformer keeps today."""
    before = [*getattr(transformer, "transformers_", []), getattr(transformer, "_remainder", None) or ()]
    if not any(isinstance(part, RemainderColumns) for entry in before for part in entry):
        return []
    *transformers, remainder = [
        tuple(list(part) if isinstance(part, RemainderColumns) else part for part in entry) for entry in before
    ]
    transformer.transformers_ = transformers
    if remainder:
        transformer._remainder = remainder
    return ["ColumnTransformer.transformers_"]


def names_and_positions(transformer: Any) -> list[str]:
    """Up to 0.24: names of the columns were kept elsewhere, and their positions looked up for every table anew."""
    state = vars(transformer)
    if "transformers_" not in state or "_transformer_to_input_indices" in state:
        return []
    names = state.get("_df_columns")
    named = names is not None and all(isinstance(name, str) for name in names)
    if named:
        transformer.feature_names_in_ = np.asarray(list(names), dtype=object)
    count = len(names) if names is not None else int(state["_n_features"])
    if count > limits().table_columns:  # no table has so many: before they are counted through
        raise OpeningError("corrupt-model", part="ColumnTransformer", found="_n_features")
    transformer.n_features_in_ = count
    rows = pd.DataFrame(columns=names) if names is not None else np.empty((0, count))
    positions = {name: list(_get_column_indices(rows, columns)) for name, _, columns in transformer.transformers_}
    taken = {position for places in positions.values() for position in places}
    positions.setdefault("remainder", sorted({*range(count)} - taken))
    transformer._transformer_to_input_indices = positions
    if named:
        for name, part, columns in transformer.transformers_:
            if not np.isscalar(columns):  # one column by its name alone comes without one
                _name_inputs(part, transformer.feature_names_in_[positions[name]])
    return ["ColumnTransformer.feature_names_in_"] if named else ["ColumnTransformer.n_features_in_"]


def _name_inputs(part: Any, names: np.ndarray) -> None:
    """What a part is given has names; today it remembers them, and asks where they are if it does not."""
    if isinstance(part, Pipeline):
        _name_inputs(part.steps[0][1], names)
    elif isinstance(part, FeatureUnion):
        for _, inner in part.transformer_list:
            _name_inputs(inner, names)
    elif isinstance(part, BaseEstimator):
        vars(part).setdefault("feature_names_in_", names)


def passthrough(transformer: Any) -> list[str]:
    """Up to 1.3: columns that pass unchanged were the word "passthrough"; today a fitted transformer stands there."""
    entries = getattr(transformer, "transformers_", None) or []
    if not any(_is_word(step) for _, step, _ in entries):
        return []
    places = transformer._transformer_to_input_indices
    transformer.transformers_ = [
        (name, _unchanged(transformer, places[name]) if _is_word(step) else step, columns)
        for name, step, columns in entries
    ]
    return ["ColumnTransformer.passthrough"]


def _is_word(step: Any) -> bool:
    return isinstance(step, str) and step == "passthrough"


def _unchanged(owner: Any, places: list[int]) -> FunctionTransformer:
    """As ColumnTransformer makes it today, fitted on these columns."""
    made = FunctionTransformer(accept_sparse=True, check_inverse=False, feature_names_out="one-to-one")
    made.n_features_in_ = len(places)
    if "feature_names_in_" in vars(owner):
        made.feature_names_in_ = owner.feature_names_in_[places]
    return made


def output_positions(transformer: Any) -> list[str]:
    """Up to 0.24: where the outputs of each part stand, from their number. Left open where a part cannot tell it."""
    state = vars(transformer)
    if "transformers_" not in state or "output_indices_" in state:
        return []
    positions = state["_transformer_to_input_indices"]
    widths = {name: _width(part, len(positions[name])) for name, part, _ in transformer.transformers_}
    if None in widths.values():  # then nothing is known of which outputs belong to which column
        transformer.output_indices_ = {}
        return []
    ends = np.cumsum([0, *widths.values()]).tolist()
    places = {name: slice(*pair) for name, pair in zip(widths, pairwise(ends), strict=True)}
    transformer.output_indices_ = {"remainder": slice(0, 0)} | places
    return ["ColumnTransformer.output_indices_"]


def _width(part: Any, count: int) -> int | None:
    """How many columns a fitted part makes of so many; None where it cannot tell."""
    if count == 0 or part == "drop":
        return 0
    if part is None or part == "passthrough":
        return count
    if isinstance(part, Pipeline):
        for _, step in part.steps:
            count = None if count is None else _width(step, count)
        return count
    if isinstance(part, FunctionTransformer) and isinstance(part.func, np.ufunc):  # value by value
        return count
    try:
        return len(part.get_feature_names_out())
    except (AttributeError, TypeError, ValueError):  # not every transformer names its outputs, least of all an old one
        return None

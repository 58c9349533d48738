"""Columns that XGBoost and LightGBM were given as categories: a table's text becomes the categories they know.

Both want pandas' own type for that. LightGBM keeps the names of the categories; XGBoost does since 3.1, before it kept
only their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from xai.encoding import split
from xai.errors import MatchError

_LISTED = re.compile(r"^\[categorical_feature: ([\d,]+)\]$", re.MULTILINE)


def with_categories(frame: pd.DataFrame, estimator: Any) -> pd.DataFrame:
    """(n, columns) the same rows, with the type of categories where the model was fitted on it.

    Values the model does not know stay what they are, so that its library treats them as it always does.
    Raises MatchError("categories-without-names") for text where the model knows numbers only.
    """
    transformers, final, _ = split(estimator)
    if transformers:
        return frame
    known = _known(final, list(frame.columns))
    nameless = [name for name, values in known.items() if values is None]
    if texts := [str(name) for name in nameless if not pd.api.types.is_numeric_dtype(frame[name].dtype)]:
        raise MatchError("categories-without-names", columns=", ".join(texts))
    changed = {name: _typed(frame[name], values) for name, values in known.items() if values is not None}
    return frame.assign(**changed) if changed else frame


def _typed(series: pd.Series, values: Sequence[Any]) -> pd.Series:
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.dtype.categories.dtype)
    missing = set(values)
    others = [value for value in series.dropna().unique().tolist() if value not in missing]
    return series.astype(pd.CategoricalDtype([*values, *others]))


def _known(final: Any, columns: list[str]) -> Mapping[str, list[Any] | None]:
    """Column -> its categories; None where the model has only their numbers."""
    if hasattr(final, "get_booster"):
        return _of_xgboost(final.get_booster(), columns)
    if hasattr(final, "booster_") and getattr(final.booster_, "pandas_categorical", None):
        return _of_lightgbm(final.booster_, columns)
    return {}


def _of_xgboost(booster: Any, columns: list[str]) -> Mapping[str, list[Any] | None]:
    kinds = booster.feature_types or []
    if "c" not in kinds or len(kinds) != len(columns):
        return {}
    written = booster.get_categories(export_to_arrow=True).to_arrow() or [(name, None) for name in columns]
    named = [None if values is None else values.to_pylist() for _, values in written]
    return {column: named[place] for place, column in enumerate(columns) if kinds[place] == "c"}


def _of_lightgbm(booster: Any, columns: list[str]) -> Mapping[str, list[Any] | None]:
    listed = _LISTED.search(booster.model_to_string(num_iteration=1))
    places = [int(place) for place in listed.group(1).split(",")] if listed else []
    if len(places) != len(booster.pandas_categorical) or max(places, default=0) >= len(columns):
        return {}
    return {columns[place]: values for place, values in zip(sorted(places), booster.pandas_categorical, strict=True)}

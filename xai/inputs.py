"""Inputs: a step in front of a model that makes its columns, each from one column of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

Function = Callable[[pd.Series], Any]


class Inputs(TransformerMixin, BaseEstimator):
    """Gives a model the columns it was trained with, so that everything else can speak of the table's own columns.

    Each output is made from one column of the table and from nothing else: that is what keeps explanations on the
    table's columns exact. There is nothing to fit.

    Parameters
    ----------
    columns : output -> the table's column, or -> (the table's column, a function of that column). Functions get a
        Series (n,) and return a Series or an array (n,).
    named : the model was fitted on a DataFrame and gets one; else it gets a plain array (n, outputs).

    Examples
    --------
    >>> inputs = Inputs({"age": "Age", "city_Paris": ("city", lambda column: column == "Paris")})
    >>> pipeline = sklearn.pipeline.make_pipeline(inputs, model)  # doctest: +SKIP
    """

    def __init__(self, columns: Mapping[str, str | tuple[str, Function]], named: bool = True) -> None:
        self.columns = columns
        self.named = named

    @property
    def feature_names_in_(self) -> np.ndarray:
        """(C,) the table's columns, in the order of their first use."""
        return np.array(list(dict.fromkeys(self._sources())), dtype=object)

    @property
    def n_features_in_(self) -> int:
        return len(self.feature_names_in_)

    def fit(self, frame: Any = None, target: Any = None) -> Inputs:
        """Nothing is learned."""
        return self

    def transform(self, frame: pd.DataFrame) -> Any:
        """(n, outputs) what the model is given. ValueError where a column is missing."""
        absent = [name for name in self.feature_names_in_ if name not in frame.columns]
        if absent:
            raise ValueError(f"columns are missing: {', '.join(absent)}")
        made = pd.DataFrame({name: self._made(frame, name) for name in self.columns}, index=frame.index)
        if self.named:
            return made
        numeric = all(pd.api.types.is_numeric_dtype(kind) for kind in made.dtypes)
        return made.to_numpy(dtype=np.float64 if numeric else object)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """(outputs,) the model's names; with `input_features` (C,), for each output the one it is made from."""
        if input_features is None:
            return np.array(list(self.columns), dtype=object)
        called = dict(zip(self.feature_names_in_, input_features, strict=True))
        return np.array([called[source] for source in self._sources()], dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def _made(self, frame: pd.DataFrame, name: str) -> Any:
        recipe = self.columns[name]
        if isinstance(recipe, str):
            return frame[recipe]
        source, function = recipe
        made = function(frame[source])
        return made if isinstance(made, pd.Series) else pd.Series(np.asarray(made), index=frame.index)

    def _sources(self) -> list[str]:
        return [recipe if isinstance(recipe, str) else recipe[0] for recipe in self.columns.values()]

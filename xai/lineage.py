"""Lineage: which original columns every encoded column comes from, read off the fitted preprocessing.

The trick: each fitted transformer is asked for its output names after its inputs were renamed to sentinels that no
data contains. What a name is made of is what the column is computed from. Transformers whose names do not tell (PCA),
or whose outputs depend on other columns than their name says (KNN imputation), count as mixing.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, Pipeline

_SENTINEL = re.compile("\u27e6(\\d+)\u27e7")
# Their output names look one-to-one, but a filled value depends on the other columns.
_MIXING = ("KNNImputer", "IterativeImputer", "Normalizer")

Sources = frozenset[int]


class Mixed(Exception):
    """Some step mixes columns; `step` names it."""

    def __init__(self, step: str) -> None:
        self.step = step
        super().__init__(step)


@dataclass(frozen=True)
class Lineage:
    """For every encoded column the positions of the original columns it is computed from."""

    sources: tuple[Sources, ...]

    @property
    def separable(self) -> bool:
        """Every encoded column depends on at most one original column."""
        return all(len(source) <= 1 for source in self.sources)

    @property
    def players(self) -> np.ndarray:
        """(E,) position of the one original column of each encoded column; -1 for constants."""
        return np.array([next(iter(source), -1) for source in self.sources], dtype=np.int64)


def lineage(transformers: Sequence[Any], columns: Sequence[str]) -> Lineage:
    """Follow the original columns through fitted transformers. Raises Mixed where a step cannot be followed."""
    sources: list[Sources] = [frozenset([position]) for position in range(len(columns))]
    names: list[Any] | None = list(columns)
    for transformer in transformers:
        sources = through(transformer, sources, names)
        names = _output_names(transformer, names)
    return Lineage(tuple(sources))


def through(transformer: Any, sources: list[Sources], names: list[Any] | None) -> list[Sources]:
    """Sources of the outputs of one transformer, given the sources of its inputs."""
    if transformer is None or (isinstance(transformer, str) and transformer == "passthrough"):
        return sources
    if isinstance(transformer, Pipeline):
        for _, step in transformer.steps:
            sources, names = through(step, sources, names), _output_names(step, names)
        return sources
    if isinstance(transformer, ColumnTransformer):
        return _through_column_transformer(transformer, sources, names)
    if isinstance(transformer, FeatureUnion):
        parts = [through(part, sources, names) for _, part in transformer.transformer_list if part != "drop"]
        return [source for part in parts for source in part]
    return _through_names(transformer, sources)


def _through_column_transformer(
    transformer: ColumnTransformer, sources: list[Sources], names: list[Any] | None
) -> list[Sources]:
    outputs: dict[int, Sources] = {}
    for name, part, selected in transformer.transformers_:
        place = transformer.output_indices_.get(name)
        if place is None or place.start == place.stop:  # dropped, or nothing was selected
            continue
        positions = column_positions(selected, transformer, names)
        taken = [sources[position] for position in positions]
        width, origin = place.stop - place.start, frozenset[int]().union(*taken)
        if len(origin) <= 1:  # whatever is made of a single column depends on that column only
            inner = [origin] * width
        else:
            inner = through(part, taken, None if names is None else [names[position] for position in positions])
        if len(inner) != width:
            raise Mixed(type(part).__name__)
        outputs |= dict(zip(range(place.start, place.stop), inner, strict=True))
    return [outputs[position] for position in sorted(outputs)]


def column_positions(selected: Any, transformer: ColumnTransformer, names: list[Any] | None) -> list[int]:
    """The input positions a fitted ColumnTransformer hands to one part: lists, slices, masks, names."""
    known = list(getattr(transformer, "feature_names_in_", names if names is not None else []))
    count = int(getattr(transformer, "n_features_in_", len(known)))
    if hasattr(selected, "data") and isinstance(selected.data, list):  # a list that warns when it is read
        selected = selected.data
    if isinstance(selected, str):
        selected = [selected]
    if isinstance(selected, slice):
        bounds = [known.index(end) if isinstance(end, str) else end for end in (selected.start, selected.stop)]
        if isinstance(selected.stop, str):
            bounds[1] += 1  # slices of labels include their end
        return list(range(count))[slice(bounds[0], bounds[1], selected.step)]
    items = list(np.atleast_1d(np.asarray(selected, dtype=object))) if not np.isscalar(selected) else [selected]
    if items and all(isinstance(item, bool | np.bool_) for item in items):
        return [position for position, wanted in enumerate(items) if wanted]
    return [known.index(item) if isinstance(item, str) else int(item) % count for item in items]


def _through_names(transformer: Any, sources: list[Sources]) -> list[Sources]:
    """Ask the transformer for its output names with sentinels as input names."""
    kind = type(transformer).__name__
    if kind in _MIXING:
        raise Mixed(kind)
    sentinels = np.array([f"\u27e6{position}\u27e7" for position in range(len(sources))], dtype=object)
    if kind == "FunctionTransformer":
        return _through_function(transformer, sources)
    if not hasattr(transformer, "get_feature_names_out"):
        raise Mixed(kind)
    renamed = copy.copy(transformer)
    if "feature_names_in_" in vars(renamed):
        renamed.feature_names_in_ = sentinels
    try:
        names = renamed.get_feature_names_out(sentinels)
    except (
        ValueError,
        AttributeError,
        TypeError,
        IndexError,
    ) as error:  # custom transformers may not know the protocol
        raise Mixed(kind) from error
    found = [frozenset(int(number) for number in _SENTINEL.findall(str(name))) for name in names]
    constant = "1" if kind == "PolynomialFeatures" else None
    if not all(origin or name == constant for origin, name in zip(found, names, strict=True)):
        raise Mixed(kind)  # a name that tells nothing: "pca0"
    return [frozenset().union(*(sources[position] for position in origin)) for origin in found]


def _through_function(transformer: Any, sources: list[Sources]) -> list[Sources]:
    """NumPy's own element-wise functions act column by column; anything else may not."""
    if transformer.func is None or isinstance(transformer.func, np.ufunc):
        return sources
    raise Mixed("FunctionTransformer")


def _output_names(transformer: Any, names: list[Any] | None) -> list[Any] | None:
    if transformer is None or isinstance(transformer, str):
        return names
    try:
        return list(transformer.get_feature_names_out())
    except (ValueError, AttributeError, TypeError, NotImplementedError):
        return None


def as_matrix(encoded: Any) -> np.ndarray | None:
    """A dense float matrix of what a transformer returned; None where it holds text."""
    if hasattr(encoded, "toarray"):
        encoded = encoded.toarray()
    if isinstance(encoded, pd.DataFrame) and not all(pd.api.types.is_numeric_dtype(kind) for kind in encoded.dtypes):
        return None
    try:
        return np.ascontiguousarray(np.asarray(encoded), dtype=np.float64)
    except (TypeError, ValueError):
        return None

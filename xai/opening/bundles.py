"""The model of a bundle together with what lies beside it: scalers and encoders that its columns must go through.

They are put in front of the model where their columns fit it and nothing else would, never by chance: what fits in
several ways, or in none, is left out and said.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder, OrdinalEncoder

from xai.encoding import split
from xai.model import expected_columns, expected_count
from xai.opening.entries import Part
from xai.opening.hints import columns_in, key_of

_LONGEST_CHAIN = 3
# Which of two transformers of the same width comes first: by the end of its class name.
_ORDER = ("Imputer", "Encoder", "PolynomialFeatures", "SplineTransformer", "Scaler", "Transformer", "Normalizer")
_AFFIXES = ("label_encoder", "labelencoder", "encoder", "encoding", "le", "enc", "lbl")


@dataclass(frozen=True)
class Joined:
    """A model with what was put in front of it."""

    estimator: Any
    used: tuple[str, ...]  # paths, in the order in which a row goes through them
    left: tuple[str, ...]  # of transformers that were not applied
    columns: tuple[str, ...] | None  # the names of the inputs, where only the bundle knows them


def join(model: Part, parts: Sequence[Part]) -> Joined:
    """Put in front of the model what clearly belongs there."""
    beside = [part for part in parts if _prepares(part.thing) and part.thing is not model.thing]
    inside = {id(each) for part in (model, *beside) for each in _inside(part.thing)}
    beside = [part for part in _once(beside) if id(part.thing) not in inside]
    chain = _chain(model.thing, [part for part in beside if not isinstance(part.thing, LabelEncoder)])
    first = chain[0].thing if chain else model.thing
    listed = columns_in(parts, expected_count(first))
    names = expected_columns(first) or listed
    own = _has_steps(model.thing) and not chain
    free = [] if own or names is None else [part for part in beside if part not in chain]
    steps, used = _in_place(names or (), free)
    steps += [(_step_name(part.path), part.thing) for part in chain]
    taken = [*used, *(part.path for part in chain)]
    estimator = Pipeline([*steps, ("model", model.thing)]) if steps else model.thing
    left = tuple(part.path for part in beside if part.path not in taken)
    return Joined(estimator, tuple(taken), left, None if expected_columns(estimator) else listed)


def chained(parts: Sequence[Part], model: Part) -> Any:
    """The model behind exactly these transformers, as somebody asked."""
    steps = [(_step_name(part.path), part.thing) for part in parts]
    return Pipeline([*steps, ("model", model.thing)]) if steps else model.thing


# --- transformers that a whole row goes through ----------------------------------------------------------------------


def _chain(model: Any, beside: list[Part]) -> list[Part]:
    """Transformers whose outputs are the inputs of the next one, the last of them the model's."""
    found: list[Part] = []
    target = model
    while len(found) < _LONGEST_CHAIN:
        fitting = [part for part in beside if part not in found and _feeds(part.thing, target)]
        if found == [] and _has_steps(model):  # it prepares its rows itself; only another width shows that more is due
            fitting = [part for part in fitting if expected_count(part.thing) != expected_count(model)]
        if not fitting:
            break
        last = max(_rank(part.thing) for part in fitting)
        ranked = [part for part in fitting if _rank(part.thing) == last]
        if len(ranked) > 1:  # they fit in any order: nothing tells which was meant
            return []
        found.insert(0, ranked[0])
        target = ranked[0].thing
    return found


def _feeds(transformer: Any, target: Any) -> bool:
    """Whether what comes out is what the next one was fitted on: as many columns, of the same names if it knows any."""
    names, wanted = _names_out(transformer), expected_columns(target)
    count = expected_count(target)
    if names is None or count is None or len(names) != count:
        return False
    return wanted is None or list(wanted) == names


def _names_out(transformer: Any) -> list[str] | None:
    try:
        return [str(name) for name in transformer.get_feature_names_out()]
    except (AttributeError, ValueError, TypeError, NotImplementedError):  # not all transformers can tell
        return None


def _rank(transformer: Any) -> int:
    name = type(split(transformer)[1]).__name__
    return next((place for place, ending in enumerate(_ORDER) if name.endswith(ending)), len(_ORDER))


def _has_steps(model: Any) -> bool:
    return bool(split(model)[0])


# --- transformers of some columns ------------------------------------------------------------------------------------


def _in_place(names: Sequence[str], beside: list[Part]) -> tuple[list[tuple[str, Any]], list[str]]:
    """Steps that change some columns and leave all others, and their order, as they are."""
    labels = {column: part for part in beside if (column := column_of(part, names)) is not None}
    steps: list[tuple[str, Any]] = []
    if labels:
        known = [np.asarray(part.thing.classes_) for part in labels.values()]
        encoder = OrdinalEncoder(categories=known)
        example = pd.DataFrame({column: values[:1] for column, values in zip(labels, known, strict=True)})
        steps += _around(encoder.fit(example), "encoders", list(labels), names, example)
    used = [part.path for part in labels.values()]
    for part in sorted(beside, key=lambda part: _rank(part.thing)):
        own = expected_columns(part.thing)
        partial = own is not None and set(own) < set(names) and _names_out(part.thing) == list(own)
        if partial and part.path not in used:
            steps += _around(part.thing, _step_name(part.path), list(own), names, _example(part.thing, own))
            used.append(part.path)
    return steps, used


def _around(
    transformer: Any, name: str, own: list[str], names: Sequence[str], example: pd.DataFrame
) -> list[tuple[str, Any]]:
    """A transformer of some columns as two steps for all: it, and the columns in their order again."""
    inner = copy.copy(transformer).set_output(transform="pandas")
    whole = example.assign(**{column: 0.0 for column in names if column not in own})[list(names)]
    parts = ColumnTransformer(
        [(name, FrozenEstimator(inner), own)], remainder="passthrough", verbose_feature_names_out=False
    ).set_output(transform="pandas")
    moved = parts.fit_transform(whole)
    # the frozen wrapper has served: nothing was fitted, and lineage asks the transformer itself
    parts.transformers_ = [(each, inner if each == name else step, *rest) for each, step, *rest in parts.transformers_]
    order = ColumnTransformer([("order", "passthrough", list(names))], verbose_feature_names_out=False)
    return [(name, parts), (f"{name}-order", order.set_output(transform="pandas").fit(moved))]


def _example(transformer: Any, own: Sequence[str]) -> pd.DataFrame:
    """A row that the transformer knows."""
    categories = getattr(transformer, "categories_", None)
    if categories is None:
        return pd.DataFrame({column: [0.0] for column in own})
    return pd.DataFrame({column: values[:1] for column, values in zip(own, categories, strict=True)})


def column_of(part: Part, names: Sequence[str]) -> str | None:
    """The column that a LabelEncoder belongs to: its key is the column's name, perhaps with a word for encoder."""
    if not (isinstance(part.thing, LabelEncoder) and hasattr(part.thing, "classes_")):
        return None
    key, known = key_of(part.path), {str(name).lower(): str(name) for name in names}
    bare = [key]
    for affix in _AFFIXES:
        bare += [key.removeprefix(f"{affix}_"), key.removesuffix(f"_{affix}")]
    return next((known[word] for word in bare if word in known), None)


# --- small helpers ---------------------------------------------------------------------------------------------------


def _prepares(thing: Any) -> bool:
    fitting = hasattr(thing, "transform") and hasattr(thing, "fit") and not isinstance(thing, type)
    return fitting and not hasattr(thing, "predict")


def _once(parts: Iterable[Part]) -> list[Part]:
    return list({id(part.thing): part for part in reversed(list(parts))}.values())[::-1]


def _inside(thing: Any) -> list[Any]:
    """The steps of a pipeline, the parts of a ColumnTransformer, and what is inside those."""
    found: list[Any] = []
    for name in ("steps", "transformers_", "transformers", "transformer_list"):
        for entry in getattr(thing, name, None) or ():
            if isinstance(entry, tuple) and len(entry) > 1 and hasattr(entry[1], "fit"):
                found += [entry[1], *_inside(entry[1])]
    for name in ("best_estimator_", "estimator", "regressor_"):
        inner = getattr(thing, name, None)
        if hasattr(inner, "fit"):
            found += [inner, *_inside(inner)]
    return found


def _step_name(path: str) -> str:
    """Pipelines take two underscores for something else, and the last step is the model."""
    name = path.replace("__", "_")
    return f"{name}-input" if name == "model" else name

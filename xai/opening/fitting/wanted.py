"""What a fitted model wants of each of its columns: its name, numbers or text, and the categories it knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from xai.encoding import split
from xai.lineage import column_positions
from xai.model import expected_columns, expected_count
from xai.results import plain_scalar

Kind = Literal["number", "categories", "category-type", "text", "nothing", "unknown"]

# They pass values on as they are, gaps filled: what comes after them decides.
_FILLING = ("SimpleImputer", "FrozenEstimator")
_SCALING = ("Scaler", "Normalizer", "PowerTransformer", "QuantileTransformer")
_TEXT = ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer")
_CATEGORICAL = re.compile(r"\[categorical_feature: ([\d,]+)\]")


@dataclass(frozen=True)
class Want:
    """One column. "nothing": the model drops it; "unknown": only trying tells."""

    kind: Kind = "unknown"
    categories: tuple[Any, ...] = ()  # those the model knows, where its encoder says so
    tolerant: bool = False  # a category it does not know is no error


@dataclass(frozen=True)
class Wanted:
    """All columns of a model."""

    names: tuple[str, ...] | None  # None: it was fitted on a plain array, and nobody wrote its columns down
    count: int | None  # how many columns it saw, where it says so
    framed: bool = True  # it was fitted on a DataFrame and gets one
    columns: Mapping[str, Want] = field(default_factory=dict)  # by name; by position ("0", "1", …) without names
    scales: bool = False  # a step of it scales its input

    def of(self, name: str) -> Want:
        return self.columns.get(name, Want())

    @property
    def needed(self) -> tuple[str, ...]:
        """The names without those it only drops."""
        return tuple(name for name in self.names or () if self.of(name).kind != "nothing")

    @property
    def single(self) -> bool:
        """Whether one column is all it takes."""
        return (self.count if self.names is None else len(self.needed)) == 1


def wanted(estimator: Any, noted: Sequence[str] | None = None) -> Wanted:
    """Read off the fitted steps; nothing is predicted. `noted`: names that lay beside the model."""
    own, count = expected_columns(estimator), expected_count(estimator)
    names = own or (tuple(noted) if noted else None)
    transformers, final, _ = split(estimator)
    called = list(names) if names is not None else [str(place) for place in range(count or 0)]
    try:
        found = _through((*transformers, final), called)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # steps of other libraries and versions
        found = {}
    return Wanted(names, count, own is not None or count is None, found, any(map(_scales, transformers)))


def _scales(step: Any) -> bool:
    """Whether a step, or one inside it, brings its columns to one scale."""
    if isinstance(step, Pipeline):
        return any(_scales(inner) for _, inner in step.steps)
    if isinstance(step, ColumnTransformer):
        return any(_scales(part) for _, part, _ in step.transformers_)
    return type(step).__name__.endswith(_SCALING)


def _through(steps: Sequence[Any], names: list[str]) -> dict[str, Want]:
    """What a chain of steps wants of its inputs: the first step that is not indifferent decides."""
    for place, step in enumerate(steps):
        kind = type(step).__name__
        if isinstance(step, ColumnTransformer):
            return _by_parts(step, names, steps[place + 1 :])
        if kind == "SimpleImputer" and step.strategy in ("mean", "median"):
            return dict.fromkeys(names, Want("number"))
        if kind not in _FILLING:
            return _of_step(step, names)
    return dict.fromkeys(names, Want())


def _by_parts(step: ColumnTransformer, names: list[str], after: Sequence[Any]) -> dict[str, Want]:
    """Each part sees some columns. Those that are passed through meet the steps after it, under names unknown here."""
    if not names or len(names) != step.n_features_in_:
        return dict.fromkeys(names, Want())
    found: dict[str, list[Want]] = {name: [] for name in names}
    for _, part, selected in step.transformers_:
        taken = [names[place] for place in column_positions(selected, step, list(names))]
        if isinstance(part, str) and part == "drop":
            continue
        passed = isinstance(part, str) or type(part).__name__ == "FunctionTransformer"
        chain = part.steps if isinstance(part, Pipeline) else [("", part)]
        wants = _through([s for _, s in chain], taken) if not passed else dict.fromkeys(taken, _of_the_rest(after))
        for name, want in wants.items():
            found[name].append(want)
    return {name: _strictest(wants) for name, wants in found.items()}


def _strictest(wants: list[Want]) -> Want:
    """Of several parts that take the same column; a column that no part takes is dropped."""
    if not wants:
        return Want("nothing")
    order = ("number", "categories", "category-type", "text", "unknown", "nothing")
    return min(wants, key=lambda want: order.index(want.kind))


def _of_the_rest(after: Sequence[Any]) -> Want:
    """Columns that are passed through end in a final estimator that knows only numbers, if nothing stands between."""
    return _of_step(after[0], ["0"])["0"] if len(after) == 1 else Want()


def _of_step(step: Any, names: list[str]) -> dict[str, Want]:
    kind, module = type(step).__name__, type(step).__module__
    if (known := _known_categories(step, names)) is not None:
        return known
    if kind in _TEXT:
        return dict.fromkeys(names, Want("text"))
    if module.startswith("lightgbm"):
        return _of_lightgbm(step, names)
    if module.startswith("xgboost"):
        return _of_xgboost(step, names)
    if kind.startswith("HistGradientBoosting") and getattr(step, "_preprocessor", None) is not None:
        return _of_histogram_boosting(step, names)
    if module.startswith("sklearn.") and kind not in ("FunctionTransformer", "FeatureUnion", "FeatureHasher"):
        return dict.fromkeys(names, Want("number"))
    return dict.fromkeys(names, Want())


def _known_categories(step: Any, names: list[str]) -> dict[str, Want] | None:
    """scikit-learn's encoders list the categories of each column."""
    known = getattr(step, "categories_", None)
    if not isinstance(known, list) or len(known) != len(names):
        return None
    tolerant = getattr(step, "handle_unknown", "ignore") != "error"
    lists = [tuple(_plain(value) for value in np.asarray(categories, dtype=object)) for categories in known]
    return {name: Want("categories", values, tolerant) for name, values in zip(names, lists, strict=True)}


def _plain(value: Any) -> Any:
    """Python's own value; a missing one is None."""
    return plain_scalar(value)


def _of_histogram_boosting(step: Any, names: list[str]) -> dict[str, Want]:
    encoder = step._preprocessor.named_transformers_["encoder"]
    places = np.flatnonzero(step.is_categorical_)
    found = dict.fromkeys(names, Want("number"))
    for place, categories in zip(places, encoder.categories_, strict=True):
        found[names[place]] = Want("categories", tuple(map(_plain, categories)), tolerant=True)
    return found


def _of_lightgbm(step: Any, names: list[str]) -> dict[str, Want]:
    """Columns of pandas' type "category" have to come as that type again."""
    booster = step.booster_
    lists = booster.pandas_categorical or []
    places = _CATEGORICAL.search(booster.model_to_string(num_iteration=1))
    found = dict.fromkeys(names, Want("number"))
    if not lists or places is None:
        return found
    columns = [int(place) for place in places[1].split(",")]
    if len(columns) == len(lists):
        pairs = zip(columns, lists, strict=True)
        found |= {names[place]: Want("category-type", tuple(values), tolerant=True) for place, values in pairs}
    return found


def _of_xgboost(step: Any, names: list[str]) -> dict[str, Want]:
    kinds = step.get_booster().feature_types or []
    if len(kinds) != len(names):
        return dict.fromkeys(names, Want("number"))
    stored = _stored_by_xgboost(step.get_booster())
    return {
        name: Want("category-type", stored.get(name, ()), tolerant=True) if kind == "c" else Want("number")
        for name, kind in zip(names, kinds, strict=True)
    }


def _stored_by_xgboost(booster: Any) -> dict[str, tuple[Any, ...]]:
    """Since version 3.1 a model knows its categories; before, only their order in the training data counted."""
    if not hasattr(booster, "get_categories"):
        return {}
    found = booster.get_categories(export_to_arrow=True).to_arrow()
    return {name: tuple(values.to_pylist()) for name, values in found or () if values is not None}

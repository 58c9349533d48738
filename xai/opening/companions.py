"""A preprocessing that was saved apart from its model: in front of all of it, or for single columns, or not for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xai.errors import MatchError
from xai.model import expected_columns, expected_count
from xai.results import plain_scalar

Scale = tuple[float, float]
"""(center, scale): a value becomes (value - center) / scale."""


@dataclass(frozen=True)
class Companion:
    """What a fitted scaler or encoder does to single columns. Columns are called as in the training data."""

    kind: str  # its class
    count: int  # how many columns it was fitted on
    scales: Mapping[str, Scale] = field(default_factory=dict)
    unnamed_scales: tuple[Scale, ...] = ()  # it does not say of which columns
    one_hot: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)  # column -> values that have a column
    codes: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)  # column -> values in the order of their codes
    labels: tuple[Any, ...] = ()  # of a LabelEncoder: it does not say of which column


@dataclass(frozen=True)
class Beside:
    """What was found beside a model, in its own file or in another."""

    columns: tuple[str, ...] | None = None  # names of its inputs, where it does not know them
    classes: tuple[Any, ...] = ()  # names of its classes, where it only counts them
    target: str | None = None  # the outcome's column
    companion: Companion | None = None


NOTHING = Beside()


def stands_in_front(model: Any, transformer: Any) -> bool:
    """Whether all columns of the model come out of the transformer.

    Raises MatchError "companion-width" (companion, gives, wants) where it cannot belong to this model.
    """
    gives, wants = _width(transformer), expected_count(model)
    if _is_label_encoder(transformer):
        return False
    if gives is None or wants is None:  # only trying tells
        return True
    if gives == wants and _in_order(model, transformer):
        return True
    if for_columns(transformer) is None:
        raise MatchError("companion-width", companion=type(transformer).__name__, gives=gives, wants=wants)
    return False


def for_columns(transformer: Any) -> Companion | None:
    """The transformer as what it does to each column; None where it does more than that."""
    kind = type(transformer).__name__
    count = int(getattr(transformer, "n_features_in_", 0))
    names = [str(name) for name in getattr(transformer, "feature_names_in_", [])]
    if _is_label_encoder(transformer):
        return Companion(kind, 1, labels=_plain(transformer.classes_))
    if (scales := _scales(transformer)) is not None:
        named = dict(zip(names, scales, strict=True)) if names else {}
        return Companion(kind, count, scales=named, unnamed_scales=() if names else scales)
    if kind == "OneHotEncoder" and names:
        dropped = transformer.drop_idx_ if transformer.drop_idx_ is not None else [None] * count
        kept = [_without(values, place) for values, place in zip(transformer.categories_, dropped, strict=True)]
        return Companion(kind, count, one_hot=dict(zip(names, kept, strict=True)))
    if kind == "OrdinalEncoder" and names:
        return Companion(kind, count, codes=dict(zip(names, map(_plain, transformer.categories_), strict=True)))
    return None


def _is_label_encoder(transformer: Any) -> bool:
    return type(transformer).__name__ == "LabelEncoder"


def _width(transformer: Any) -> int | None:
    """How many columns come out of it, where it says so."""
    if _scales(transformer) is not None:
        return int(transformer.n_features_in_)
    try:
        return len(transformer.get_feature_names_out())
    except (AttributeError, NotImplementedError, TypeError, ValueError):  # steps of one's own, or of old versions
        return None


def _in_order(model: Any, transformer: Any) -> bool:
    """Columns that keep their names have to keep their order as well."""
    wanted = expected_columns(model)
    if wanted is None or _scales(transformer) is None:
        return True
    names = [str(name) for name in getattr(transformer, "feature_names_in_", wanted)]
    return names == list(wanted) or set(names) != set(wanted)


def _scales(transformer: Any) -> tuple[Scale, ...] | None:
    """Center and scale of each column of scikit-learn's linear scalers."""
    kind, count = type(transformer).__name__, int(getattr(transformer, "n_features_in_", 0))
    centers, scales = np.zeros(count), np.ones(count)
    if kind == "StandardScaler":
        centers, scales = _or(transformer.mean_, centers, transformer.with_mean), _or(transformer.scale_, scales)
    elif kind == "RobustScaler":
        centers, scales = _or(transformer.center_, centers), _or(transformer.scale_, scales)
    elif kind == "MaxAbsScaler":
        scales = transformer.scale_
    elif kind == "MinMaxScaler":  # x * scale + min
        centers, scales = -transformer.min_ / transformer.scale_, 1 / transformer.scale_
    else:
        return None
    return tuple((float(center), float(scale)) for center, scale in zip(centers, scales, strict=True))


def _or(found: Any, default: np.ndarray, used: bool = True) -> np.ndarray:
    return default if found is None or not used else np.asarray(found)


def _without(values: Any, place: int | None) -> tuple[Any, ...]:
    return tuple(value for k, value in enumerate(_plain(values)) if k != place)


def _plain(values: Any) -> tuple[Any, ...]:
    return tuple(plain_scalar(value) for value in np.asarray(values, dtype=object))

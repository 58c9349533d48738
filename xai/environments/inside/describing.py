"""What a model says about itself, whichever version it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from xai.environments.inside.answering import METHODS
from xai.environments.inside.described import Described
from xai.errors import OpeningError
from xai.scalars import plain_scalar

_NAMED_IN = ("feature_names_in_", "feature_names_", "feature_name_")


def describe(model: Any, found: Mapping[str, str], key: str | None, keys: tuple[str, ...]) -> Described:
    """What the model says about itself."""
    steps = steps_of(model)
    kind = kind_of(model, steps[-1])
    classes = _attribute(model, "classes_")
    if isinstance(classes, list) and any(isinstance(each, np.ndarray) for each in classes):
        raise OpeningError("several-outputs", outputs=len(classes))
    labels = () if classes is None or kind == "regressor" else tuple(map(plain_scalar, classes))
    return Described(
        kind=kind,
        classes=labels,
        columns=columns_of(model, steps),
        count=count_of(model, steps),
        methods=tuple(name for name in METHODS if _has(model, steps[-1], name, len(labels))),
        steps=tuple(type(step).__name__ for step in steps),
        versions=dict(found),
        key=key,
        keys=keys,
    )


def steps_of(model: Any) -> list[Any]:
    """The model without its wrappers: the steps of pipelines and the best of searches, the final estimator last."""
    best = _attribute(model, "best_estimator_")
    if best is not None:
        return steps_of(best)
    if type(model).__name__ in ("Pipeline", "_ImbPipeline") and hasattr(model, "steps"):
        steps = [step for _, step in model.steps if step is not None and not isinstance(step, str)]
        return [*steps[:-1], *steps_of(steps[-1])]
    inner = _attribute(model, "regressor_")
    return steps_of(inner) if inner is not None else [model]


def kind_of(model: Any, final: Any) -> str:
    """What an estimator calls itself: by the attribute of old versions, or the tags of newer ones."""
    for thing in (model, final):
        kind = _attribute(thing, "_estimator_type")
        if kind is None:
            try:
                kind = thing.__sklearn_tags__().estimator_type
            except Exception:  # older than its tags, or a class that knows nothing of them
                kind = None
        if isinstance(kind, str):
            return kind
    return "classifier" if hasattr(model, "predict_proba") else "regressor"


def columns_of(model: Any, steps: list[Any]) -> tuple[str, ...]:
    """The names a model was fitted with; before 1.0 only a ColumnTransformer kept them, as `_df_columns`."""
    for thing in (model, steps[0]):
        for name in (*_NAMED_IN, "_df_columns"):
            names = _attribute(thing, name)
            if names is not None and not callable(names) and len(names):
                found = [str(each) for each in names]
                made_up = ([f"Column_{k}" for k in range(len(found))], [str(k) for k in range(len(found))])
                if found not in made_up:
                    return tuple(found)
    return ()


def count_of(model: Any, steps: list[Any]) -> int | None:
    """How many columns a model was fitted with."""
    for thing in (model, steps[0]):
        for name in ("n_features_in_", "n_features_", "_n_features"):
            count = _attribute(thing, name)
            if isinstance(count, (int, np.integer)):
                return int(count)
    # before 0.23 linear models tell it by their coefficients only
    weights = _attribute(steps[0], "coef_")
    return int(np.shape(weights)[-1]) if weights is not None and np.ndim(weights) else None


def _has(model: Any, final: Any, method: str, classes: int) -> bool:
    if method == "decision_function":
        by_pairs = _attribute(final, "decision_function_shape") == "ovo" and classes > 2
        return classes > 0 and not by_pairs and hasattr(model, method)
    return hasattr(model, method) and (method == "predict" or classes > 0)


def _attribute(thing: Any, name: str) -> Any:
    """Some attributes are computed, and fail where the model lacks what they are computed from."""
    try:
        return getattr(thing, name, None)
    except Exception:  # a property of somebody else's class may raise anything; it then says nothing
        return None

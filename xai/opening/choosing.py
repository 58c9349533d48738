"""The one model in what a file holds: the object itself, or the estimator in a dictionary, list or tuple."""

from __future__ import annotations

from typing import Any

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from xai.errors import OpeningError
from xai.results import Notice

_BOOSTERS = {
    "xgboost.core.Booster": "xgboost",
    "lightgbm.basic.Booster": "lightgbm",
    "catboost.core.CatBoost": "catboost",
}
_NO_TARGET = ("clusterer", "outlier_detector", "density_estimator")


def choose(thing: Any, object_key: str | None = None) -> tuple[Any, tuple[Notice, ...]]:
    """The fitted estimator, and a notice where it was picked out of several objects.

    Raises OpeningError: "several-models", "unknown-object", "only-preprocessing", "not-a-model", "native-booster",
    "no-fitted-model", "not-supervised".
    """
    parts = _parts(thing)
    if parts is None:
        if object_key is not None:
            raise OpeningError("unknown-object", key=object_key, keys="–")
        return _checked(thing), ()
    key = _key(parts, object_key)
    estimator = _checked(parts[key])
    others = [name for name, part in parts.items() if name != key and hasattr(part, "transform")]
    notices = [Notice("bundle-object", {"key": key, "keys": ", ".join(parts)})]
    if others:
        notices.append(Notice("bundle-leftover", {"keys": ", ".join(others)}))
    return estimator, tuple(notices)


def _parts(thing: Any) -> dict[str, Any] | None:
    """The named objects of a bundle; None for anything else."""
    if isinstance(thing, dict):
        return {str(key): part for key, part in thing.items()}
    if isinstance(thing, list | tuple):
        return {str(place): part for place, part in enumerate(thing)}
    return None


def _key(parts: dict[str, Any], asked: str | None) -> str:
    keys = ", ".join(list(parts)[:50]) or "–"
    if asked is not None:
        if asked not in parts:
            raise OpeningError("unknown-object", key=asked, keys=keys)
        return asked
    models = [key for key, part in parts.items() if _predicts(part)]
    if len(models) == 1:
        return models[0]
    if models:
        raise OpeningError("several-models", keys=", ".join(models), count=len(models))
    if preparing := [part for part in parts.values() if hasattr(part, "transform")]:
        raise OpeningError("only-preprocessing", found=type(preparing[0]).__name__)
    raise OpeningError("not-a-model", found=f"Python ({keys})")


def _predicts(part: Any) -> bool:
    return not isinstance(part, type) and hasattr(part, "predict") and hasattr(part, "fit")


def choose_preprocessing(thing: Any) -> Any:
    """The fitted transformer of a companion file. OpeningError "not-preprocessing", "no-fitted-model"."""
    if not hasattr(thing, "transform") or hasattr(thing, "predict"):
        raise OpeningError("not-preprocessing", found=type(thing).__name__)
    if not _fitted(thing):
        raise OpeningError("no-fitted-model", model=type(thing).__name__)
    return thing


def _checked(thing: Any) -> Any:
    """The same estimator, if it is one and can predict."""
    name = type(thing).__name__
    if library := _BOOSTERS.get(f"{type(thing).__module__}.{name}"):
        raise OpeningError("native-booster", library=library)
    if not _predicts(thing):
        only_prepares = hasattr(thing, "transform")
        raise OpeningError("only-preprocessing" if only_prepares else "not-a-model", found=name)
    if _kind(thing) in _NO_TARGET:
        raise OpeningError("not-supervised", model=name)
    if not _fitted(thing):
        raise OpeningError("no-fitted-model", model=name)
    return thing


def _kind(estimator: Any) -> str | None:
    tags = getattr(estimator, "__sklearn_tags__", None)
    stated = getattr(estimator, "_estimator_type", None)  # libraries that do not know the tags yet
    return stated or (tags().estimator_type if tags else None)


def _fitted(estimator: Any) -> bool:
    if callable(known := getattr(estimator, "is_fitted", None)):  # CatBoost
        return bool(known())
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return False
    except TypeError:  # it fits and predicts, but does not follow scikit-learn's conventions: let predicting tell
        return True
    return True

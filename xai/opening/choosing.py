"""The one model in what a file holds: the object itself, or the estimator in a dictionary, list or tuple.

Of several objects, in this order: what was asked for; the only fitted model; of several models the one that holds the
others, then the one with the most telling name (`_TELLING`). What lies beside it may go in front of it (`bundles`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import LabelEncoder
from sklearn.utils.validation import check_is_fitted

from xai.encoding import split
from xai.errors import OpeningError
from xai.model import classes_of, expected_columns, expected_count
from xai.opening import hints
from xai.opening.bundles import chained, column_of, join
from xai.opening.entries import Part, parts_of, role_of
from xai.opening.native.boosters import around, is_booster
from xai.opening.walking import walk
from xai.results import Label, Notice

_NO_TARGET = ("clusterer", "outlier_detector", "density_estimator")
# Last parts of paths, the most telling first.
_TELLING = (
    "best_model", "best_pipeline", "best_estimator", "best", "final_model", "final", "model", "pipeline", "pipe",
    "clf", "classifier", "reg", "regressor", "estimator", "predictor", "modell",
)  # fmt: skip
# Keys of the LabelEncoder whose words are the classes.
_OF_THE_TARGET = ("target", "y_enc", "y_le", "class", "outcome")
_ENCODER_ALONE = ("le", "label_encoder", "labelencoder", "encoder", "lbl", "lbl_enc", "enc", "label_enc")
_PLUS = "+"
_MOST_KEYS = 50


@dataclass(frozen=True)
class Choice:
    """The fitted estimator, how it was found, and what its bundle says about it."""

    estimator: Any
    key: str | None = None  # "model", "scaler+model"; None where the file holds nothing else
    options: tuple[str, ...] = ()  # what can be taken instead
    columns: tuple[str, ...] | None = None  # names of the inputs, where the model itself knows none
    target: str | None = None
    classes: tuple[Label, ...] = ()  # names for a model that counts its classes
    notices: tuple[Notice, ...] = ()


def choose(thing: Any, object_key: str | None = None, beside: bool = True) -> Choice:
    """The fitted estimator; with what clearly belongs in front of it, unless `beside` is false or a key was given.

    Raises OpeningError: "several-models", "unknown-object", "only-preprocessing", "not-a-model",
    "no-fitted-model", "not-supervised", "several-outputs", "unknown-objective".
    """
    parts = parts_of(thing)
    if parts is None:
        if object_key is not None:
            raise OpeningError("unknown-object", key=object_key, keys="–")
        estimator, said = _estimator(thing)
        return Choice(_checked(estimator), notices=said)
    if object_key is not None:
        return _asked(parts, object_key)
    model, several = _model(parts)
    wrapped, said = _estimator(model.thing)
    model = Part(model.path, _checked(wrapped))
    joined = join(model, parts) if beside else None
    if joined is None or not joined.used:
        chosen = _described(parts, model, (), joined.left if joined else ())
    else:
        chosen = _described(parts, model, joined.used, joined.left, joined.estimator, joined.columns)
    if several:
        said = (Notice("bundle-several", {"key": model.path, "keys": several}), *said)
    return replace(chosen, notices=(*said, *chosen.notices))


def choose_preprocessing(thing: Any) -> Any:
    """The fitted transformer of a companion file. OpeningError "not-preprocessing", "no-fitted-model"."""
    parts = parts_of(thing)
    if parts is not None:  # a bundle with exactly one
        found = [part.thing for part in parts if role_of(part.thing) == "preprocessing"]
        if len(found) == 1 and not any(role_of(part.thing) == "model" for part in parts):
            thing = found[0]
    if not hasattr(thing, "transform") or hasattr(thing, "predict"):
        raise OpeningError("not-preprocessing", found=type(thing).__name__)
    if not _fitted(thing):
        raise OpeningError("no-fitted-model", model=type(thing).__name__)
    return thing


# --- which one -------------------------------------------------------------------------------------------------------


def _asked(parts: list[Part], key: str) -> Choice:
    """An entry by its path; transformers in front of it are joined by a plus."""
    known = {part.path: part for part in reversed(parts)}
    paths = [key] if key in known else key.split(_PLUS)
    if not all(path in known for path in paths):
        raise OpeningError("unknown-object", key=key, keys=", ".join(list(known)[::-1][:_MOST_KEYS]) or "–")
    *before, last = [known[path] for path in paths]
    for part in before:
        choose_preprocessing(part.thing)
    wrapped, said = _estimator(last.thing)
    last = Part(last.path, _checked(wrapped))
    used = tuple(part.path for part in before)
    # encoders of single columns cannot stand in a row: they are joined as they would be by themselves
    joined = join(last, [part for part in parts if part in before or role_of(part.thing) == "names"])
    if before and set(joined.used) == set(used):
        found = _described(parts, last, joined.used, (), joined.estimator, joined.columns)
    else:
        found = _described(parts, last, used, (), chained(before, last) if before else None)
    return replace(found, notices=(*said, *found.notices))


def _estimator(thing: Any) -> tuple[Any, tuple[Notice, ...]]:
    """The object, or the estimator around it where it is a library's inner booster."""
    return around(thing) if is_booster(thing) else (thing, ())


def _model(parts: list[Part]) -> tuple[Part, str]:
    """The model, and the paths of all, where there are others."""
    models = [part for part in parts if role_of(part.thing) == "model"]
    models = [part for part in models if _fitted(part.thing)] or models
    outer = _outermost(models)
    if len({id(part.thing) for part in outer}) == 1:
        return min(outer, key=lambda part: _telling(part.path)), ""
    if outer:
        ranks = sorted((_telling(part.path), place) for place, part in enumerate(outer))
        if ranks[0][0] < len(_TELLING) and ranks[0][0] != ranks[1][0]:
            return outer[ranks[0][1]], ", ".join(part.path for part in outer)
        raise OpeningError("several-models", keys=", ".join(part.path for part in outer), count=len(outer))
    for part in parts:  # named for what it is
        if role_of(part.thing) == "unsupervised":
            _checked(part.thing)
    if preparing := [part for part in parts if role_of(part.thing) in ("preprocessing", "encoder")]:
        raise OpeningError("only-preprocessing", found=type(preparing[0].thing).__name__)
    raise OpeningError("not-a-model", found=f"Python ({', '.join(part.path for part in parts[:_MOST_KEYS]) or '–'})")


def _outermost(models: list[Part]) -> list[Part]:
    """Those that are no part of another one."""
    if len(models) < 2:
        return models
    inside = {id(each) for part in models for each in walk(part.thing) if each is not part.thing}
    return [part for part in models if id(part.thing) not in inside] or models


def _telling(path: str) -> int:
    key = hints.key_of(path)
    return _TELLING.index(key) if key in _TELLING else len(_TELLING)


# --- what the bundle says about it -----------------------------------------------------------------------------------


def _described(
    parts: list[Part],
    model: Part,
    used: tuple[str, ...],
    left: Sequence[str],
    estimator: Any = None,
    columns: tuple[str, ...] | None = None,
) -> Choice:
    whole = model.thing if estimator is None else estimator
    key = _PLUS.join((*used, model.path))
    if columns is None and expected_columns(whole) is None:
        columns = hints.columns_in(parts, expected_count(whole))
    notices = [Notice("bundle-object", {"key": model.path, "keys": _listed(part.path for part in parts)})]
    if used:
        notices = [Notice("bundle-applied", {"chain": " → ".join((*used, model.path)), "key": model.path})]
    names, where = _class_names(parts, model.thing)
    notices += _left_over(parts, [path for path in left if path != where], model)
    if columns:
        notices.append(Notice("bundle-columns", {"count": len(columns)}))
    if names:
        pairs = ", ".join(f"{own} → {name}" for own, name in zip(classes_of(model.thing), names, strict=True))
        notices.append(Notice("bundle-classes", {"key": where, "pairs": pairs}))
    threshold = hints.threshold_in(parts)
    if threshold not in (None, 0.5) and len(classes_of(model.thing)) == 2:
        notices.append(Notice("bundle-threshold", {"threshold": threshold}))
    return Choice(whole, key, _options(parts, key), columns, hints.target_in(parts), names, tuple(notices))


def _left_over(parts: list[Part], left: Sequence[str], model: Part) -> list[Notice]:
    """What was not applied, and how to ask for it."""
    labels = [part.path for part in parts if part.path in left and isinstance(part.thing, LabelEncoder)]
    whole = [path for path in left if path not in labels]
    found = [Notice("bundle-leftover", {"keys": _listed(whole), "first": whole[0], "key": model.path})] if whole else []
    return [*found, *([Notice("bundle-encoders-left", {"keys": _listed(labels)})] if labels else [])]


def _options(parts: list[Part], key: str) -> tuple[str, ...]:
    models = [part.path for part in parts if role_of(part.thing) == "model"]
    return tuple(dict.fromkeys([key, *models]))


def _class_names(parts: list[Part], model: Any) -> tuple[tuple[Label, ...], str]:
    """Names for classes that the model counts from 0: a list of the bundle, or the LabelEncoder of the target."""
    own = classes_of(model)
    if not own or list(own) != list(range(len(own))):
        return (), ""
    if (found := hints.classes_in(parts, len(own))) is not None and list(found) != list(own):
        return found, next(part.path for part in parts if hints.classes_in([part], len(own)) is not None)
    names = _known_columns(parts, model)
    encoders = [
        part
        for part in parts
        if isinstance(part.thing, LabelEncoder)
        and len(getattr(part.thing, "classes_", ())) == len(own)
        and column_of(part, names) is None
        and _of_the_target(part, parts)
    ]
    if len(encoders) != 1:
        return (), ""
    found = tuple(np.asarray(encoders[0].thing.classes_).tolist())
    return ((), "") if list(found) == list(own) else (found, encoders[0].path)


def _of_the_target(part: Part, parts: list[Part]) -> bool:
    """Its key says so, or it is the only one and its key says nothing else."""
    key, target = hints.key_of(part.path), (hints.target_in(parts) or "").lower()
    alone = sum(isinstance(each.thing, LabelEncoder) for each in parts) == 1
    return any(word in key for word in _OF_THE_TARGET) or key == target or (alone and key in _ENCODER_ALONE)


def _known_columns(parts: list[Part], model: Any) -> Sequence[str]:
    return expected_columns(model) or hints.columns_in(parts, expected_count(model)) or ()


def _listed(paths: Iterable[str]) -> str:
    found = list(paths)
    return ", ".join(found[:_MOST_KEYS]) + (", …" if len(found) > _MOST_KEYS else "")


# --- whether it can be explained at all ------------------------------------------------------------------------------


def _checked(thing: Any) -> Any:
    """The same estimator, if it is one and can predict."""
    name = type(thing).__name__
    if isinstance(thing, type) or not (hasattr(thing, "predict") and hasattr(thing, "fit")):
        only_prepares = hasattr(thing, "transform") and not isinstance(thing, type)
        raise OpeningError("only-preprocessing" if only_prepares else "not-a-model", found=name)
    if _kind(thing) in _NO_TARGET:
        raise OpeningError("not-supervised", model=name)
    if not _fitted(thing):
        raise OpeningError("no-fitted-model", model=name)
    final = split(thing)[1]
    outputs = getattr(final, "n_outputs_", 1)
    one_of_several = getattr(final, "out_activation_", None) == "softmax"  # a network counts its classes there
    if isinstance(outputs, int | np.integer) and outputs > 1 and not one_of_several:
        raise OpeningError("several-outputs", outputs=int(outputs))
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

"""The outline of a model, read off the stand-ins of its file: steps, columns, classes, versions of its libraries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from xai.contents import Outline
from xai.opening.native import catboost_files, lightgbm_files, xgboost_files
from xai.opening.native.glance import NOTHING, Glance
from xai.opening.stand_ins import StandIn, bytes_of, texts_of, values_of, whole_of
from xai.results import Label

_DEEPEST = 6
_MOST_PARTS = 40
_MOST_STEPS = 200
_MOST_CLASSES = 1_000
_PIPELINES = ("Pipeline",)
# Attributes that hold one inner estimator: the first that is there is the fitted one.
_INNER = (
    ("best_estimator_", "estimator_", "regressor_", "classifier_", "estimator", "regressor", "base_estimator"),
    ("final_estimator_", "final_estimator"),
)
_NAMED = ("feature_names_in_", "feature_names_", "feature_name_", "feature_names")
_CLASSES = ("classes_", "_classes")


def structure_of(thing: Any) -> Outline | None:
    """The estimator and those inside it; None for what is no object."""
    return _step(thing, 0, [_MOST_STEPS])


def _step(thing: Any, depth: int, left: list[int]) -> Outline | None:
    """`left`: how many steps may still be made; in a file an estimator may hold itself."""
    if not isinstance(thing, StandIn) or depth > _DEEPEST or left[0] < 1:
        return None
    left[0] -= 1
    kind = thing.kind.rsplit(".", 1)[-1]
    parts = [step for part in islice(_parts(thing), _MOST_PARTS) if (step := _step(part, depth + 1, left)) is not None]
    return Outline(kind, tuple(parts), sequence=kind in _PIPELINES)


def _parts(thing: StandIn) -> Iterator[Any]:
    """The estimators that make up another one; the many trees of a forest are none."""
    state = thing.attributes
    for name in ("steps", "transformers_", "transformers", "transformer_list"):
        if entries := _entries(state.get(name)):
            yield from (entry[1] for entry in entries if entry[0] not in _passed_on(state))
            break
    if _entries(state.get("estimators")):  # of a vote or a stack: fitted ones lie in a list without names
        fitted = state.get("estimators_")
        found = fitted if isinstance(fitted, list) else [entry[1] for entry in _entries(state["estimators"])]
        yield from found
    for names in _INNER:
        inner = next((state[name] for name in names if isinstance(state.get(name), StandIn)), None)
        if inner is not None and not _is_forest(thing):
            yield inner


def _passed_on(state: Mapping[str, Any]) -> set[str]:
    """Columns that a ColumnTransformer leaves as they are; fitted, a transformer stands there all the same."""
    words = {entry[0] for entry in _entries(state.get("transformers")) if isinstance(entry[1], str)}
    return words | ({"remainder"} if isinstance(state.get("remainder"), str) else set())


def _entries(listed: Any) -> list[tuple[Any, ...]]:
    """(name, estimator, …) as pipelines and unions list them."""
    if not isinstance(listed, list):
        return []
    return [entry for entry in listed if isinstance(entry, tuple) and len(entry) >= 2 and isinstance(entry[0], str)]


def _is_forest(thing: StandIn) -> bool:
    """Whether the inner estimator is only the mould of many; a stack names its own, and has one at the end."""
    many = any(name in thing.attributes for name in ("estimators_", "n_estimators"))
    return many and not _entries(thing.attributes.get("estimators"))


def predictor_of(thing: Any, depth: int = 0) -> Any:
    """The estimator at the end of pipelines and searches."""
    if not isinstance(thing, StandIn) or depth > _DEEPEST:
        return thing
    state = thing.attributes
    if steps := _entries(state.get("steps")):
        return predictor_of(steps[-1][1], depth + 1)
    for name in ("best_estimator_", "regressor_"):
        if isinstance(state.get(name), StandIn):
            return predictor_of(state[name], depth + 1)
    return thing


def columns_of(thing: Any, depth: int = 0) -> tuple[str, ...] | None:
    """The input columns, where the file names them: of the model, or of its first step."""
    if not isinstance(thing, StandIn) or depth > _DEEPEST:
        return None
    state = thing.attributes
    for name in _NAMED:
        if (found := texts_of(state.get(name))) is not None and not made_up(found):
            return found
    if (found := _old_columns(thing)) is not None:
        return found
    if (inside := inside_of(thing)).columns:
        return inside.columns
    first = _first_step(state)
    inner = [state[name] for names in _INNER for name in names if name in state and not _is_forest(thing)]
    return next((found for part in (*first, *inner) if (found := columns_of(part, depth + 1))), None)


def _first_step(state: Mapping[str, Any]) -> list[StandIn]:
    """The step of a pipeline that gets the columns; one that passes them on is only a word."""
    return [entry[1] for entry in _entries(state.get("steps")) if isinstance(entry[1], StandIn)][:1]


def _old_columns(thing: StandIn) -> tuple[str, ...] | None:
    """ColumnTransformer before 1.0; without a remainder its lists name all columns it was given."""
    state = thing.attributes
    for name in ("_df_columns", "_feature_names_in"):
        if (found := texts_of(state.get(name))) is not None:
            return found
    if not thing.kind.endswith(".ColumnTransformer") or state.get("remainder") != "drop":
        return None
    lists = [texts_of(entry[2]) for entry in _entries(state.get("transformers")) if len(entry) == 3]
    if not lists or any(found is None for found in lists):
        return None
    return tuple(dict.fromkeys(name for found in lists for name in found or ()))


def made_up(names: tuple[str, ...] | list[str]) -> bool:
    """Libraries name the columns of an array themselves: Column_0, f0, 0, …"""
    made = ([f"{start}{place}" for place in range(len(names))] for start in ("Column_", "f", ""))
    return any(list(names) == each for each in made)


def count_of(thing: Any, depth: int = 0) -> int | None:
    """How many columns the model was fitted with."""
    if not isinstance(thing, StandIn) or depth > _DEEPEST:
        return None
    state = thing.attributes
    for name in ("n_features_in_", "_n_features_in", "_features_count", "_n_features", "n_features_"):
        if (count := whole_of(state.get(name))) is not None:
            return count
    if (count := inside_of(thing).count) is not None:
        return count
    first = _first_step(state)
    inner = [state[name] for name in ("best_estimator_", "regressor_") if name in state]
    return next((found for part in (*first, *inner) if (found := count_of(part, depth + 1)) is not None), None)


def classes_of(thing: Any) -> tuple[Label, ...]:
    """The classes of a classifier, in its order; () where the file holds none."""
    final = predictor_of(thing)
    for part in (thing, final):
        state = part.attributes if isinstance(part, StandIn) else {}
        for name in _CLASSES:
            found = values_of(state.get(name))
            if found and len(found) <= _MOST_CLASSES:
                return tuple(found)
    if not isinstance(final, StandIn):
        return ()
    if (count := whole_of(final.attributes.get("n_classes_"))) is not None and 1 < count <= _MOST_CLASSES:
        return tuple(range(count))
    return inside_of(final).classes


def inside_of(thing: StandIn) -> Glance:
    """What XGBoost, LightGBM and CatBoost keep in a block of their own; looked at once."""
    booster = thing.attributes.get("_Booster")
    holder = booster if isinstance(booster, StandIn) else thing
    if holder.glance is None:
        holder.glance = _glance(holder)
    return holder.glance


def _glance(holder: StandIn) -> Glance:
    state = holder.attributes
    if holder.kind == "xgboost.core.Booster":
        return xgboost_files.glance(bytes_of(state.get("handle")), state.get("feature_names"))
    if holder.kind == "lightgbm.basic.Booster":
        return lightgbm_files.glance(state.get("_handle") or state.get("handle"))
    if holder.kind.startswith("catboost.core."):
        return catboost_files.glance(bytes_of(state.get("__model")))
    return NOTHING


def libraries_of(things: Iterable[StandIn]) -> Mapping[str, str]:
    """Versions that the blocks of other libraries state, in the order in which they are met."""
    found: dict[str, dict[str, None]] = {}
    for thing in things:
        for library, version in inside_of(thing).versions.items():
            found.setdefault(library, {})[version] = None
    return {library: ", ".join(versions) for library, versions in sorted(found.items())}

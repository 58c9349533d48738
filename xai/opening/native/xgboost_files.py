"""XGBoost's own model files: JSON (since 1.0) and UBJSON (since 1.6).

https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html and doc/model.schema there.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from xai.errors import OpeningError
from xai.opening.native import trees
from xai.opening.native.documents import read_json, read_ubjson
from xai.opening.native.glance import NOTHING, Glance
from xai.opening.native.trees import corrupt
from xai.results import Label, Notice

_MOST_FEATURES = 1 << 20
_MOST_GROUPS = 10_000
_MOST_CODE = 1 << 24  # of a category: beyond, single precision has no whole numbers
_LONGEST_NAME = 10_000
_NO_PARENT = (1 << 31) - 1
_CLASSIFIES = ("binary:logistic", "binary:hinge", "multi:softprob", "multi:softmax")
_REGRESSES = ("reg:", "count:poisson")
_HEAD = b"CONFIG-offset:"  # of what a pickle holds up to version 1.5: another format after that

Document = Mapping[str, Any]


def document(raw: bytes | bytearray) -> Document:
    """What a file in either format holds. Raises OpeningError."""
    return read_ubjson(bytes(raw)) if is_ubjson(raw) else read_json(bytes(raw))


def is_ubjson(raw: bytes | bytearray) -> bool:
    """An object of UBJSON goes on with the length of its first key, one of JSON with a quote."""
    return raw[:1] == b"{" and raw[1:2] in (b"i", b"U", b"I", b"l", b"L")


def glance(handle: bytes, names: Any = None) -> Glance:
    """What a booster inside a pickle says; `names` are those that old versions kept beside it."""
    if not handle or handle.startswith(_HEAD) or not handle.startswith(b"{"):
        known = tuple(map(str, names)) if isinstance(names, list) and names else None
        return Glance(columns=known)
    try:
        found = document(handle)
    except OpeningError:  # damaged: the library will say so, and what else the file says is still of use
        return NOTHING
    return about(found.get("Model", found))


def about(model: Document) -> Glance:
    """Version, column names and classes of a model."""
    learner = _dict(model.get("learner"))
    parameters = _dict(learner.get("learner_model_param"))
    objective = str(_dict(learner.get("objective")).get("name", ""))
    version = model.get("version")
    names = learner.get("feature_names")
    count = _number_or_none(parameters.get("num_feature"))
    return Glance(
        versions={"xgboost": ".".join(map(str, version))} if _is_list(version) else {},
        columns=tuple(map(str, names)) if _is_list(names) and len(names) else None,
        classes=_classes(learner, parameters, objective),
        count=count,
        objective=objective,
    )


def _classes(learner: Document, parameters: Document, objective: str) -> tuple[Label, ...]:
    """Up to 1.5 classifiers wrote their classes beside the model; without them they are counted from 0."""
    if not objective.startswith(("binary:", "multi:")):
        return ()
    count = max(2, _number_or_none(parameters.get("num_class")) or 0)
    written = _dict(learner.get("attributes")).get("scikit_learn")
    try:
        said = json.loads(written) if isinstance(written, str) else {}
    except (ValueError, RecursionError):
        said = {}
    known = said.get("classes_") if isinstance(said, dict) else None
    plain = isinstance(known, list) and all(type(label) in (str, int, float, bool) for label in known)
    if plain and len(known) == len(set(map(str, known))) == count:
        return tuple(known)
    return tuple(range(count)) if count <= _MOST_GROUPS else ()


# --- the look at the structure ---------------------------------------------------------------------------------------


def check(model: Document) -> Glance:
    """Pass where the library may read this model.

    Raises OpeningError: "corrupt-tree", "unknown-objective", "several-outputs", "damaged-file".
    """
    learner = _needed(model, "learner")
    parameters = _needed(learner, "learner_model_param")
    booster = _needed(learner, "gradient_booster")
    features = trees.number(parameters.get("num_feature"), "num_feature")
    trees.check_count(features, _MOST_FEATURES, "num_feature", least=1)
    groups = max(1, trees.number(parameters.get("num_class", 0), "num_class"))
    trees.check_count(groups, _MOST_GROUPS, "num_class")
    _check_names(learner, features)
    found = about(model)
    _check_objective(found.objective)
    _check_outputs(learner, groups, found.objective)
    targets = trees.number(parameters.get("num_target", 1), "num_target")
    if targets > 1:
        raise OpeningError("several-outputs", outputs=targets)
    _check_base(parameters.get("base_score"), groups)
    _check_booster(booster, features, groups)
    return found


def _check_booster(booster: Document, features: int, groups: int) -> None:
    kind = booster.get("name")
    if kind == "gblinear":
        trees.real(_needed(booster, "model").get("weights"), "weights", (features + 1) * groups)
        return
    if kind == "dart":
        dropped = booster.get("weight_drop")
        booster = _needed(booster, "gbtree")
        trees.real(dropped, "weight_drop", len(_list(_needed(booster, "model"), "trees")))
    elif kind != "gbtree":
        raise corrupt("gradient_booster", str(kind)[:40])
    _check_forest(_needed(booster, "model"), features, groups)


def _check_forest(model: Document, features: int, groups: int) -> None:
    grown, parameters = _list(model, "trees"), _needed(model, "gbtree_model_param")
    count = trees.check_count(len(grown), trees.MOST_TREES, "trees")
    if trees.number(parameters.get("num_trees"), "num_trees") != count:
        raise corrupt("num_trees", str(parameters.get("num_trees"))[:40])
    trees.check_count(trees.number(parameters.get("num_parallel_tree", 1), "num_parallel_tree"), count + 1, "forest")
    trees.whole(model.get("tree_info"), "tree_info", count, high=groups - 1)
    if "iteration_indptr" in model:
        rounds = trees.whole(model["iteration_indptr"], "iteration_indptr", high=count)
        if not len(rounds) or rounds[0] != 0 or rounds[-1] != count or (np.diff(rounds) < 0).any():
            raise corrupt("iteration_indptr", "order")
    if isinstance(model.get("cats"), dict):
        _check_categories(model["cats"], features)
    for place, tree in enumerate(grown):
        _check_tree(tree, features, f"trees[{place}]")


def _check_tree(tree: Any, features: int, name: str) -> None:
    if not isinstance(tree, dict):
        raise corrupt(name, type(tree).__name__)
    parameters = _needed(tree, "tree_param")
    nodes = trees.number(parameters.get("num_nodes"), "num_nodes")
    trees.check_count(nodes, trees.MOST_NODES, name, least=1)
    if trees.number(parameters.get("num_feature", features), "num_feature") not in (0, features):
        raise corrupt(name, "num_feature")
    if trees.number(parameters.get("size_leaf_vector", 1), "size_leaf_vector") > 1:
        raise OpeningError("several-outputs", outputs=trees.number(parameters["size_leaf_vector"], name))
    left, right = (trees.whole(tree.get(side), side, nodes, low=-1) for side in ("left_children", "right_children"))
    trees.check_tree(left, right, name)
    inner = left >= 0
    _check_parents(trees.whole(tree.get("parents"), "parents", nodes, low=-1), left, right, name)
    # deleted nodes, which nothing leads to, have an index of their own
    split = trees.whole(tree.get("split_indices"), "split_indices", nodes, low=-1, high=(1 << 32) - 1)
    if (split[inner] >= features).any() or (split[inner] < 0).any():
        raise corrupt(name, "split_indices")
    kinds = trees.whole(tree.get("split_type", [0] * nodes), "split_type", nodes, high=1)  # since 1.3
    limits = trees.real(tree.get("split_conditions"), "split_conditions", nodes, missing=True)
    by_number = (kinds == 0) & inner  # a split by category has no limit, and some versions say so
    if np.isnan(limits[by_number]).any() or not np.isfinite(limits[~inner]).all():
        raise corrupt(name, "split_conditions")
    for part in ("base_weights", "loss_changes", "sum_hessian"):
        if len(_list(tree, part)) != nodes:
            raise corrupt(name, part)
    trees.whole(tree.get("default_left"), "default_left", nodes, high=1)
    if "split_type" in tree:
        _check_splits(tree, (kinds == 1) & inner, nodes, name)


def _check_parents(parents: np.ndarray, left: np.ndarray, right: np.ndarray, name: str) -> None:
    """Each child leads back to its parent; the first node, and nodes that were deleted, may lead nowhere."""
    inner = np.flatnonzero(left >= 0)
    if (parents[left[inner]] != inner).any() or (parents[right[inner]] != inner).any():
        raise corrupt(name, "parents")
    if ((parents >= len(parents)) & (parents != _NO_PARENT)).any() or 0 <= parents[0] < _NO_PARENT:
        raise corrupt(name, "parents")


def _check_splits(tree: Document, by_category: np.ndarray, nodes: int, name: str) -> None:
    """Splits by category: each has a run of codes."""
    codes = trees.whole(tree.get("categories"), "categories", high=_MOST_CODE)
    places = trees.whole(tree.get("categories_nodes"), "categories_nodes", high=nodes - 1)
    starts = trees.whole(tree.get("categories_segments"), "categories_segments", len(places), high=len(codes))
    sizes = trees.whole(tree.get("categories_sizes"), "categories_sizes", len(places), high=len(codes))
    if (starts + sizes > len(codes)).any() or (np.diff(places) <= 0).any():
        raise corrupt(name, "categories")
    if set(places.tolist()) != set(np.flatnonzero(by_category).tolist()):
        raise corrupt(name, "categories_nodes")


def _check_categories(known: Document, features: int) -> None:
    """The names of the categories, since 3.1: one run of values for each feature that has some."""
    values, ends = _list(known, "enc"), known.get("feature_segments")
    order = known.get("sorted_idx")
    if not len(values) and not len(_list(known, "feature_segments")):
        return
    segments = trees.whole(ends, "feature_segments", features + 1)
    if len(values) != features or segments[0] != 0 or (np.diff(segments) < 0).any():
        raise corrupt("cats", "feature_segments")
    trees.whole(order, "sorted_idx", int(segments[-1]), high=max(0, int(np.diff(segments).max(initial=0)) - 1))
    for place, each in enumerate(values):
        count = int(segments[place + 1] - segments[place])
        if not isinstance(each, dict):
            raise corrupt("cats", "enc")
        if "offsets" in each:
            offsets = trees.whole(each["offsets"], "offsets")
            size = len(_list(each, "values"))
            if len(offsets) != (count + 1 if count else len(offsets)) or (np.diff(offsets) < 0).any():
                raise corrupt("cats", "offsets")
            if len(offsets) and (offsets[0] != 0 or offsets[-1] != size):
                raise corrupt("cats", "offsets")
        elif len(_list(each, "values")) != count:
            raise corrupt("cats", "values")


def _check_names(learner: Document, features: int) -> None:
    for part in ("feature_names", "feature_types"):
        names = learner.get(part)
        if names is None or (_is_list(names) and not len(names)):
            continue
        if not _is_list(names) or len(names) != features:
            raise corrupt(part, f"≠ {features}")
        if not all(type(name) is str and len(name) <= _LONGEST_NAME for name in names):
            raise corrupt(part, "text")


def _check_objective(objective: str) -> None:
    if not (objective in _CLASSIFIES or objective.startswith(_REGRESSES)):
        raise OpeningError("unknown-objective", library="XGBoost", objective=objective[:80] or "–")


def _check_outputs(learner: Document, groups: int, objective: str) -> None:
    """As many numbers come out of a row as the objective writes."""
    several = objective.startswith("multi:")
    said = _dict(_dict(learner.get("objective")).get("softmax_multiclass_param")).get("num_class", groups)
    if several != (groups > 1) or (several and trees.number(said, "num_class") != groups):
        raise corrupt("num_class", f"{groups}, {str(said)[:20]}")


def _check_base(written: Any, groups: int) -> None:
    try:
        base = json.loads(str(written)[: 40 * _MOST_GROUPS])
    except ValueError as error:
        raise corrupt("base_score", str(written)[:40]) from error
    trees.real(base if isinstance(base, list) else [base], "base_score")
    if isinstance(base, list) and len(base) not in (1, groups):
        raise corrupt("base_score", f"{len(base)} ≠ {groups}")


# --- the estimator ---------------------------------------------------------------------------------------------------


def construct(raw: bytes) -> tuple[Any, tuple[Notice, ...]]:
    """The classifier or regressor of XGBoost around the model. Raises OpeningError."""
    import xgboost

    model = document(raw)
    found = check(model)
    classifies = found.objective in _CLASSIFIES and not _was_regressor(model)
    estimator = (xgboost.XGBClassifier if classifies else xgboost.XGBRegressor)(n_jobs=1)
    with warnings.catch_warnings():
        # it warns that later versions may not read files from before 1.6; this one does
        warnings.filterwarnings("ignore", message=".*Found JSON model saved before")
        estimator.load_model(bytearray(raw))
    if found.objective == "multi:softmax":  # the same sums; only this name puts out the probabilities of all classes
        estimator.get_booster().set_param({"objective": "multi:softprob"})
        estimator.objective = "multi:softprob"
    return estimator, _stopped_early(estimator)


def _was_regressor(model: Document) -> bool:
    """A regressor can be fitted to probabilities; its estimator wrote down what it was."""
    written = _dict(_dict(model.get("learner")).get("attributes")).get("scikit_learn")
    return isinstance(written, str) and '"_estimator_type": "regressor"' in written


def _stopped_early(estimator: Any) -> tuple[Notice, ...]:
    """The estimator uses the rounds up to the best one, as it did where it was fitted; a bare booster uses all."""
    rounds = estimator.get_booster().num_boosted_rounds()
    best = estimator.get_booster().attr("best_iteration")
    if best is None or not best.isdecimal() or int(best) + 1 >= rounds:
        return ()
    return (Notice("early-stopped", {"used": int(best) + 1, "rounds": rounds}),)


# --- small helpers ---------------------------------------------------------------------------------------------------


def _dict(thing: Any) -> Document:
    return thing if isinstance(thing, dict) else {}


def _is_list(thing: Any) -> bool:
    return isinstance(thing, list | np.ndarray)


def _needed(holder: Document, name: str) -> Document:
    if not isinstance(holder.get(name), dict):
        raise corrupt(name, type(holder.get(name)).__name__)
    return holder[name]


def _list(holder: Document, name: str) -> Any:
    if not _is_list(holder.get(name)):
        raise corrupt(name, type(holder.get(name)).__name__)
    return holder[name]


def _number_or_none(text: Any) -> int | None:
    return int(text) if isinstance(text, str | int) and str(text).isdecimal() and len(str(text)) < 10 else None

"""CatBoost's own model files: its binary format (cbm) and JSON.

Fields by their position in catboost/libs/model/flatbuffers/model.fbs and features.fbs.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from xai.errors import OpeningError
from xai.opening.containers import size_text
from xai.opening.native import trees
from xai.opening.native.documents import read_json
from xai.opening.native.glance import NOTHING, Glance
from xai.opening.native.tables import Table
from xai.opening.native.trees import corrupt
from xai.results import Label, Notice

MAGIC = b"CBM1"
_HEAD = struct.Struct("<4sI")
_CORE_FORMATS = ("FlabuffersModel_v1",)
_TREES, _INFO = 1, 2
_DIMENSION, _SPLITS, _SIZES, _STARTS = 0, 1, 2, 3
_CAT, _FLOAT, _ONE_HOT, _CTR, _LEAVES = 4, 5, 6, 7, 8
_STEPS, _LEAF_OF_NODE, _TEXT, _ESTIMATED = 10, 11, 12, 13
_MOST_FEATURES, _MOST_CLASSES, _MOST_DEPTH = 1 << 20, 10_000, 16
_CLASSIFIES = ("Logloss", "CrossEntropy", "MultiClass", "MultiClassOneVsAll", "Focal")
_REGRESSES = (
    "RMSE", "MAE", "Quantile", "LogLinQuantile", "Poisson", "MAPE", "Lq", "Huber", "Expectile", "Tweedie", "LogCosh",
    "LogLinQuantile", "GroupQuantile",
)  # fmt: skip
_SEVERAL = ("MultiRMSE", "MultiRMSEWithMissingValues", "MultiLogloss", "MultiCrossEntropy", "RMSEWithUncertainty")
_RELEASE = re.compile(r"(?:release|tags/v)\s*([0-9][0-9.]*[0-9])")


def is_json(head: bytes) -> bool:
    """Whether the beginning of a JSON file has what CatBoost writes at the top."""
    return any(mark in head for mark in (b'"oblivious_trees"', b'"features_info"', b'"ctr_data"'))


def glance(raw: bytes) -> Glance:
    """What a model in the binary format says, a pickle's too."""
    try:
        core = _core(raw)
        return _about(_information(core), _names(core.table(_TREES)))
    except (OpeningError, ValueError):  # damaged: the library will say so, and what else the file says is still of use
        return NOTHING


def about_json(model: Mapping[str, Any]) -> Glance:
    """The same for JSON."""
    features = _mapping(model.get("features_info"))
    known = [
        (feature.get("flat_feature_index"), str(feature.get("feature_id", "")))
        for kind in ("float_features", "categorical_features", "text_features")
        for feature in features.get(kind) or ()
        if isinstance(feature, dict)
    ]
    return _about(_mapping(model.get("model_info")), _ordered(known))


def _about(information: Mapping[str, Any], names: tuple[str, ...]) -> Glance:
    loss = str(_mapping(_mapping(information.get("params")).get("loss_function")).get("type", ""))
    release = _RELEASE.search(str(information.get("catboost_version_info", "")))
    made_up = [str(place) for place in range(len(names))]
    return Glance(
        versions={"catboost": release.group(1)} if release else {},
        columns=None if list(names) in (made_up, [""] * len(names)) else names,
        classes=_classes(_mapping(information.get("class_params"))) if loss in _CLASSIFIES else (),
        count=len(names),
        objective=loss,
    )


def _classes(said: Mapping[str, Any]) -> tuple[Label, ...]:
    known = said.get("class_names")
    plain = isinstance(known, list) and all(type(label) in (str, int, float, bool) for label in known)
    if plain and 1 < len(known) <= _MOST_CLASSES:
        return tuple(known)
    return ()


def _core(raw: bytes) -> Table:
    """The table that holds the trees; what follows it are tables of categories."""
    if len(raw) < _HEAD.size:
        raise OpeningError("truncated-file", size=size_text(len(raw)))
    magic, size = _HEAD.unpack_from(raw)
    if magic != MAGIC:
        raise OpeningError("damaged-file", size=size_text(len(raw)))
    if _HEAD.size + size > len(raw):
        raise OpeningError("truncated-file", size=size_text(len(raw)))
    core = Table.root(raw[_HEAD.size : _HEAD.size + size])
    if core.text(0) not in _CORE_FORMATS:
        raise OpeningError("damaged-file", size=size_text(len(raw)))
    return core


def _information(core: Table) -> dict[str, Any]:
    """Texts by their names; those that hold JSON are read."""
    found: dict[str, Any] = {}
    for entry in core.tables(_INFO):
        name, text = entry.text(0), entry.text(1)
        try:
            found[name] = json.loads(text) if text.startswith("{") else text
        except (ValueError, RecursionError):
            found[name] = text
    return found


def _names(forest: Table | None) -> tuple[str, ...]:
    if forest is None:
        return ()
    known = [(feature.whole(2, -1), feature.text(4)) for feature in forest.tables(_FLOAT)]
    known += [(feature.whole(1, -1), feature.text(2)) for feature in (*forest.tables(_CAT), *forest.tables(_TEXT))]
    return _ordered(known)


def _ordered(known: list[tuple[Any, str]]) -> tuple[str, ...]:
    """Names by the position of their columns; columns that no tree uses have none."""
    places = {place: name for place, name in known if type(place) is int and 0 <= place < _MOST_FEATURES}
    return tuple(places.get(place, "") or str(place) for place in range(max(places, default=-1) + 1))


# --- the look at the structure ---------------------------------------------------------------------------------------


def check(raw: bytes) -> Glance:
    """Pass where the library may read this model.

    Raises OpeningError: "corrupt-tree", "unknown-objective", "several-outputs", "truncated-file", "damaged-file".
    """
    try:
        core = _core(raw)
        forest = core.table(_TREES)
        if forest is None:
            raise corrupt("CatBoost", "trees")
        found = _about(_information(core), _names(forest))
        _check_forest(forest)
        if found.classes and forest.whole(_DIMENSION, 0) not in (len(found.classes), len(found.classes) - 1):
            raise corrupt("ApproxDimension", f"≠ {len(found.classes)}")
    except ValueError as error:
        raise OpeningError("damaged-file", size=size_text(len(raw))) from error
    _check_objective(found.objective)
    return found


def _check_forest(forest: Table) -> None:
    dimension = trees.check_count(forest.whole(_DIMENSION, 0), _MOST_CLASSES, "ApproxDimension", least=1)
    splits = sum(len(feature.numbers(3, "<f4")) for feature in forest.tables(_FLOAT))
    splits += sum(len(feature.numbers(1, "<i4")) for feature in forest.tables(_ONE_HOT))
    splits += sum(len(feature.numbers(1, "<f4")) for feature in forest.tables(_CTR))
    splits += sum(len(feature.numbers(3, "<f4")) for feature in forest.tables(_ESTIMATED))
    used = trees.whole(forest.numbers(_SPLITS, "<i4"), "TreeSplits", high=max(0, splits - 1))
    sizes = trees.whole(forest.numbers(_SIZES, "<i4"), "TreeSizes", high=len(used))
    starts = trees.whole(forest.numbers(_STARTS, "<i4"), "TreeStartOffsets", len(sizes), high=len(used))
    trees.check_count(len(sizes), trees.MOST_TREES, "trees")
    if len(used) and not splits:
        raise corrupt("TreeSplits", "features")
    if (starts + sizes > len(used)).any():
        raise corrupt("TreeSizes", f"> {len(used)}")
    leaves = len(forest.numbers(_LEAVES, "<f8"))
    steps = forest.numbers(_STEPS, "<u4").view("<u2").reshape(-1, 2)
    if not len(steps):
        if (sizes > _MOST_DEPTH).any() or int((1 << sizes).sum()) * dimension != leaves:
            raise corrupt("LeafValues", str(leaves))
        return
    _check_steps(steps, forest.numbers(_LEAF_OF_NODE, "<u4").astype(np.int64), used, leaves - dimension)


def _check_steps(steps: np.ndarray, leaf: np.ndarray, used: np.ndarray, last: int) -> None:
    """Trees that are not symmetric: each node leads so many places on; where it leads nowhere, its leaf counts."""
    if not len(steps) == len(leaf) == len(used):
        raise corrupt("NonSymmetricStepNodes", f"{len(steps)} ≠ {len(used)}")
    if (np.arange(len(steps)) + steps.max(axis=1) >= len(steps)).any():
        raise corrupt("NonSymmetricStepNodes", "beyond the end")
    if (leaf[(steps == 0).any(axis=1)] > last).any():
        raise corrupt("NonSymmetricNodeIdToLeafId", f"> {last}")


def _check_objective(loss: str) -> None:
    if loss in _SEVERAL:
        raise OpeningError("several-outputs", outputs=2)
    if loss not in _CLASSIFIES + _REGRESSES:
        raise OpeningError("unknown-objective", library="CatBoost", objective=loss[:80] or "–")


def check_json(model: Any) -> Glance:
    """The same for JSON."""
    if not isinstance(model, dict) or not isinstance(model.get("features_info"), dict):
        raise corrupt("CatBoost", "features_info")
    found = about_json(model)
    _check_objective(found.objective)
    features = model["features_info"]
    counts = {
        kind: sum(len(_items(feature, "borders", "values")) for feature in _dicts(features, kind))
        for kind in ("float_features", "categorical_features", "ctrs", "estimated_features")
    }
    splits = sum(counts.values())
    floats = len(_dicts(features, "float_features"))
    symmetric = model.get("oblivious_trees")
    if isinstance(symmetric, list):
        trees.check_count(len(symmetric), trees.MOST_TREES, "oblivious_trees")
        for place, tree in enumerate(symmetric):
            _check_symmetric(tree, splits, floats, f"oblivious_trees[{place}]")
    elif not isinstance(model.get("trees"), list):
        raise corrupt("CatBoost", "trees")
    else:
        for place, tree in enumerate(model["trees"]):
            _check_branches(tree, splits, floats, f"trees[{place}]")
    return found


def _check_symmetric(tree: Any, splits: int, floats: int, name: str) -> None:
    if not isinstance(tree, dict):
        raise corrupt(name, type(tree).__name__)
    used = tree.get("splits") or []
    if not isinstance(used, list) or len(used) > _MOST_DEPTH:
        raise corrupt(name, "splits")
    for split in used:
        _check_split(split, splits, floats, name)
    leaves = trees.real(tree.get("leaf_values"), f"{name} leaf_values")
    if not len(leaves) or len(leaves) % (1 << len(used)):
        raise corrupt(name, "leaf_values")


def _check_branches(tree: Any, splits: int, floats: int, name: str) -> None:
    waiting, seen = [(tree, 0)], 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if not isinstance(node, dict) or depth > trees.DEEPEST or seen > trees.MOST_NODES:
            raise corrupt(name, "nodes")
        if "split" not in node:
            trees.real(node["value"] if isinstance(node.get("value"), list) else [node.get("value")], f"{name} value")
            continue
        _check_split(node["split"], splits, floats, name)
        waiting += [(node.get(side), depth + 1) for side in ("left", "right")]


def _check_split(split: Any, splits: int, floats: int, name: str) -> None:
    if not isinstance(split, dict):
        raise corrupt(name, "split")
    trees.whole([split.get("split_index")], f"{name} split_index", high=splits - 1)
    if split.get("split_type") == "FloatFeature":
        trees.whole([split.get("float_feature_index")], f"{name} float_feature_index", high=floats - 1)


# --- the estimator ---------------------------------------------------------------------------------------------------


def construct(raw: bytes) -> tuple[Any, tuple[Notice, ...]]:
    """The classifier or regressor of CatBoost around a model in the binary format. Raises OpeningError."""
    library = _library("cbm")
    estimator = _around(library, check(raw))
    return estimator.load_model(blob=raw), ()


def construct_json(raw: bytes) -> tuple[Any, tuple[Notice, ...]]:
    """The same for JSON, which the library reads from files only."""
    from xai.opening.native.handing_over import as_file

    library = _library("json")
    estimator = _around(library, check_json(read_json(raw)))
    with as_file(raw) as path:
        return estimator.load_model(path, format="json"), ()


def _library(form: str) -> Any:
    try:
        import catboost
    except ImportError as missing:
        raise OpeningError("missing-package", package="catboost", needed=form) from missing
    return catboost


def _around(library: Any, found: Glance) -> Any:
    return library.CatBoostClassifier() if found.objective in _CLASSIFIES else library.CatBoostRegressor()


# --- small helpers ---------------------------------------------------------------------------------------------------


def _mapping(thing: Any) -> Mapping[str, Any]:
    return thing if isinstance(thing, dict) else {}


def _dicts(features: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    found = features.get(kind) or []
    if not isinstance(found, list) or not all(isinstance(feature, dict) for feature in found):
        raise corrupt(kind, type(found).__name__)
    return found


def _items(feature: Mapping[str, Any], *names: str) -> list[Any]:
    """The borders of a feature, or the values it is compared with."""
    found = [feature[name] for name in names if feature.get(name)]
    if not all(isinstance(each, list) for each in found):
        raise corrupt("features_info", names[0])
    return [item for each in found for item in each]

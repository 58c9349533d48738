"""LightGBM's own model files: text, versions v2 to v4.

The library jumps from tree to tree by the sizes that the header claims, and follows children and features without
looking (src/boosting/gbdt_model_text.cpp, src/io/tree.cpp).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xai.errors import OpeningError
from xai.opening.containers import size_text
from xai.opening.native import trees
from xai.opening.native.documents import read_json
from xai.opening.native.glance import NOTHING, Glance
from xai.opening.native.trees import corrupt
from xai.results import Label, Notice

# Version of the format -> versions of the library that wrote it.
_WRITTEN_BY = {"v2": "<2.3", "v3": ">=2.3,<4", "v4": ">=4"}
_MOST_FEATURES = 1 << 20
_MOST_CLASSES = 10_000
_MOST_LEAVES = 1 << 20
_CLASSIFIES = ("binary", "multiclass", "multiclassova")
_REGRESSES = (
    "regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie",
    "cross_entropy", "cross_entropy_lambda",
)  # fmt: skip
_END = "end of trees"
_CATEGORIES = "\npandas_categorical:"
_AVERAGED = "average_output"
_ALONE = ("tree", _AVERAGED)
_HEADER = (
    "tree", "version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx", "objective", _AVERAGED,
    "feature_names", "monotone_constraints", "feature_infos", "tree_sizes",
)  # fmt: skip
_TREE = (
    "num_leaves", "num_cat", "split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child",
    "leaf_value", "leaf_weight", "leaf_count", "internal_value", "internal_weight", "internal_count", "cat_boundaries",
    "cat_threshold", "is_linear", "leaf_const", "num_features", "leaf_features", "leaf_coeff", "shrinkage",
)  # fmt: skip
_CATEGORICAL = 1  # bit of a split's decision type
_LISTED = re.compile(r"^\[categorical_feature: [\d,]{1,100000}\]$", re.MULTILINE)
_OBJECTIVE = re.compile(r"[a-z_0-9]{1,40}( [a-z_]{1,40}(:[-+.\dinfe]{1,40})?)*")

Fields = Mapping[str, str]


def is_model(head: bytes) -> bool:
    """Whether a file begins like one."""
    return head.startswith((b"tree\nversion=v", b"tree\r\nversion=v", b"tree\nnum_class="))


def glance(text: Any) -> Glance:
    """What a booster inside a pickle says."""
    if not isinstance(text, str) or not is_model(text[:40].encode("utf-8", "replace")):
        return NOTHING
    try:
        return about(_fields(text.partition("\n\n")[0], _HEADER))
    except OpeningError:  # damaged: the library will say so, and what else the file says is still of use
        return NOTHING


def about(header: Fields) -> Glance:
    """Version, column names and classes."""
    objective = header.get("objective", "").split(" ")[0]
    names = tuple(header.get("feature_names", "").split(" "))
    written = _WRITTEN_BY.get(header.get("version", ""))
    count = header.get("num_class", "1")
    classes: tuple[Label, ...] = ()
    if objective in _CLASSIFIES and count.isdecimal() and len(count) < 6:
        classes = tuple(range(max(2, int(count))))
    return Glance({"lightgbm": written} if written else {}, names, classes, len(names), objective)


# --- the look at the structure ---------------------------------------------------------------------------------------


def check(raw: bytes) -> Glance:
    """Pass where the library may read this model.

    Raises OpeningError: "corrupt-tree", "unknown-objective", "truncated-file", "damaged-file".
    """
    text = _text(raw)
    header, blocks = _divided(text)
    found = about(header)
    features = _integer(header, "max_feature_idx") + 1
    trees.check_count(features, _MOST_FEATURES, "max_feature_idx", least=1)
    trees.check_count(_integer(header, "num_class"), _MOST_CLASSES, "num_class", least=1)
    per_round = trees.check_count(_integer(header, "num_tree_per_iteration"), _MOST_CLASSES, "num_tree", least=1)
    _check_outputs(header, per_round)
    for part in ("feature_names", "feature_infos"):
        if len(header.get(part, "").split(" ")) != features:
            raise corrupt(part, f"≠ {features}")
    if found.objective not in (*_CLASSIFIES, *_REGRESSES) or not _OBJECTIVE.fullmatch(header["objective"]):
        raise OpeningError("unknown-objective", library="LightGBM", objective=found.objective[:80] or "–")
    trees.check_count(len(blocks), trees.MOST_TREES, "trees")
    if len(blocks) % per_round:
        raise corrupt("trees", f"{len(blocks)} / {per_round}")
    for place, tree in enumerate(blocks):
        _check_tree(tree, features, f"Tree={place}")
    categories_of(text)
    return found


def _check_outputs(header: Fields, per_round: int) -> None:
    """As many numbers come out of a row as the objective writes."""
    count, objective = _integer(header, "num_class"), header.get("objective", "")
    said = re.search(r" num_class:(\d{1,6})\b", objective)
    wanted = int(said.group(1)) if said and objective.startswith("multiclass") else 1
    if not count == per_round == wanted:
        raise corrupt("num_class", f"{count}, {per_round}, {wanted}")


def _divided(text: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The fields of the header and of each tree. Raises OpeningError "corrupt-tree", "truncated-file"."""
    head, _, rest = text.partition("\n\n")
    header = _fields(head, _HEADER)
    end = rest.find(_END) if rest.startswith(_END) else rest.find("\n" + _END)
    if end < 0:
        raise OpeningError("truncated-file", size=size_text(len(text)))
    grown = rest[:end].strip("\n")
    blocks = [part.strip("\n") for part in ("\n\n" + grown).split("\n\nTree=")[1:]] if grown else []
    if grown and (not blocks or not grown.startswith("Tree=")):
        raise corrupt("trees", grown[:40])
    if "tree_sizes" in header:
        _check_sizes(rest[:end], header["tree_sizes"], len(blocks))
    trees_found = []
    for place, block in enumerate(blocks):
        number, _, body = block.partition("\n")
        if number != str(place):
            raise corrupt("trees", f"Tree={number[:20]}")
        trees_found.append(_fields(body, _TREE))
    return header, trees_found


def _check_sizes(text: str, written: str, count: int) -> None:
    """Each size leads exactly to the beginning of the next tree."""
    sizes = _whole(written, "tree_sizes", count) if count else np.array([], dtype=np.int64)
    raw, place = text.encode("utf-8"), 0
    for number, size in enumerate(sizes.tolist()):
        if not raw.startswith(b"Tree=%d\n" % number, place):
            raise corrupt("tree_sizes", f"Tree={number}")
        place += size
    if not place - 3 <= len(raw) <= place:  # blank lines stand between the last tree and the end
        raise corrupt("tree_sizes", f"{place} ≠ {len(raw)}")


def _check_tree(tree: Fields, features: int, name: str) -> None:
    leaves = trees.check_count(_integer(tree, "num_leaves"), _MOST_LEAVES, f"{name} num_leaves", least=1)
    categorical = trees.check_count(_integer(tree, "num_cat"), _MOST_LEAVES, f"{name} num_cat")
    _real(tree.get("leaf_value", ""), f"{name} leaf_value", leaves)
    _real(tree.get("shrinkage", "1"), f"{name} shrinkage", 1)
    for part in ("leaf_weight", "leaf_count"):
        if tree.get(part, "").strip() and leaves > 1:
            _real(tree[part], f"{name} {part}", leaves)
    if tree.get("leaf_count", "").strip() and leaves > 1:
        _whole(tree["leaf_count"], f"{name} leaf_count", leaves)
    if leaves == 1:
        return
    inner = leaves - 1
    _whole(tree.get("split_feature", ""), f"{name} split_feature", inner, high=features - 1)
    thresholds = _real(tree.get("threshold", ""), f"{name} threshold", inner, infinite=True)
    kinds = _whole(tree.get("decision_type", "0 " * inner), f"{name} decision_type", inner, high=127)
    for part in ("split_gain", "internal_value", "internal_weight", "internal_count"):
        if tree.get(part, "").strip():
            _real(tree[part], f"{name} {part}", inner, infinite=True)
    _check_children(tree, leaves, name)
    _check_categories(tree, thresholds[(kinds & _CATEGORICAL) == 1], categorical, name)
    if tree.get("is_linear", "0").strip() not in ("0", ""):
        _check_linear(tree, leaves, features, name)


def _check_children(tree: Fields, leaves: int, name: str) -> None:
    """Inner nodes are counted from 0, leaves are written as -1, -2, …"""
    inner = leaves - 1
    left, right = (
        _whole(tree.get(side, ""), f"{name} {side}", inner, low=-leaves, high=inner - 1)
        for side in ("left_child", "right_child")
    )
    nodes = np.full(inner + leaves, -1)
    sides = []
    for side in (left, right):
        whole = nodes.copy()
        whole[:inner] = np.where(side < 0, inner + ~side, side)
        sides.append(whole)
    trees.check_tree(sides[0], sides[1], name)


def _check_categories(tree: Fields, thresholds: np.ndarray, count: int, name: str) -> None:
    """The threshold of such a split is the number of its run of bits."""
    if not count:
        if len(thresholds):
            raise corrupt(name, "decision_type")
        return
    ends = _whole(tree.get("cat_boundaries", ""), f"{name} cat_boundaries", count + 1)
    words = _whole(tree.get("cat_threshold", ""), f"{name} cat_threshold", high=(1 << 32) - 1)
    if ends[0] != 0 or (np.diff(ends) < 0).any() or ends[-1] != len(words):
        raise corrupt(name, "cat_boundaries")
    if (thresholds < 0).any() or (thresholds >= count).any() or (thresholds % 1 != 0).any():
        raise corrupt(name, "threshold")


def _check_linear(tree: Fields, leaves: int, features: int, name: str) -> None:
    """A linear model in each leaf: all coefficients in one run, divided by the number of each leaf's columns."""
    _real(tree.get("leaf_const", ""), f"{name} leaf_const", leaves)
    counts = _whole(tree.get("num_features", ""), f"{name} num_features", leaves, high=features)
    total = int(counts.sum())
    _whole(tree.get("leaf_features", ""), f"{name} leaf_features", total, high=features - 1)
    _real(tree.get("leaf_coeff", ""), f"{name} leaf_coeff", total)


# --- the estimator ---------------------------------------------------------------------------------------------------


def construct(raw: bytes) -> tuple[Any, tuple[Notice, ...]]:
    """The classifier or regressor of LightGBM around the model. Raises OpeningError."""
    import lightgbm
    from sklearn.preprocessing import LabelEncoder

    found = check(raw)
    booster = lightgbm.Booster(model_str=_rewritten(_text(raw)))
    classifies = found.objective in _CLASSIFIES
    estimator = (lightgbm.LGBMClassifier if classifies else lightgbm.LGBMRegressor)(n_jobs=1, verbose=-1)
    # What `fit` sets: the library has no way of its own to put an estimator around a booster.
    estimator._Booster = booster
    estimator._n_features = estimator._n_features_in = booster.num_feature()
    estimator._fitted_with_feature_names = True
    estimator._objective = found.objective
    estimator._best_iteration = -1
    estimator._evals_result, estimator._best_score = {}, {}
    estimator.fitted_ = True
    if classifies:
        estimator._le = LabelEncoder().fit(found.classes)
        estimator._classes, estimator._n_classes = estimator._le.classes_, len(found.classes)
        estimator._class_map = {label: label for label in found.classes}
    return estimator, ()


def categories_of(text: str) -> list[list[Any]]:
    """The categories of each column of that kind, in the order of the columns; [] where there are none.

    Raises OpeningError "corrupt-model".
    """
    _, found, written = text.rpartition(_CATEGORIES)
    if not found:
        return []
    known = read_json(written.strip().encode("utf-8"))
    if known is None:
        return []
    plain = isinstance(known, list) and all(
        isinstance(each, list) and all(type(value) in (str, int, float, bool) for value in each) for each in known
    )
    if not plain:
        raise OpeningError("corrupt-model", part="LightGBM", found="pandas_categorical")
    return known


def _rewritten(text: str) -> str:
    """The same model of nothing but the lines that were looked at, for a reader that believes every line it meets.

    The settings of the training stay away: they do not count for predictions.
    """
    header, blocks = _divided(text)
    grown = [f"Tree={place}\n{_lines(tree, _TREE)}\n\n\n" for place, tree in enumerate(blocks)]
    sizes = " ".join(str(len(each.encode("utf-8"))) for each in grown)
    listed = _LISTED.search(text)
    settings = f"parameters:\n{listed.group()}\n\nend of parameters\n" if listed else ""
    known = json.dumps(categories_of(text))
    head = f"tree\n{_lines(header, _HEADER[1:-1])}\ntree_sizes={sizes}\n\n"
    return f"{head}{''.join(grown)}{_END}\n\n{settings}{_CATEGORIES}{known}\n"


def _lines(fields: Fields, names: Sequence[str]) -> str:
    """Those that are there, in the order in which the library writes them."""
    return "\n".join(f"{name}={fields[name]}" if name != _AVERAGED else name for name in names if name in fields)


# --- small helpers ---------------------------------------------------------------------------------------------------


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise OpeningError("damaged-file", size=size_text(len(raw))) from error


def _fields(text: str, known: Sequence[str]) -> dict[str, str]:
    """key=value, a line each; two keys stand alone. OpeningError "corrupt-tree" for one that is unknown, or twice."""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        name, equals, value = line.partition("=")
        if name in found or name not in known or (not equals and name not in _ALONE):
            raise corrupt(line[:40], "?")
        found[name] = value
    return found


def _integer(fields: Fields, name: str) -> int:
    return trees.number(fields.get(name), name)


def _numbers(text: str, kind: Any, name: str) -> np.ndarray:
    words = text.split()
    try:
        return np.array(words, dtype=kind) if words else np.array([], dtype=kind)
    except (ValueError, OverflowError) as error:
        raise corrupt(name, text[:40]) from error


def _whole(text: str, name: str, count: int | None = None, low: int = 0, high: int = (1 << 31) - 1) -> np.ndarray:
    return trees.whole(_numbers(text, np.int64, name), name, count, low, high)


def _real(text: str, name: str, count: int, infinite: bool = False) -> np.ndarray:
    return trees.real(_numbers(text, np.float64, name), name, count, infinite)

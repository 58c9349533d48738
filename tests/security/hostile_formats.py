"""Files in the formats of XGBoost, LightGBM and CatBoost whose numbers would lead their compiled readers astray."""

from __future__ import annotations

import importlib.util
import json
import struct
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from assembling import Hostile

TREE = ("corrupt-tree",)
BROKEN = ("truncated-file", "damaged-file", "tampered-file")
DEEP = ("too-deep", *BROKEN)
FAR = 1 << 40
X = np.random.default_rng(0).random((80, 3))
Y = (X[:, 0] + X[:, 1] > 1).astype(int)


# --- XGBoost ---------------------------------------------------------------------------------------------------------


@cache
def _xgboost(form: str = "json") -> bytes:
    import xgboost

    model = xgboost.XGBClassifier(n_estimators=3, max_depth=3, n_jobs=1).fit(X, Y)
    return bytes(model.get_booster().save_raw(form))


def _changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    model = json.loads(_xgboost())
    change(model["learner"])
    return json.dumps(model).encode()


def _forest(change: Callable[[dict[str, Any]], None]) -> bytes:
    return _changed(lambda learner: change(learner["gradient_booster"]["model"]))


def _tree(part: str, place: int, value: Any) -> bytes:
    def change(model: dict[str, Any]) -> None:
        model["trees"][0][part][place] = value

    return _forest(change)


def _in_tree(**parts: Any) -> bytes:
    return _forest(lambda model: model["trees"][0].update(parts))


def _parameter(**parts: Any) -> bytes:
    return _changed(lambda learner: learner["learner_model_param"].update(parts))


def _long_chain() -> bytes:
    """A tree a hundred thousand nodes deep, which a reader that calls itself does not survive."""
    count = 200_001
    left = [place + 1 if place % 2 == 0 and place + 2 < count else -1 for place in range(count)]
    right = [child + 1 if child >= 0 else -1 for child in left]
    whole = dict.fromkeys(("base_weights", "loss_changes", "sum_hessian", "split_conditions"), [0.0] * count)
    zeros = dict.fromkeys(("default_left", "split_indices", "split_type", "parents"), [0] * count)
    sizes = {"num_nodes": str(count), "num_feature": "3", "num_deleted": "0", "size_leaf_vector": "1"}
    return _in_tree(left_children=left, right_children=right, tree_param=sizes, **whole, **zeros)


def _twice() -> bytes:
    return _xgboost().replace(b'"num_class":', b'"num_feature":"99999999","num_class":', 1)


def _categories(**parts: Any) -> bytes:
    kinds = {"categories_nodes": [0], "categories_segments": [0], "categories_sizes": [1], "categories": [0]} | parts

    def change(model: dict[str, Any]) -> None:
        tree = model["trees"][0]
        tree["split_type"][0] = 1
        tree.update(kinds)

    return _forest(change)


def _ubjson(*parts: bytes) -> bytes:
    return b"{L" + struct.pack(">q", 7) + b"learner" + b"".join(parts) + b"}"


XGBOOST = {
    "child_of_itself": (lambda: _tree("left_children", 0, 0), TREE),
    "child_is_its_parent": (lambda: _tree("left_children", 1, 0), TREE),
    "child_far_away": (lambda: _tree("right_children", 0, FAR), TREE),
    "child_below_zero": (lambda: _tree("right_children", 0, -7), TREE),
    "child_twice": (lambda: _tree("right_children", 0, 1), TREE),
    "feature_far_away": (lambda: _tree("split_indices", 0, FAR), TREE),
    "feature_just_too_far": (lambda: _tree("split_indices", 0, 3), TREE),
    "feature_below_zero": (lambda: _tree("split_indices", 0, -1), TREE),
    "limit_is_no_number": (lambda: _tree("split_conditions", 0, float("nan")), TREE),
    "leaf_is_endless": (lambda: _tree("split_conditions", -1, float("inf")), TREE),
    "weight_is_text": (lambda: _tree("split_conditions", 0, "0.5"), TREE),
    "list_too_short": (lambda: _in_tree(split_indices=[0]), TREE),
    "list_is_a_number": (lambda: _in_tree(left_children=5), TREE),
    "list_of_lists": (lambda: _in_tree(left_children=[[1], [2, 3]]), TREE),
    "nodes_claimed": (lambda: _in_tree(tree_param={"num_nodes": str(FAR), "num_feature": "3"}), TREE),
    "nodes_below_zero": (lambda: _in_tree(tree_param={"num_nodes": "-1", "num_feature": "3"}), TREE),
    "features_of_a_tree": (lambda: _in_tree(tree_param={"num_nodes": "7", "num_feature": "9"}), TREE),
    "trees_claimed": (lambda: _forest(lambda model: model["gbtree_model_param"].update(num_trees=str(FAR))), TREE),
    "class_of_a_tree": (lambda: _forest(lambda model: model.update(tree_info=[0, 0, 1 << 30])), TREE),
    "rounds_beyond_the_end": (lambda: _forest(lambda model: model.update(iteration_indptr=[0, 9, 3])), TREE),
    "features_claimed": (lambda: _parameter(num_feature=str(FAR)), TREE),
    "no_features": (lambda: _parameter(num_feature="0"), TREE),
    "classes_claimed": (lambda: _parameter(num_class=str(FAR)), TREE),
    "two_classes_more": (lambda: _parameter(num_class="4"), TREE),
    "parent_far_away": (lambda: _tree("parents", 1, 99), TREE),
    "parent_of_another": (lambda: _tree("parents", 2, 1), TREE),
    "number_of_a_million_digits": (lambda: _parameter(num_class="9" * 10**6), TREE),
    "base_of_a_megabyte": (lambda: _parameter(base_score="[" * 10**6), (*TREE, "too-deep")),
    "name_of_a_megabyte": (lambda: _changed(lambda learner: learner.update(feature_names=["x" * 10**6] * 3)), TREE),
    "names_too_many": (lambda: _changed(lambda learner: learner.update(feature_names=["a"] * 4)), TREE),
    "category_far_away": (lambda: _categories(categories=[FAR]), TREE),
    "categories_beyond_the_end": (lambda: _categories(categories_sizes=[1 << 30]), TREE),
    "categories_of_no_node": (lambda: _categories(categories_nodes=[6]), TREE),
    "categories_of_a_stranger": (lambda: _forest(lambda m: m["cats"].update(enc=[{}], feature_segments=[0, 9])), TREE),
    "long_chain": (_long_chain, TREE),
    "booster_of_its_own": (lambda: _changed(lambda learner: learner["gradient_booster"].update(name="gbmagic")), TREE),
    "key_twice": (_twice, BROKEN),
    "nested": (lambda: b'{"learner":' + b"[" * 10**5 + b'"gradient_booster"', DEEP),
    "cut": (lambda: _xgboost()[:-200], BROKEN),
    "ubjson_cut": (lambda: _xgboost("ubj")[:-200], BROKEN),
    "ubjson_array_of_an_exbibyte": (lambda: _ubjson(b"[$d#L", struct.pack(">q", 1 << 60)), BROKEN),
    "ubjson_length_below_zero": (lambda: _ubjson(b"[$d#L", struct.pack(">q", -5)), BROKEN),
    "ubjson_nothing_very_often": (lambda: _ubjson(b"[$Z#L", struct.pack(">q", 1 << 30)), BROKEN),
    "ubjson_list_of_a_million": (lambda: _ubjson(b"[#l", struct.pack(">i", 10**9)), BROKEN),
    "ubjson_nested": (lambda: _ubjson(b"[" * 10**5), DEEP),
    "ubjson_text_of_2_gib": (lambda: _ubjson(b"Sl", struct.pack(">i", (1 << 31) - 1)), BROKEN),
    "ubjson_more_behind": (lambda: _xgboost("ubj") + b"}" * 100, BROKEN),
}


# --- LightGBM --------------------------------------------------------------------------------------------------------


@cache
def _lightgbm() -> str:
    import lightgbm

    data = lightgbm.Dataset(X, Y)
    told = {"objective": "binary", "num_leaves": 4, "verbose": -1, "min_data_in_leaf": 5, "num_threads": 1}
    return lightgbm.train(told, data, 2).model_to_string()


def _line(name: str, value: str, sized: bool = True) -> bytes:
    """The first line of that name with another value; the sizes of the trees follow, as an attacker would have them."""
    lines = _lightgbm().split("\n")
    place = next(k for k, line in enumerate(lines) if line.startswith(f"{name}="))
    before = lines[place]
    lines[place] = f"{name}={value}"
    text = "\n".join(lines)
    grown = len(lines[place].encode()) - len(before.encode())
    if sized and place > next(k for k, line in enumerate(lines) if line == "Tree=0"):
        first = next(line for line in lines if line.startswith("tree_sizes="))
        sizes = [int(size) for size in first.removeprefix("tree_sizes=").split()]
        text = text.replace(first, f"tree_sizes={sizes[0] + grown} {sizes[1]}")
    return text.encode()


LIGHTGBM = {
    "leaves_below_zero": (lambda: _line("num_leaves", "-4"), TREE),
    "leaves_claimed": (lambda: _line("num_leaves", str(1 << 30)), TREE),
    "leaf_counts_below_zero": (lambda: _line("leaf_count", "-5 20 30 30"), TREE),
    "child_of_itself": (lambda: _line("left_child", "0 -2 -3"), TREE),
    "child_far_away": (lambda: _line("right_child", f"{1 << 30} 2 -4"), TREE),
    "leaf_far_away": (lambda: _line("left_child", "1 -2 -99"), TREE),
    "child_beyond_32_bits": (lambda: _line("left_child", f"{FAR} -2 -3"), TREE),
    "feature_far_away": (lambda: _line("split_feature", f"{1 << 30} 0 0"), TREE),
    "feature_below_zero": (lambda: _line("split_feature", "-1 0 0"), TREE),
    "feature_is_a_word": (lambda: _line("split_feature", "a b c"), TREE),
    "leaf_is_no_number": (lambda: _line("leaf_value", "nan 1 2 3"), TREE),
    "category_without_bits": (lambda: _line("decision_type", "1 2 2"), TREE),
    "categories_claimed": (lambda: _line("num_cat", str(1 << 19)), TREE),
    "linear_without_numbers": (lambda: _line("is_linear", "1"), TREE),
    "sizes_below_zero": (lambda: _line("tree_sizes", "-100 500"), TREE),
    "sizes_beyond_the_end": (lambda: _line("tree_sizes", f"{1 << 40} 500"), TREE),
    "sizes_too_few": (lambda: _line("tree_sizes", "500"), TREE),
    "features_claimed": (lambda: _line("max_feature_idx", str(1 << 30)), TREE),
    "classes_claimed": (lambda: _line("num_class", str(1 << 30)), TREE),
    "classes_of_the_objective": (lambda: _line("objective", "multiclass num_class:900"), TREE),
    "trees_a_round": (lambda: _line("num_tree_per_iteration", "7"), TREE),
    "key_twice": (lambda: _lightgbm().replace("num_leaves=", "num_leaves=4\nnum_leaves=", 1).encode(), TREE),
    "line_without_a_sign": (lambda: _lightgbm().replace("split_gain=", "split_gain(", 1).encode(), TREE),
    "line_unknown": (lambda: _lightgbm().replace("split_gain=", "magic=", 1).encode(), TREE),
    "line_of_a_megabyte": (lambda: _line("split_feature", "0 " * 500_000), TREE),
    "categories_nested": (lambda: _lightgbm().encode() + b"\npandas_categorical:" + b"[" * 10**5, DEEP),
    "categories_of_objects": (
        lambda: _lightgbm().encode() + b'\npandas_categorical:[[{"a": 1}]]\n',
        ("corrupt-model",),
    ),
    "cut": (lambda: _lightgbm().encode()[:700], (*BROKEN, *TREE)),
}


# --- CatBoost --------------------------------------------------------------------------------------------------------


@cache
def _catboost(form: str) -> bytes:
    import tempfile
    from pathlib import Path

    import catboost

    model = catboost.CatBoostClassifier(iterations=2, depth=2, verbose=0, allow_writing_files=False, thread_count=1)
    with tempfile.TemporaryDirectory() as folder:
        model.fit(X, Y).save_model(str(Path(folder) / "model"), format=form)
        return (Path(folder) / "model").read_bytes()


def _without_offsets() -> bytes:
    raw = _catboost("cbm")
    return raw[:8] + b"\xff" * 64 + raw[72:]


def _splits_far_away() -> bytes:
    """The list of splits is a count of 4 and four small numbers."""
    from xai.opening.native.tables import Table

    raw = _catboost("cbm")
    forest = Table.root(raw[8:]).table(1)
    splits = forest.numbers(1, "<i4")
    found = raw.index(struct.pack("<I", len(splits)) + splits.tobytes())
    return raw[: found + 4] + struct.pack("<i", 1 << 30) + raw[found + 8 :]


def _catboost_json(change: Callable[[dict[str, Any]], None]) -> bytes:
    model = json.loads(_catboost("json"))
    change(model)
    return json.dumps(model).encode()


def _first_split(**parts: Any) -> bytes:
    return _catboost_json(lambda model: model["oblivious_trees"][0]["splits"][0].update(parts))


def _first_tree(**parts: Any) -> bytes:
    return _catboost_json(lambda model: model["oblivious_trees"][0].update(parts))


CATBOOST = {
    "offsets_beyond_the_end": (_without_offsets, BROKEN),
    "core_claimed": (lambda: b"CBM1" + struct.pack("<I", 1 << 31) + _catboost("cbm")[8:], BROKEN),
    "head_alone": (lambda: b"CBM1", BROKEN),
    "core_of_nothing": (lambda: b"CBM1" + struct.pack("<I", 4) + bytes(4), (*BROKEN, *TREE)),
    "splits_far_away": (_splits_far_away, TREE),
    "cut": (lambda: _catboost("cbm")[:500], BROKEN),
    "json_split_far_away": (lambda: _first_split(split_index=FAR), TREE),
    "json_feature_far_away": (lambda: _first_split(float_feature_index=FAR), TREE),
    "json_feature_below_zero": (lambda: _first_split(float_feature_index=-1), TREE),
    "json_splits_claimed": (lambda: _first_tree(splits=[{"split_index": 0, "split_type": "OneHot"}] * 40), TREE),
    "json_leaves_too_few": (lambda: _first_tree(leaf_values=[1.0]), TREE),
    "json_leaf_is_no_number": (lambda: _first_tree(leaf_values=[float("nan")] * 4), TREE),
    "json_borders_are_text": (
        lambda: _catboost_json(lambda model: model["features_info"]["float_features"][0].update(borders="abc")),
        TREE,
    ),
    "json_cut": (lambda: _catboost("json")[:-50], BROKEN),
}


def _files() -> dict[str, Hostile]:
    groups = {"xgboost": XGBOOST, "lightgbm": LIGHTGBM, "catboost": CATBOOST}
    return {
        f"{library}_{key}": Hostile(lambda marker, make=make: make(), codes)
        for library, group in groups.items()
        if importlib.util.find_spec(library) is not None
        for key, (make, codes) in group.items()
    }


FILES = _files()

"""Models of listed classes whose numbers would lead compiled code astray, and vectorizers that read files."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
from assembling import Hostile, Reduced
from scipy import sparse
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.tree._tree import Tree

X = np.random.default_rng(0).random((60, 3))
Y = (X[:, 0] + X[:, 1] > 1).astype(int)
TREE, MODEL, FILES_READ = ("corrupt-tree",), ("corrupt-model",), ("reads-files",)
WORDS = ["good film", "bad film"] * 30


def _tree_with(change: Callable[[dict], None], arguments: tuple | None = None) -> bytes:
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, Y)
    _, made_with, state = model.tree_.__reduce__()
    state = {key: part.copy() if isinstance(part, np.ndarray) else part for key, part in state.items()}
    change(state)
    model.tree_ = Reduced(Tree, arguments or made_with, state)
    return pickle.dumps(model)


def _node(field: str, number: int) -> bytes:
    def change(state: dict) -> None:
        state["nodes"][field][0] = number

    return _tree_with(change)


def _half_a_leaf() -> bytes:
    def change(state: dict) -> None:
        state["nodes"]["right_child"][0] = -1

    return _tree_with(change)


def _no_nodes() -> bytes:
    def change(state: dict) -> None:
        state["node_count"] = 0

    return _tree_with(change)


def _changed(model: Any, **attributes: Any) -> bytes:
    model.fit(X, Y)
    vars(model).update(attributes)
    stream = io.BytesIO()
    joblib.dump(model, stream)
    return stream.getvalue()


def _histogram(field: str, number: int) -> bytes:
    model = HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=5).fit(X, Y)
    model._predictors[0][0].nodes[field][0] = number
    return pickle.dumps(model)


def _histogram_bitset() -> bytes:
    categories = np.column_stack([X, np.tile(np.arange(6.0), 10)])
    model = HistGradientBoostingRegressor(max_iter=5, min_samples_leaf=3, categorical_features=[3]).fit(
        categories, categories[:, 3] % 2
    )
    nodes = model._predictors[0][0].nodes
    nodes["bitset_idx"][nodes["is_categorical"] == 1] = 4_000_000
    return pickle.dumps(model)


def _histogram_category() -> bytes:
    model = HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=5).fit(X, Y)
    model._predictors[0][0].nodes["is_categorical"][0] = 1
    return pickle.dumps(model)


def _neighbours(place: int, change: Callable[[Any], Any]) -> bytes:
    model = KNeighborsClassifier(algorithm="kd_tree").fit(X, Y)
    function, arguments, state = model._tree.__reduce__()
    state = tuple(change(part) if position == place else part for position, part in enumerate(state))
    model._tree = Reduced(function, arguments, state)
    return pickle.dumps(model)


def _beyond(rows: np.ndarray) -> np.ndarray:
    rows = rows.copy()
    rows[0] = 1 << 40
    return rows


def _ranges(nodes: np.ndarray) -> np.ndarray:
    nodes = nodes.copy()
    nodes["idx_end"][-1] = 1 << 40
    return nodes


def _wider_boosting() -> bytes:
    model = GradientBoostingClassifier(n_estimators=2).fit(X, Y)
    model.estimators_ = np.repeat(model.estimators_, 50, axis=1)
    return pickle.dumps(model)


def _sparse() -> bytes:
    model = KNeighborsClassifier(algorithm="brute").fit(sparse.csr_matrix(X), Y)
    model._fit_X.indices = _beyond(model._fit_X.indices.astype(np.int64))
    return pickle.dumps(model)


def _sparse_that_says_it_is_empty() -> bytes:
    model = KNeighborsClassifier(algorithm="brute").fit(sparse.csr_matrix(X), Y)
    model._fit_X.indptr = np.append(model._fit_X.indptr[:-1], 0).astype(np.int32)
    return pickle.dumps(model)


def _spline() -> bytes:
    model = make_pipeline(SplineTransformer(), LogisticRegression()).fit(X, Y)
    spline = model[0].bsplines_[0]
    held = getattr(spline, "_delegate_to", spline)  # where SciPy keeps the numbers, since 1.18
    held.t = held.t[:3]
    return pickle.dumps(model)


def _reads(vectorizer: Any, setting: str, model: Any = None) -> bytes:
    pipeline = make_pipeline(vectorizer, model or MultinomialNB()).fit(WORDS, Y)
    pipeline[0].input = setting
    return pickle.dumps(pipeline)


def _forest_of_another_width() -> bytes:
    model = RandomForestClassifier(3).fit(X, Y)
    model.n_features_in_ = 1
    return pickle.dumps(model)


def _borrowed_tree() -> bytes:
    model = DecisionTreeClassifier().fit(X, Y)
    model.tree_ = DecisionTreeClassifier().fit(np.tile(X, 100), Y).tree_
    return pickle.dumps(model)


FILES = {
    f"structure_{key}": Hostile(lambda m, make=make: make(), codes)
    for key, make, codes in (
        ("tree_child_is_itself", lambda: _node("left_child", 0), TREE),
        ("tree_child_far_away", lambda: _node("left_child", 1 << 40), TREE),
        ("tree_child_negative", lambda: _node("right_child", -7), TREE),
        ("tree_half_a_leaf", _half_a_leaf, TREE),
        ("tree_feature_far_away", lambda: _node("feature", 1 << 40), TREE),
        ("tree_feature_negative", lambda: _node("feature", -5), TREE),
        ("tree_without_nodes", _no_nodes, TREE),
        ("tree_more_outputs", lambda: _tree_with(lambda s: None, (3, np.array([2]), 1000)), ("forbidden-call",)),
        ("tree_of_another_width", lambda: _changed(DecisionTreeClassifier(), n_features_in_=1), TREE),
        ("tree_borrowed", _borrowed_tree, TREE),
        ("forest_of_another_width", _forest_of_another_width, TREE),
        ("forest_of_words", lambda: _changed(RandomForestClassifier(3), estimators_=["tree"] * 3), TREE),
        ("boosting_wider", _wider_boosting, TREE),
        ("histogram_child_is_itself", lambda: _histogram("left", 0), TREE),
        ("histogram_child_far_away", lambda: _histogram("right", 4_000_000), TREE),
        ("histogram_feature_far_away", lambda: _histogram("feature_idx", 1 << 40), TREE),
        ("histogram_feature_negative", lambda: _histogram("feature_idx", -4), TREE),
        ("histogram_bitset_far_away", _histogram_bitset, TREE),
        ("histogram_category_of_a_number", _histogram_category, TREE),
        ("neighbours_rows_far_away", lambda: _neighbours(1, _beyond), TREE),
        ("neighbours_ranges_far_away", lambda: _neighbours(2, _ranges), TREE),
        ("neighbours_more_levels", lambda: _neighbours(5, lambda levels: 40), TREE),
        ("neighbours_fewer_bounds", lambda: _neighbours(3, lambda bounds: bounds[:1].copy()), TREE),
        (
            "vectors_more_than_there_are",
            lambda: _changed(SVC(), _n_support=np.array([10**6, 10**6], dtype=np.int32)),
            MODEL,
        ),
        ("vectors_fewer_coefficients", lambda: _changed(SVC(), _dual_coef_=np.zeros((1, 1))), MODEL),
        ("sparse_indices_far_away", _sparse, MODEL),
        ("sparse_that_says_it_is_empty", _sparse_that_says_it_is_empty, MODEL),
        ("spline_without_knots", _spline, (*MODEL, "cannot-construct")),
        ("texts_from_files", lambda: _reads(CountVectorizer(), "filename"), FILES_READ),
        ("texts_from_streams", lambda: _reads(TfidfVectorizer(), "file"), FILES_READ),
        (
            "texts_hashed_from_files",
            lambda: _reads(HashingVectorizer(n_features=8), "filename", SGDClassifier()),
            FILES_READ,
        ),
    )
}

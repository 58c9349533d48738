"""Files that claim to be old, so that they are repaired: what repairs touch before and after the audit is hostile."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
from assembling import BUILD, EMPTY_TUPLE, NEWOBJ, Hostile, bundle, call, name, value
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sklearn.tree._tree import NODE_DTYPE

X = np.random.default_rng(0).random((30, 3))
Y = (X[:, 0] > 0.5).astype(int)
CALL, TAMPERED = ("forbidden-call",), ("tampered-file",)
MODEL, TREE = ("corrupt-model", "needs-own-version"), ("corrupt-tree", "corrupt-model", "needs-own-version")


def claiming(version: str, model: Any) -> bytes:
    """The model as if this scikit-learn had written it; states are changed while they are written."""
    import sklearn.base

    real = sklearn.base.__version__
    sklearn.base.__version__ = version
    try:
        return pickle.dumps(model)
    finally:
        sklearn.base.__version__ = real


def _columns(**state: Any) -> bytes:
    """A ColumnTransformer as 0.24 kept it, with something else in it."""
    pipeline = make_pipeline(ColumnTransformer([("all", FunctionTransformer(), [0, 1])]), LogisticRegression())
    columns = pipeline.fit(X, Y).steps[0][1]
    for attribute in ("_transformer_to_input_indices", "output_indices_", "n_features_in_", "feature_names_in_"):
        vars(columns).pop(attribute, None)
    vars(columns).update({"_n_features": 3, **state})
    return claiming("0.24.2", pipeline)


def _forest(field: str, found: int) -> bytes:
    """A forest with the nodes of 1.2, one of them leading astray."""
    forest = RandomForestClassifier(2, random_state=0).fit(X, Y)
    tree = forest.estimators_[0].tree_
    state = tree.__getstate__()
    old = [(each, NODE_DTYPE[each]) for each in NODE_DTYPE.names if each != "missing_go_to_left"]
    nodes = np.zeros(len(state["nodes"]), dtype=old)
    for each, _ in old:
        nodes[each] = state["nodes"][each]
    nodes[field][0] = found

    class Changed:
        def __reduce__(self) -> tuple:
            return type(tree), tree.__reduce__()[1], {**state, "nodes": nodes}

    vars(forest.estimators_[0])["tree_"] = Changed()
    return claiming("1.2.2", forest)


def _fitted(model: Any, version: str, **state: Any) -> bytes:
    model.fit(X, Y)
    vars(model).update(state)
    return claiming(version, model)


def _encoder(**state: Any) -> bytes:
    pipeline = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression()).fit(X.round(1), Y)
    encoder = pipeline.steps[0][1]
    for attribute in ("_drop_idx_after_grouping", "_n_features_outs", "_infrequent_enabled"):
        vars(encoder).pop(attribute, None)
    vars(encoder).update(state)
    return claiming("0.24.2", pipeline)


_MAKER = name("sklearn._loss._loss", "__pyx_unpickle_CyPinballLoss")
_LOSS = name("sklearn._loss._loss", "CyPinballLoss")

FILES = {
    "old_loss_of_text": Hostile(lambda m: bundle(call(_MAKER, _LOSS, value(1), value(("x",)))), CALL),
    "old_loss_of_another_class": Hostile(
        lambda m: bundle(call(_MAKER, name("sklearn.dummy", "DummyClassifier"), value(1), value(None))), CALL
    ),
    "gone_class_with_a_hidden_name": Hostile(
        lambda m: bundle(
            name("sklearn.ensemble._gb_losses", "BinomialDeviance"), EMPTY_TUPLE, NEWOBJ, value({"__class__": 1}), BUILD
        ),
        TAMPERED,
    ),
    "gone_class_gets_a_state": Hostile(
        lambda m: bundle(name("sklearn.ensemble._gb_losses", "BinomialDeviance"), value({"a": 1}), BUILD), TAMPERED
    ),
    "old_column_count": Hostile(lambda m: _columns(_n_features=10**12), MODEL),
    "old_column_names": Hostile(lambda m: _columns(_df_columns=5), MODEL),
    "old_columns_astray": Hostile(lambda m: _columns(transformers_=[("all", "passthrough", [10**9])]), MODEL),
    "old_tree_child": Hostile(lambda m: _forest("left_child", 1 << 40), TREE),
    "old_tree_cycle": Hostile(lambda m: _forest("left_child", 0), TREE),
    "old_tree_feature": Hostile(lambda m: _forest("feature", 1 << 40), TREE),
    "old_boosting_loss": Hostile(
        lambda m: _fitted(GradientBoostingClassifier(n_estimators=2), "1.3.2", loss="__class__"), MODEL
    ),
    "old_boosting_grid": Hostile(
        lambda m: _fitted(GradientBoostingClassifier(n_estimators=2), "1.3.2", estimators_=np.zeros((1, 1))), TREE
    ),
    "old_histogram_start": Hostile(
        lambda m: _fitted(HistGradientBoostingClassifier(max_iter=2), "1.3.2", _baseline_prediction="x"), MODEL
    ),
    "old_neighbours": Hostile(
        lambda m: _fitted(KNeighborsClassifier(algorithm="brute"), "1.0.2", _fit_method=np.zeros(2)), MODEL
    ),
    "old_encoder_drop": Hostile(lambda m: _encoder(drop=np.array([1 << 40] * 3)), MODEL),
}

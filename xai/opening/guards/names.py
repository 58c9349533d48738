"""Which names of a file are given to it, and what is said about the others."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from functools import lru_cache
from typing import Any

from xai.errors import OpeningError
from xai.opening.allowed import Allowed, Name, allowed

# How packages are called where they are installed from, when that is not the name they are imported by.
_DISTRIBUTIONS = {
    "imblearn": "imbalanced-learn",
    "sklearn": "scikit-learn",
    "lz4": "lz4",
    "feature_engine": "feature-engine",
    "sklearn_pandas": "sklearn-pandas",
    "interpret": "interpret-core",
    "dask_ml": "dask-ml",
    "tpot": "TPOT",
}
# Libraries by the name they are imported by: what comes from them is nobody's own module.
_LIBRARIES = frozenset({
    "xgboost", "lightgbm", "catboost", "category_encoders", "mlxtend", "statsmodels", "scipy", "pandas",
    "numpy", "joblib", "pyarrow", "skops", "ngboost", "sktime", "skorch", "optuna", "hyperopt", "boruta",
    "yellowbrick", "pmdarima", "prophet", "umap", "hdbscan", "polars", "pycaret", "autogluon", "flaml", "lifelines",
    "surprise", "sklearn_crfsuite", "lazypredict", "econml", "causalml", "imodels", "gplearn", "pyod", "sklearnex",
    "daal4py", "cuml", "river", "mapie", "skopt", "sklego", "tslearn", "deslib", "pygam", "linearmodels", "nltk",
    "featuretools", "tsfresh", "evalml", "autosklearn", "shap", "lime",
}) | frozenset(_DISTRIBUTIONS)  # fmt: skip
_PUT_CODE_IN = frozenset({"dill", "cloudpickle"})  # into the file, where they cannot name it
# Networks and other libraries whose models are not estimators in scikit-learn's sense.
_NETWORKS = frozenset({
    "keras", "tensorflow", "torch", "pytorch_lightning", "transformers", "spacy", "gensim", "fastai",
    "pyspark", "h2o", "scikeras", "tensorflow_decision_forests", "onnxruntime", "mxnet", "jax", "flax",
})  # fmt: skip
_OLD_STANDARD = frozenset({"__builtin__", "copy_reg"})  # of Python 2


def trouble_with(module: str, name: str) -> OpeningError | None:
    """What stands in the way of a name: None where the list has it and its package is here."""
    wanted = allowed().today(module, name)
    root = wanted[0].split(".")[0]
    if wanted in allowed():
        missing = wanted not in allowed().repaired and not importable(root)
        return _missing(root, module, name) if missing else None
    if root in _NETWORKS:
        return OpeningError("other-library", library=root, name=name)
    if root in _PUT_CODE_IN:
        return OpeningError("code-inside", library=root, name=name[:200])
    if root in _LIBRARIES and root not in _opened():
        return OpeningError("unlisted-library", library=_DISTRIBUTIONS.get(root, root), name=f"{module}.{name}"[:400])
    if root in _LIBRARIES:
        return forbidden(module, name) if importable(root) else _missing(root, module, name)
    if root in sys.stdlib_module_names | _OLD_STANDARD and root != "__main__":
        return forbidden(module, name)
    return OpeningError("custom-code", name=name[:200], module=module[:200])


@lru_cache(maxsize=None)
def _opened() -> frozenset[str]:
    """Libraries of which the list has parts."""
    found = allowed()
    listed = {module.split(".")[0] for module, _ in found.classes | found.called | found.referenced}
    return frozenset(listed | {"joblib", "skops"})  # these write files, and nothing in them asks for more of them


def forbidden(module: str, name: str) -> OpeningError:
    """The error for a name of an installed library that is not on the list."""
    return OpeningError("forbidden-global", name=f"{module}.{name}"[:400])


def of_a_library(error: OpeningError) -> bool:
    """Whether another version of a library may be the reason."""
    return error.code == "forbidden-global" and error.facts["name"].split(".")[0] in _LIBRARIES


def importable(root: str) -> bool:
    """Whether a top-level module exists here, without importing it."""
    if root in sys.modules:
        return True
    try:
        return importlib.util.find_spec(root) is not None
    except (ImportError, ValueError):
        return False


def _missing(root: str, module: str, name: str) -> OpeningError:
    return OpeningError("missing-package", package=_DISTRIBUTIONS.get(root, root), needed=f"{module}.{name}"[:400])


class Given:
    """The objects that one file was given, and what it may do with each. Shared with readers of nested pickles."""

    def __init__(self, names: Allowed | None = None) -> None:
        self.allowed = names or allowed()
        self._names: dict[int, Name] = {}
        self._objects: list[Any] = []  # kept, so that no other object can take over an identity
        self._built: dict[int, Any] = {}

    def give(self, module: str, name: str) -> Any:
        """The object of a listed name. Raises OpeningError for every other, ImportError, AttributeError."""
        if (error := trouble_with(module, name)) is not None:
            raise error
        wanted = self.allowed.today(module, name)
        return self.note(wanted, getattr(importlib.import_module(wanted[0]), wanted[1]))

    def note(self, name: Name, thing: Any) -> Any:
        """Remember what was given under which name; the first name of an object stays."""
        if id(thing) not in self._names or self._names[id(thing)] not in self.allowed.called:
            self._names[id(thing)] = name
        self._objects.append(thing)
        return thing

    def name_of(self, thing: Any) -> Name | None:
        return self._names.get(id(thing))

    def is_class(self, thing: Any) -> bool:
        """Whether instances of it may be made."""
        name = self.name_of(thing)
        return isinstance(thing, type) and (name in self.allowed.classes or name in self.allowed.repaired)

    def is_referenced(self, thing: Any) -> bool:
        """Whether it may stand in a model as a value: a function for data, a type of numbers."""
        return self.name_of(thing) in self.allowed.referenced

    def first_state(self, thing: Any) -> bool:
        """Whether this object gets a state for the first time; the second one would change it under its users."""
        if id(thing) in self._built:
            return False
        self._built[id(thing)] = thing
        return True

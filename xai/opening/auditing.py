"""Second moment of opening: may and can this file be opened here? Decided from its facts alone."""

from __future__ import annotations

import importlib.util
import sys

import sklearn

from xai.errors import OpeningError
from xai.opening.reading import FileFacts
from xai.opening.scanning import version_key

OLDEST_REPAIRED = (1, 5)
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
# Libraries whose absence is a missing package, not somebody's own module.
_LIBRARIES = frozenset({
    "xgboost", "lightgbm", "catboost", "category_encoders", "mlxtend", "statsmodels", "scipy", "pandas",
    "numpy", "joblib", "pyarrow", "skops", "ngboost", "sktime", "skorch", "optuna", "hyperopt", "boruta",
    "yellowbrick", "pmdarima", "prophet", "umap", "hdbscan", "dill", "cloudpickle", "polars",
}) | frozenset(_DISTRIBUTIONS)  # fmt: skip
# Networks and other libraries whose models are not estimators in scikit-learn's sense.
_NETWORKS = frozenset({
    "keras", "tensorflow", "torch", "pytorch_lightning", "transformers", "spacy", "gensim", "fastai",
    "pyspark", "h2o",
})  # fmt: skip
# What models need of the standard library; everything else there is no part of a model.
_STANDARD = frozenset({
    "builtins", "__builtin__", "collections", "copyreg", "copy_reg", "_codecs", "functools", "datetime",
    "decimal", "fractions", "re", "operator", "types", "enum", "uuid", "pathlib", "itertools", "math",
    "numbers", "random", "abc", "typing", "dataclasses", "zoneinfo",
})  # fmt: skip
_DANGEROUS_BUILTINS = frozenset({
    "eval", "exec", "compile", "open", "input", "__import__", "breakpoint", "exit", "quit", "globals",
})  # fmt: skip
# Moved names that the repairs know (see repairs.py).
_MOVED = frozenset({"_loss"})


def audit(facts: FileFacts) -> None:
    """Pass, or raise the OpeningError that says what stands in the way.

    "not-a-model" (something else was pickled), "other-library" (a neural network, …), "custom-code" (class and module
    named), "missing-package" (named), "version-too-old" and "adaboost-old" (with the version to install).
    """
    for entry in facts.globals:
        _known_name(*entry.split(":", 1))
    _is_something(facts)
    _version(facts)


def _is_something(facts: FileFacts) -> None:
    """Tables, arrays and plain values can be pickled too."""
    module, _, name = facts.top_class.rpartition(".")
    containers = {"dict", "list", "tuple"}
    if module == "builtins" and name not in containers:
        raise OpeningError("not-a-model", found=f"Python {name}")
    if module.split(".")[0] in ("numpy", "pandas", "polars"):
        raise OpeningError("not-a-model", found=f"{module.split('.')[0]}.{name}")


def _known_name(module: str, name: str) -> None:
    root = module.split(".")[0]
    if root in _NETWORKS:
        raise OpeningError("other-library", library=root, name=name)
    if root in _MOVED:
        return
    standard = root in sys.stdlib_module_names or root in _STANDARD
    if root in _STANDARD and not (root in ("builtins", "__builtin__") and name in _DANGEROUS_BUILTINS):
        return
    if standard or (root == "__main__" and not hasattr(sys.modules["__main__"], name.split(".")[0])):
        raise OpeningError("custom-code", name=name, module=module)
    if not importable(root):
        if root in _LIBRARIES:
            package = _DISTRIBUTIONS.get(root, root)
            raise OpeningError("missing-package", package=package, needed=f"{module}.{name}")
        raise OpeningError("custom-code", name=name, module=module)


def importable(root: str) -> bool:
    """Whether a top-level module exists here, without importing it."""
    if root in sys.modules:
        return True
    try:
        return importlib.util.find_spec(root) is not None
    except (ImportError, ValueError):
        return False


def _version(facts: FileFacts) -> None:
    if not facts.versions:
        return
    saved = facts.versions[0]
    stand = version_key(saved)
    names = {entry.split(":", 1)[1] for entry in facts.globals}
    if "AdaBoostClassifier" in names and stand < (1, 6):
        # Before 1.6 the default was the algorithm SAMME.R, which later versions silently compute as SAMME.
        raise OpeningError("adaboost-old", saved=saved, runs=sklearn.__version__)
    if stand[:2] < OLDEST_REPAIRED:
        raise OpeningError("version-too-old", saved=saved, runs=sklearn.__version__)

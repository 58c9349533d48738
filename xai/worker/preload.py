"""The libraries a worker needs, loaded before workers are forked: they are then shared by all of them.

Nothing is computed here. A library that has predicted has threads, and forked children of such a process hang.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator

from xai.compiled.loading import machine_code

_FIRST = (
    "numpy.random",
    "pandas",
    "pyarrow",
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.pipeline",
    "sklearn.preprocessing",
)
_LATER = (
    "pyarrow.parquet",
    "scipy.stats",
    "scipy.sparse",
    "scipy.special",
    "sklearn.calibration",
    "sklearn.cluster",
    "sklearn.cross_decomposition",
    "sklearn.decomposition",
    "sklearn.discriminant_analysis",
    "sklearn.dummy",
    "sklearn.feature_extraction.text",
    "sklearn.feature_selection",
    "sklearn.gaussian_process",
    "sklearn.impute",
    "sklearn.inspection",
    "sklearn.isotonic",
    "sklearn.kernel_approximation",
    "sklearn.model_selection",
    "sklearn.multiclass",
    "sklearn.multioutput",
    "sklearn.naive_bayes",
    "sklearn.neighbors",
    "sklearn.neural_network",
    "sklearn.svm",
    "sklearn.tree",
    "lime.lime_base",
    "dice_ml",
)
_WHERE_INSTALLED = ("xgboost", "lightgbm", "catboost", "imblearn", "category_encoders", "skops.io", "openpyxl")
_NOT_HERE = (
    *("xai.worker", "xai.figures", "xai.sentences", "xai.export", "xai.cli", "xai.printing", "xai.__main__"),
    *("xai.compiled.__main__", "xai.attribution.trees.kernels.entries"),  # what compiles
)


def preload() -> None:
    """What nearly every model needs, and the engine."""
    for name in _FIRST:
        importlib.import_module(name)
    preload_engine()
    machine_code()
    share()


def later() -> Iterator[str]:
    """The names of what only some models need and takes as long again; what is not installed is left out."""
    yield from _LATER
    yield from (name for name in _WHERE_INSTALLED if importlib.util.find_spec(name.partition(".")[0]) is not None)


def share() -> None:
    """Keep the collector from writing to pages that all workers share."""
    gc.collect()
    gc.freeze()


def preload_engine() -> None:
    """Import every module of the engine."""
    import xai

    for module in pkgutil.walk_packages(xai.__path__, "xai."):
        if not module.name.startswith(_NOT_HERE):
            importlib.import_module(module.name)

"""The libraries a worker needs, loaded once before any worker is forked: they are then shared by all of them.

Nothing is computed here. A library that has predicted has threads, and forked children of such a process hang.
None of them can wait until a worker needs it: some read files outside of themselves while they are loaded (openpyxl the
system's table of file types), and a worker is locked in by then.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import pkgutil

from xai.compiled.loading import machine_code

_LIBRARIES = (
    "numpy.random",
    "pandas",
    "pyarrow",
    "pyarrow.parquet",
    "scipy.stats",
    "scipy.sparse",
    "scipy.special",
    "sklearn.calibration",
    "sklearn.cluster",
    "sklearn.compose",
    "sklearn.cross_decomposition",
    "sklearn.decomposition",
    "sklearn.discriminant_analysis",
    "sklearn.dummy",
    "sklearn.ensemble",
    "sklearn.feature_extraction.text",
    "sklearn.feature_selection",
    "sklearn.gaussian_process",
    "sklearn.impute",
    "sklearn.inspection",
    "sklearn.isotonic",
    "sklearn.kernel_approximation",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "sklearn.multiclass",
    "sklearn.multioutput",
    "sklearn.naive_bayes",
    "sklearn.neighbors",
    "sklearn.neural_network",
    "sklearn.pipeline",
    "sklearn.preprocessing",
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
    """Import everything; what is not installed is left out where it is optional."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    for name in _WHERE_INSTALLED:
        if importlib.util.find_spec(name.partition(".")[0]) is not None:
            importlib.import_module(name)
    preload_engine()
    machine_code()
    gc.collect()
    gc.freeze()  # the collector must not write to pages that all workers share
    gc.enable()


def preload_engine() -> None:
    """Import every module of the engine."""
    import xai

    for module in pkgutil.walk_packages(xai.__path__, "xai."):
        if not module.name.startswith(_NOT_HERE):
            importlib.import_module(module.name)

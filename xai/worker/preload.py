"""The libraries a worker needs, loaded once before any worker is forked: they are then shared by all of them.

Nothing is computed here. A library that has predicted has threads, and forked children of such a process hang.
A worker that is to open strangers' files is forked from the whole: what it may load later is not known. For a demo, or
a file of whoever runs the app, it is enough that the engine is there, and what that needs: such a worker loads the rest
of what it needs while it is locked in.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import mimetypes
import pkgutil
from collections.abc import Iterator

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


def preload_first() -> None:
    """Import the engine, as far as every question needs it."""
    importlib.import_module("xai.worker.opened")
    machine_code()
    mimetypes.init()  # reads the system's table of file types, which openpyxl wants and a locked-in worker cannot read
    gc.freeze()  # the collector must not write to pages that all workers share


def preload_rest() -> Iterator[str]:
    """Import everything else that may be needed, where it is installed; says before each step what comes."""
    installed = [name for name in _WHERE_INSTALLED if importlib.util.find_spec(name.partition(".")[0]) is not None]
    for name in (*_LIBRARIES, *installed, *_engine()):
        yield name
        importlib.import_module(name)
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.enable()


def _engine() -> list[str]:
    """Every module of the engine."""
    import xai

    modules = pkgutil.walk_packages(xai.__path__, "xai.")
    return [module.name for module in modules if not module.name.startswith(_NOT_HERE)]

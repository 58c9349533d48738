"""Names of old files that have no successor under any name: what a file is given instead, while it is read.

Names that only moved are in the allow-list (`renamed`); these here are on it as `repaired`.
"""

from __future__ import annotations

import importlib
from collections import UserList
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

Name = tuple[str, str]

GONE: Mapping[str, tuple[str, ...]] = {
    # up to 1.3: losses of gradient boosting
    "sklearn.ensemble._gb_losses": (
        "BinomialDeviance", "ExponentialLoss", "HuberLossFunction", "LeastAbsoluteError", "LeastSquaresError",
        "MultinomialDeviance", "QuantileLossFunction",
    ),
    # up to 1.0: losses of histogram boosting
    "sklearn.ensemble._hist_gradient_boosting.loss": (
        "BinaryCrossEntropy", "CategoricalCrossEntropy", "LeastAbsoluteDeviation", "LeastSquares", "Poisson",
    ),
    # up to 1.0: distributions and links of generalized linear models
    "sklearn._loss.glm_distribution": (
        "DistributionBoundary", "GammaDistribution", "InverseGaussianDistribution", "NormalDistribution",
        "PoissonDistribution", "TweedieDistribution",
    ),
    "sklearn.linear_model._glm.link": ("IdentityLink", "LogLink", "LogitLink"),
    # up to 1.2, and up to 1.3: scorers of a search
    "sklearn.metrics._scorer": ("_PredictScorer", "_ProbaScorer", "_ThresholdScorer", "_passthrough_scorer"),
    # XGBoost up to 1.5: labels of text
    "xgboost.compat": ("XGBoostLabelEncoder",),
    # 0.24: how a halving search chooses
    "sklearn.model_selection._search_successive_halving": ("_refit_callable",),
}  # fmt: skip
# up to 1.5: losses of the stochastic gradient, made by calling them
SGD_LOSSES: Mapping[str, tuple[str, ...]] = {"sklearn.linear_model._sgd_fast": ("Log", "SquaredLoss")}
# 1.5 to 1.7: the columns that are left over, in a list of their own class
COLUMNS = ("sklearn.compose._column_transformer", "_RemainderColsList")
# 1.1 to 1.8: compiled losses, named with or without their package, and up to 1.5 made by a helper of Cython
LOSS_MODULES = ("_loss", "sklearn._loss._loss")
LOSSES = (
    "CyAbsoluteError", "CyExponentialLoss", "CyHalfBinomialLoss", "CyHalfGammaLoss", "CyHalfMultinomialLoss",
    "CyHalfPoissonLoss", "CyHalfSquaredError", "CyHalfTweedieLoss", "CyHalfTweedieLossIdentity", "CyHuberLoss",
    "CyPinballLoss",
)  # fmt: skip
_MAKER = "__pyx_unpickle_"
_FUNCTIONS = ("_passthrough_scorer", "_refit_callable")  # of those that are gone: they stand as values
# SciPy up to 1.17: a spline carries NumPy's own function under this name
ASARRAY = ("scipy._lib.array_api_compat.numpy._aliases", "asarray")
# NumPy before 1.20 wrote its functions as a call: module and name
UFUNC = ("numpy.core", "_ufunc_reconstruct")


class RemainderColumns(UserList):
    """The columns that are left over, as scikit-learn 1.5 to 1.7 kept them."""


class Gone:
    """An object of a class that is gone. A rule puts in its place what took over its task."""


class GoneTuple(tuple):
    """The same for a named tuple."""

    def __new__(cls, *values: Any) -> GoneTuple:
        return super().__new__(cls, values)


class CythonMaker:
    """Makes a compiled loss, as the helper function of Cython did."""

    def __call__(self, loss: type, checksum: int, state: tuple[float, ...] | None) -> Any:
        return loss(*(state or ()))


class GoneMaker:
    """Makes an object of a class that is gone, whatever it was made of."""

    def __call__(self, *arguments: Any) -> Gone:
        return Gone()


def ufunc(module: str, name: str) -> Any:
    """A function of NumPy or SciPy by its name; the guards have looked at it (`guards.calls`)."""
    home = "scipy.special" if module.startswith("scipy.") else "numpy"
    return getattr(importlib.import_module(home), name)


def repaired() -> frozenset[Name]:
    """Every name that is answered here."""
    makers = {(LOSS_MODULES[1], _MAKER + loss) for loss in LOSSES}
    alone = {(LOSS_MODULES[0], start + loss) for loss in LOSSES for start in ("", _MAKER)}
    gone = {(module, name) for names in (GONE, SGD_LOSSES) for module in names for name in names[module]}
    return frozenset(gone | makers | alone | {ASARRAY, COLUMNS, UFUNC})


def moved(module: str, name: str) -> bool:
    """Whether what a name in `repaired` stood for is still there, only elsewhere."""
    return module in LOSS_MODULES or (module, name) in (ASARRAY, UFUNC)


def unchanged(module: str, name: str) -> bool:
    """Whether today's library has a name in `repaired` at that very place, too: then nothing is put right."""
    return module == LOSS_MODULES[1] and hasattr(importlib.import_module(module), name)


def answer(module: str, name: str) -> Any:
    """What a file is given for one of the names in `repaired`; fresh, because a file may set its state."""
    if (module, name) == COLUMNS:
        return RemainderColumns
    if (module, name) == ASARRAY:
        return np.asarray
    if (module, name) == UFUNC:
        return ufunc
    if module in LOSS_MODULES:
        return CythonMaker() if name.startswith(_MAKER) else getattr(importlib.import_module(LOSS_MODULES[1]), name)
    if module in SGD_LOSSES:
        return GoneMaker()
    kind = _gone(name)
    return kind() if name in _FUNCTIONS else kind


@cache
def _gone(name: str) -> type:
    return type(name, (GoneTuple if name == "DistributionBoundary" else Gone,), {})

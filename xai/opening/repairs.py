"""What scikit-learn 1.5 to 1.8 wrote and later versions no longer understand, put right exactly.

Every repair is small, named, and bound to the versions that need it. Nothing in scikit-learn itself is changed: moved
names are looked up while reading, missing attributes are set on the opened objects only.
"""

from __future__ import annotations

import importlib
import inspect
from collections import Counter, UserList
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.preprocessing import FunctionTransformer

from xai.inspection import Repair

# --- names that moved: answered while the file is read ---------------------------------------------------------------


class RemainderColumns(UserList):
    """scikit-learn 1.5 to 1.7 kept the remainder's columns in a list of its own class `_RemainderColsList`."""


class _CythonLoss:
    """1.5 wrote the losses of gradient boosting through a helper function of Cython, which newer builds do not have."""

    def __call__(self, loss: type, checksum: int, state: Any) -> Any:
        return loss()


def moved(module: str, name: str) -> tuple[Any, Repair] | None:
    """What a name of an old file is called today, and the repair that says so; None where it did not move.

    `_RemainderColsList` (1.5 to 1.7); module `_loss` (1.5 to 1.8: compiled losses named it without its package).
    """
    if (module, name) == ("sklearn.compose._column_transformer", "_RemainderColsList"):
        return RemainderColumns, Repair("remainder-columns")
    if module != "_loss":
        return None
    if name.startswith("__pyx_unpickle_Cy"):
        return _CythonLoss(), Repair("loss-module")
    return getattr(importlib.import_module("sklearn._loss._loss"), name), Repair("loss-module")


# --- attributes that are missing: set after the file was read --------------------------------------------------------


def new_parameters(estimator: BaseEstimator) -> list[str]:
    """1.5 to 1.8: parameters that did not exist yet get their default, the way estimators behaved without them."""
    if type(estimator).__module__.split(".")[0] not in ("sklearn", "imblearn"):
        return []
    added = []
    for name, parameter in inspect.signature(type(estimator).__init__).parameters.items():
        if name != "self" and parameter.default is not parameter.empty and not hasattr(estimator, name):
            setattr(estimator, name, parameter.default)
            added.append(f"{type(estimator).__name__}.{name}")
    return added


def imputer_fill_type(estimator: BaseEstimator) -> list[str]:
    """1.5 to 1.7: SimpleImputer now casts fill values to `_fill_dtype`; before, it used them in the type they have."""
    state = vars(estimator)
    if type(estimator).__name__ != "SimpleImputer" or "statistics_" not in state or "_fill_dtype" in state:
        return []
    estimator._fill_dtype = estimator.statistics_.dtype
    return ["SimpleImputer._fill_dtype"]


def remainder_as_list(estimator: BaseEstimator) -> list[str]:
    """1.5 to 1.7: the remainder's columns as the plain list that ColumnTransformer keeps today."""
    if type(estimator).__name__ != "ColumnTransformer":
        return []
    before = [*getattr(estimator, "transformers_", []), getattr(estimator, "_remainder", None) or ()]
    if not any(isinstance(part, RemainderColumns) for entry in before for part in entry):
        return []
    *transformers, remainder = [
        tuple(list(part) if isinstance(part, RemainderColumns) else part for part in entry) for entry in before
    ]
    estimator.transformers_ = transformers
    if remainder:
        estimator._remainder = remainder
    return ["ColumnTransformer.transformers_"]


def passthrough_as_transformer(estimator: BaseEstimator) -> list[str]:
    """Up to 1.3: columns that pass unchanged were the word "passthrough"; today a transformer must stand there."""
    entries = getattr(estimator, "transformers_", None)
    if type(estimator).__name__ != "ColumnTransformer" or not entries:
        return []
    if not any(isinstance(entry[1], str) and entry[1] == "passthrough" for entry in entries):
        return []
    # feature_names_out stays unset: "one-to-one" needs attributes that only fitting would give
    unchanged = FunctionTransformer(accept_sparse=True, check_inverse=False)
    estimator.transformers_ = [
        (name, unchanged if isinstance(step, str) and step == "passthrough" else step, *rest)
        for name, step, *rest in entries
    ]
    return ["ColumnTransformer.passthrough"]


RULES: Mapping[str, Callable[[BaseEstimator], list[str]]] = {
    "new-parameters": new_parameters,
    "imputer-fill-type": imputer_fill_type,
    "remainder-columns": remainder_as_list,
    "passthrough": passthrough_as_transformer,
}


def repair(thing: Any) -> tuple[Repair, ...]:
    """Put right every estimator inside `thing`, in place. Facts: how often, and what (comma separated)."""
    done: dict[str, Counter[str]] = {code: Counter() for code in RULES}
    for estimator in list(estimators_in(thing)):
        for code, rule in RULES.items():
            done[code].update(rule(estimator))
    return tuple(
        Repair(code, {"count": sum(found.values()), "what": ", ".join(sorted(found))})
        for code, found in done.items()
        if found
    )


def estimators_in(thing: Any) -> Iterator[BaseEstimator]:
    """Every scikit-learn estimator inside an object, itself included; each once."""
    waiting, seen = [thing], set()
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, BaseEstimator):
            yield item
        waiting.extend(_inside(item))


def _inside(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return list(item.values())
    if isinstance(item, list | tuple | set | UserList):
        return list(item)
    if isinstance(item, np.ndarray):
        return list(item.ravel()) if item.dtype == object else []
    ours = isinstance(item, BaseEstimator) or type(item).__module__.split(".")[0] in ("sklearn", "imblearn")
    return list(getattr(item, "__dict__", {}).values()) if ours and not isinstance(item, type) else []

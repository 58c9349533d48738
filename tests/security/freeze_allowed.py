"""Writes the allow-list: `python tests/security/freeze_allowed.py` where all libraries are installed.

It records what real models ask for (recording.py), adds the estimators that no recording can cover one by one, and
sorts every name by what may be done with it. Review the difference to the last version before committing it: a name
in `called` needs a check of its arguments in xai/opening/guards/calls.py.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
FILE = ROOT / "xai" / "opening" / "allowed" / "allowed.json"
from xai.opening.repairs.names import repaired  # noqa: E402

Name = tuple[str, str]

# What earlier versions of Python, NumPy, pandas and scikit-learn called the same things.
RENAMED = {
    "__builtin__": "builtins",
    "copy_reg": "copyreg",
    "numpy.core.multiarray": "numpy._core.multiarray",
    "numpy.core.numeric": "numpy._core.numeric",
    "numpy.core._multiarray_umath": "numpy._core._multiarray_umath",
}
RENAMED_NAMES = {
    ("__builtin__", "unicode"): ("builtins", "str"),
    ("__builtin__", "long"): ("builtins", "int"),
    ("__builtin__", "xrange"): ("builtins", "range"),
}
# What scikit-learn and SciPy called their classes in earlier versions: module, names, today's module.
MOVED = (
    ("scipy.sparse.csr", ("csr_matrix",), "scipy.sparse._csr"),  # up to 1.7
    ("scipy.sparse.csc", ("csc_matrix",), "scipy.sparse._csc"),
    ("scipy.sparse.coo", ("coo_matrix",), "scipy.sparse._coo"),
    ("scipy.interpolate.interpolate", ("BSpline",), "scipy.interpolate._bsplines"),
    ("numpy.ma.core", ("MaskedArray",), "numpy.ma"),  # 1.26
    ("sklearn.cross_decomposition._cca", ("CCA",), "sklearn.cross_decomposition._pls"),  # up to 0.23
    ("sklearn.preprocessing._data", ("PolynomialFeatures",), "sklearn.preprocessing._polynomial"),  # up to 0.24
    ("sklearn.utils", ("Bunch",), "sklearn.utils._bunch"),  # up to 1.0
    ("sklearn.model_selection._classification_threshold", ("_CurveScorer",), "sklearn.metrics._scorer"),  # 1.5
    ("imblearn.over_sampling._smote", ("SMOTE", "SMOTENC"), "imblearn.over_sampling._smote.base"),  # up to 0.7
    ("imblearn.over_sampling._smote", ("BorderlineSMOTE", "SVMSMOTE"), "imblearn.over_sampling._smote.filter"),
    ("imblearn.over_sampling._smote", ("KMeansSMOTE",), "imblearn.over_sampling._smote.cluster"),
)
# Indexes of numbers had classes of their own up to pandas 1.5.
OLD_INDEXES = ("Float64Index", "Int64Index", "UInt64Index")
DISTANCES = "sklearn.metrics._dist_metrics"
OLD_DISTANCES = (DISTANCES, "sklearn.neighbors._dist_metrics")  # up to 1.2, without the width in the name; up to 0.24
# Old places of pandas classes: still importable there.
OLD_PANDAS = {
    "pandas.core.arrays.boolean": ("BooleanArray", "BooleanDtype"),
    "pandas.core.arrays.categorical": ("Categorical",),
    "pandas.core.arrays.datetimes": ("DatetimeArray",),
    "pandas.core.arrays.integer": ("Int64Dtype", "IntegerArray"),
    "pandas.core.arrays.string_": ("StringArray", "StringDtype"),
    "pandas.core.dtypes.dtypes": ("CategoricalDtype",),
    "pandas.core.frame": ("DataFrame",),
    "pandas.core.indexes.base": ("Index",),
    "pandas.core.indexes.datetimes": ("DatetimeIndex",),
    "pandas.core.indexes.interval": ("IntervalIndex",),
    "pandas.core.indexes.multi": ("MultiIndex",),
    "pandas.core.indexes.range": ("RangeIndex",),
    "pandas.core.series": ("Series",),
}
# Column types that no recording meets one by one.
PANDAS_TYPES = (
    *(f"{sign}{bits}Dtype" for sign in ("Int", "UInt") for bits in (8, 16, 32, 64)),
    "Float32Dtype", "Float64Dtype", "TimedeltaIndex",
)  # fmt: skip
PANDAS_ARRAYS = ("FloatingArray", "StringArray", "TimedeltaArray")
BIT_GENERATORS = {"_mt19937": "MT19937", "_pcg64": "PCG64", "_philox": "Philox", "_sfc64": "SFC64"}
# Their native loops trust the length of a vector or call a function.
UNSAFE_DISTANCES = ("SEuclidean", "Mahalanobis", "PyFunc")
LOSSES = "sklearn._loss._loss"
# Classes of scikit-learn whose module has more of the same kind than one recording meets.
FAMILIES = (
    ("sklearn._loss.link", ""),
    ("sklearn._loss.loss", ""),
    ("sklearn.gaussian_process.kernels", ""),
    ("sklearn.model_selection._split", ""),
    ("sklearn.multiclass", "_ConstantPredictor"),
    ("sklearn.neural_network._stochastic_optimizers", ""),
    ("xgboost.callback", "EarlyStopping"),
    ("xgboost.sklearn", "XGB"),
    ("lightgbm.sklearn", "LGBM"),
    ("catboost.core", "CatBoost"),
)
SCORES = ("sklearn.metrics._classification", "sklearn.metrics._regression", "sklearn.metrics._ranking")
SELECTORS = {
    "sklearn.feature_selection._univariate_selection": ("chi2", "f_classif", "f_regression", "r_regression"),
    "sklearn.feature_selection._mutual_info": ("mutual_info_classif", "mutual_info_regression"),
}
# What people hand to FunctionTransformer and TransformedTargetRegressor, beside NumPy's and SciPy's ufuncs.
FUNCTIONS = {
    "numpy": ("clip", "nan_to_num", "where", "reshape", "ravel", "squeeze", "round", "around", "asarray", "array",
              "mean", "median", "std", "sum", "min", "max", "amin", "amax", "cumsum", "diff", "real", "imag", "flip"),
    "sklearn.utils.validation": ("check_array",),
}  # fmt: skip
# Other versions of a library write these: they are kept although nothing here has them.
CLASSES_ELSEWHERE = (("scipy.interpolate._bsplines", "_BSpline"),)  # SciPy 1.18
VALUES_ELSEWHERE = (("scipy._lib.array_api_compat.numpy._aliases", "asarray"),)  # a spline of SciPy 1.17 carries it
VALUES = ("bool", "bytes", "complex", "dict", "float", "int", "list", "object", "set", "str", "tuple")


def today(module: str, name: str) -> Name:
    return RENAMED_NAMES.get((module, name), (RENAMED.get(module, module), name))


def found(name: Name) -> Any:
    return getattr(importlib.import_module(name[0]), name[1], None)


def exists(name: Name) -> bool:
    return found(name) is not None


def estimators() -> Iterator[Name]:
    import category_encoders
    from imblearn.utils.testing import all_estimators as of_imblearn
    from sklearn.utils import all_estimators

    for _, kind in [*all_estimators(), *of_imblearn()]:
        yield kind.__module__, kind.__qualname__
    for name in category_encoders.__all__:
        kind = getattr(category_encoders, name)
        if inspect.isclass(kind):
            yield kind.__module__, kind.__qualname__


def families() -> Iterator[Name]:
    for module, start in FAMILIES:
        for name, kind in vars(importlib.import_module(module)).items():
            helper = (
                "ixin" in name or "MixIn" in name or name.startswith("Base") or name in ("Kernel", "Hyperparameter")
            )
            if inspect.isclass(kind) and kind.__module__ == module and name.startswith(start) and not helper:
                yield module, name


def distances() -> Iterator[Name]:
    for name, kind in vars(importlib.import_module(DISTANCES)).items():
        named = name.endswith(("Distance64", "Distance32")) and not name.startswith(UNSAFE_DISTANCES)
        if inspect.isclass(kind) and named:
            yield DISTANCES, name


def values_of_libraries() -> Iterator[Name]:
    yield from (("pandas", name) for name in PANDAS_TYPES)
    yield from (("pandas.arrays", name) for name in PANDAS_ARRAYS)
    yield from ((f"numpy.random.{module}", name) for module, name in BIT_GENERATORS.items())


def distributions() -> Iterator[Name]:
    from scipy import stats

    for thing in vars(stats).values():
        if isinstance(thing, stats.rv_continuous | stats.rv_discrete):
            yield type(thing).__module__, type(thing).__qualname__
    yield from (("scipy.stats._distn_infrastructure", f"rv_{kind}_frozen") for kind in ("continuous", "discrete"))


def losses() -> Iterator[Name]:
    for name, kind in vars(importlib.import_module(LOSSES)).items():
        if inspect.isclass(kind) and name.startswith("Cy") and name != "CyLossFunction":
            yield LOSSES, name


def old_losses() -> Iterator[Name]:
    """Of the stochastic gradient: made by calling them."""
    module = "sklearn.linear_model._sgd_fast"
    for name, kind in vars(importlib.import_module(module)).items():
        if inspect.isclass(kind) and kind.__module__ == module and kind.__name__ == name and name[0].isupper():
            yield module, name


def functions() -> Iterator[Name]:
    from scipy import special

    for module, names in FUNCTIONS.items():
        yield from ((module, name) for name in names)
    for name, thing in vars(np).items():
        if isinstance(thing, np.ufunc):
            yield "numpy", name
            yield "numpy._core._multiarray_umath", name
    for name, thing in vars(special).items():
        if isinstance(thing, np.ufunc):
            yield "scipy.special._ufuncs", name
    for module, names in SELECTORS.items():
        yield from ((module, name) for name in names)
    for module in SCORES:
        for name, thing in vars(importlib.import_module(module)).items():
            own = inspect.isfunction(thing) and thing.__module__ == module and not name.startswith("_")
            if own and name.endswith(("score", "loss", "error", "coef", "deviance")):
                yield module, name


def types() -> Iterator[Name]:
    yield from (("builtins", name) for name in VALUES)
    for name, thing in vars(np).items():
        if inspect.isclass(thing) and issubclass(thing, np.generic):
            yield "numpy", name
    yield "numpy", "matrix"
    yield from (("pandas", "NA"), ("pandas._libs.missing", "NA"))


def by_module(names: Iterable[Name]) -> dict[str, list[str]]:
    sorted_names: dict[str, list[str]] = defaultdict(list)
    for module, name in sorted(set(names)):
        sorted_names[module].append(name)
    return dict(sorted_names)


def frozen() -> dict[str, Any]:
    import recording

    notes = recording.record()
    asked = {today(*name) for name in notes.asked}
    called = {today(*name) for name in notes.called} | {*losses(), *old_losses()}
    made = {today(*name) for name in notes.made}
    made |= {name for name in asked if inspect.isclass(found(name)) and name not in called}
    made |= {*estimators(), *families(), *distributions(), *distances(), *values_of_libraries()}
    made |= {(module, name) for module, names in OLD_PANDAS.items() for name in names} | {*CLASSES_ELSEWHERE}
    referenced = {name for name in (*functions(), *types(), *(today(*name) for name in notes.bare)) if exists(name)}
    referenced |= {*VALUES_ELSEWHERE}
    return {
        "classes": by_module(made - {name for name in referenced if name[0] in ("builtins", "numpy")}),
        "called": by_module(called),
        "referenced": by_module(referenced),
        "renamed": renamed(notes.asked, called | made | referenced),
        "repaired": by_module(repaired()),
        "states": {":".join(name): sorted(kinds) for name, kinds in sorted(states(notes.states).items()) if kinds},
    }


def renamed(asked: set[Name], known: set[Name]) -> dict[str, str]:
    aliases = {old: new for old in asked if (new := today(*old)) != old}
    for old_module, new_module in RENAMED.items():
        aliases |= {(old_module, name): (module, name) for module, name in known if module == new_module}
    every = aliases | RENAMED_NAMES | dict(moved())
    return {":".join(old): ":".join(new) for old, new in sorted(every.items())}


def moved() -> Iterator[tuple[Name, Name]]:
    """Old names of classes that only live elsewhere today, or under another name."""
    for old, names, new in MOVED:
        yield from (((old, name), (new, name)) for name in names)
    for module in OLD_DISTANCES:
        yield from (((module, name.removesuffix("64")), (home, name)) for home, name in distances() if "64" in name)
    yield (OLD_DISTANCES[1], "newObj"), (DISTANCES, "newObj")
    yield ("pandas.core.internals.blocks", "new_block"), ("pandas._libs.internals", "_unpickle_block")  # 1.3
    yield from ((("pandas.core.indexes.numeric", name), ("pandas.core.indexes.base", "Index")) for name in OLD_INDEXES)


def states(recorded: dict[Name, set[str]]) -> dict[Name, set[str]]:
    """Kinds of state that are no dictionary, by class; arrays and dtypes have guards of their own."""
    own_guard = {("numpy", "ndarray"), ("numpy.ma", "MaskedArray"), ("functools", "partial")}
    met = {
        name: {kind.split("(")[0] or "tuple" for kind in kinds if kind != "dict"}
        for name, kinds in recorded.items()
        if name not in own_guard and name[0] != "numpy.dtypes"
    }
    alike = [*distances(), *losses(), ("pandas.arrays", "TimedeltaArray"), ("pandas.arrays", "StringArray")]
    alike += [(f"numpy.random.{module}", name) for module, name in BIT_GENERATORS.items()]
    return met | {name: {"tuple"} for name in alike}


def main() -> None:
    sections = []
    for title, entries in frozen().items():
        lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in entries.items()]
        sections.append(f" {json.dumps(title)}: {{\n" + ",\n".join(lines) + "\n }")
    FILE.write_text("{\n" + ",\n".join(sections) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()

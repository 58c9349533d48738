"""The allow-list is exact, frozen, and holds no gadget."""

from __future__ import annotations

import hashlib
import importlib
import json
import pickle
from functools import partial

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from xai.opening.allowed import FILE, allowed
from xai.opening.guards.calls import check_of
from xai.opening.guards.names import importable, trouble_with

# Changes with the list. Whoever changes it reads the difference name by name: what does this class do with a hostile
# state, what does this function do with hostile arguments?
REVIEWED = "f24b2f0b70350c304b572ea032d10d0949b562df6c2a98b3a5186b4b68124a2e"
# A spline is pickled differently by SciPy 1.17 (the newest for Python 3.11) and by 1.18.
OF_OTHER_VERSIONS = frozenset(
    {("scipy.interpolate._bsplines", "_BSpline"), ("scipy._lib.array_api_compat.numpy._aliases", "asarray")}
)
# Reasons in xai/opening/guards: each of these runs code, reads files or follows pointers when a file may name it.
GADGETS = (
    ("os", "system"), ("posix", "system"), ("subprocess", "Popen"), ("builtins", "eval"), ("builtins", "exec"),
    ("builtins", "open"), ("builtins", "__import__"), ("builtins", "compile"), ("builtins", "map"),
    ("builtins", "type"),
    ("builtins", "globals"), ("builtins", "setattr"), ("builtins", "vars"), ("operator", "attrgetter"),
    ("operator", "methodcaller"), ("functools", "reduce"), ("importlib", "import_module"), ("pkgutil", "resolve_name"),
    ("types", "FunctionType"), ("types", "CodeType"), ("marshal", "loads"), ("pickle", "loads"),
    ("pickle", "Unpickler"),
    ("joblib", "load"), ("joblib.memory", "Memory"), ("joblib.numpy_pickle", "os"),
    ("joblib.numpy_pickle_compat", "NDArrayWrapper"),
    ("numpy", "load"), ("numpy", "fromfile"), ("numpy", "memmap"), ("numpy", "genfromtxt"), ("numpy", "frompyfunc"),
    ("numpy", "apply_along_axis"), ("numpy", "save"), ("numpy", "savetxt"), ("numpy", "piecewise"),
    ("numpy.core", "_ufunc_reconstruct"), ("numpy._core", "_ufunc_reconstruct"), ("numpy.testing", "runstring"),
    ("numpy.f2py.crackfortran", "myeval"), ("numpy.lib.npyio", "NpzFile"), ("numpy.ctypeslib", "load_library"),
    ("pandas", "read_pickle"), ("pandas", "read_csv"), ("pandas", "eval"), ("pandas.io.common", "get_handle"),
    ("scipy.io", "loadmat"), ("scipy.stats", "rv_continuous"), ("scipy.optimize", "minimize"),
    ("sklearn.datasets._base", "os"), ("sklearn.datasets", "load_files"), ("sklearn.utils", "Memory"),
    ("sklearn.metrics._dist_metrics", "PyFuncDistance64"), ("sklearn.pipeline", "sys.modules"),
    ("cloudpickle.cloudpickle", "_make_function"), ("cloudpickle.cloudpickle", "subimport"),
    ("dill._dill", "_create_function"),
    ("xgboost.core", "_load_lib"), ("lightgbm.basic", "_load_lib"), ("pyarrow", "memory_map"),
    ("pyarrow.lib", "OSFile"),
    ("skops.io", "load"), ("xai.opening", "open_estimator"), ("__main__", "anything"),
)  # fmt: skip


def test_the_list_is_the_one_that_was_reviewed() -> None:
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == REVIEWED


def test_every_name_is_exact() -> None:
    names = allowed().classes | allowed().called | allowed().referenced | allowed().repaired
    assert len(names) > 1000
    for module, name in names | set(allowed().renamed) | set(allowed().renamed.values()):
        assert "." not in name
        assert "*" not in module + name
        assert all(part.isidentifier() for part in (*module.split("."), name))
    assert set(allowed().renamed.values()) <= names


@pytest.mark.parametrize("name", GADGETS, ids=":".join)
def test_no_gadget_is_on_it(name: tuple[str, str]) -> None:
    assert trouble_with(*name) is not None


def test_everything_on_it_exists_where_its_library_does() -> None:
    found = allowed()
    for module, name in (found.classes | found.called) - OF_OTHER_VERSIONS:
        if importable(module.split(".")[0]):
            assert hasattr(importlib.import_module(module), name), (module, name)


def test_classes_are_classes_and_come_from_libraries_of_models() -> None:
    libraries = {
        "sklearn", "numpy", "pandas", "scipy", "xgboost", "lightgbm", "catboost", "imblearn", "category_encoders",
    }  # fmt: skip
    for module, name in allowed().classes:
        assert module.split(".")[0] in libraries
        if importable(module.split(".")[0]) and (module, name) not in OF_OTHER_VERSIONS:
            assert isinstance(getattr(importlib.import_module(module), name), type)


def test_every_callable_has_a_look_at_its_arguments() -> None:
    for name in allowed().called:
        assert check_of(name) is not None, name
    assert check_of(("sklearn.dummy", "DummyClassifier")) is None


def test_no_module_stands_on_it_as_a_value() -> None:
    for module, name in allowed().referenced - OF_OTHER_VERSIONS:
        if importable(module.split(".")[0]):
            thing = getattr(importlib.import_module(module), name, None)
            assert thing is None or callable(thing) or module == "pandas" or module.startswith("pandas.")


def test_a_file_has_no_way_around_the_list_through_the_defaults_of_pickle() -> None:
    """What pickle would import by itself for these bytes is not even looked for."""
    data = pickle.dumps(partial(np.clip, a_min=0), protocol=0)
    assert b"functools" in data
    assert trouble_with("functools", "reduce") is not None


def test_the_list_is_readable_for_people() -> None:
    lines = FILE.read_text("utf-8").splitlines()
    assert json.loads("\n".join(lines))
    assert len(lines) > 200  # a module a line, so that a difference can be read
    assert RandomForestClassifier.__module__ in FILE.read_text("utf-8")

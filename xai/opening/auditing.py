"""Second moment of opening: may and can this file be opened here? Decided from its facts alone."""

from __future__ import annotations

import sklearn

from xai.errors import OpeningError
from xai.opening.arrays import WRAPPER
from xai.opening.guards.names import of_a_library, trouble_with
from xai.opening.reading import FileFacts
from xai.opening.repairs.exactness import not_exact
from xai.opening.scanning import version_key

OLDEST_REPAIRED = (0, 22)
_ARRAYS_OF_DILL = {"_create_array"}  # it writes arrays in a way of its own, without any code


def audit(facts: FileFacts) -> None:
    """Pass, or raise the OpeningError that says what stands in the way.

    "not-a-model" (something else was pickled), "other-library" (a neural network, …), "custom-code" (class and module
    named), "code-inside" (by value), "forbidden-global" (a name of a library that is not on the allow-list),
    "unlisted-library" (nothing of it is), "missing-package" (named),
    "needs-own-version" and "version-too-new" (with the version to install).
    """
    names = [tuple(entry.split(":", 1)) for entry in facts.globals]
    troubles = [found for name in names if name != WRAPPER and (found := trouble_with(*name))]
    if any(trouble.code == "code-inside" for trouble in troubles):
        raise _code_inside(facts)
    for trouble in troubles:
        if not of_a_library(trouble):
            raise trouble
    _is_something(facts)
    _version(facts)
    if troubles:  # another version may have other names: then that is the better answer
        raise _newer(facts) or troubles[0]


def _code_inside(facts: FileFacts) -> OpeningError:
    """What dill or cloudpickle put into the file."""
    names = [entry.split(":", 1) for entry in facts.globals]
    makers = {name for module, name in names if module.split(".")[0] in ("dill", "cloudpickle")}
    if makers <= _ARRAYS_OF_DILL:
        return OpeningError("saved-by-dill")
    library = "dill" if any(module.startswith("dill") for module, _ in names) else "cloudpickle"
    return OpeningError("code-inside", library=library, name=", ".join(facts.own_code) or "lambda")


def _is_something(facts: FileFacts) -> None:
    """Tables, arrays and plain values can be pickled too."""
    module, _, name = facts.top_class.rpartition(".")
    containers = {"dict", "list", "tuple"}
    if module == "builtins" and name not in containers:
        raise OpeningError("not-a-model", found=f"Python {name}")
    holds_models = any(entry.role == "model" for entry in facts.entries)  # an array of objects may
    if module.split(".")[0] in ("numpy", "pandas", "polars") and not holds_models:
        raise OpeningError("not-a-model", found=f"{module.split('.')[0]}.{name}")


def _newer(facts: FileFacts) -> OpeningError | None:
    """Where a newer scikit-learn wrote the file."""
    if facts.versions and version_key(facts.versions[-1])[:2] > version_key(sklearn.__version__)[:2]:
        return OpeningError("version-too-new", saved=facts.versions[-1], runs=sklearn.__version__)
    return None


def _version(facts: FileFacts) -> None:
    """Files from before the oldest version that repairs were proven for."""
    if facts.versions and version_key(facts.versions[0])[:2] < OLDEST_REPAIRED:
        raise not_exact(facts.top_class.rpartition(".")[2], saved=facts.versions[-1])

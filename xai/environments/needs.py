"""What a file says it was saved with. Read without executing anything; whoever makes an environment checks it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xai.errors import KlartextError, OpeningError

if TYPE_CHECKING:
    from xai.opening.reading import FileFacts

# Modules that tell of a library beside scikit-learn, by the name one imports.
LIBRARIES = ("xgboost", "lightgbm", "catboost", "imblearn", "category_encoders", "pyarrow")
# Names that only newer libraries write, with what that is.
_SIGNS = {"numpy._core": "numpy-2", "pyarrow.lib": "pandas-3"}
# XGBoost writes its version into every model, since 1.6 as binary JSON (an array of three small numbers), before as
# JSON; LightGBM that of its format.
_XGBOOST = re.compile(rb"version\[#L\x00{7}\x03i(.)i(.)i(.)", re.DOTALL)
_XGBOOST_BEFORE_1_6 = re.compile(rb'"version":\[(\d{1,3}),(\d{1,3}),(\d{1,3})\]')
_LIGHTGBM_4 = b"version=v4"


# Errors of opening that do not arise where a model has its own versions.
_OF_VERSIONS = frozenset({"needs-own-version", "version-too-new"})
_OFTEN_OF_VERSIONS = frozenset({"cannot-construct", "forbidden-global"})


@dataclass(frozen=True)
class Needs:
    """Which versions a model was saved with, as far as its files tell."""

    scikit_learn: str
    libraries: tuple[str, ...]  # of LIBRARIES
    versions: Mapping[str, str]  # of those that say so
    signs: tuple[str, ...]  # "numpy-2", "pandas-3", "lightgbm-4": written by that or something newer


def needs_of(files: Iterable[tuple[FileFacts, bytes]]) -> Needs:
    """What a model, and a preprocessing saved apart from it, need together. `files`: facts and unpacked bytes.

    Raises OpeningError("own-version-unknown") where no file says with which scikit-learn it was saved.
    """
    files = list(files)
    saved = [version for facts, _ in files for version in facts.versions[-1:]]
    if not saved:
        raise OpeningError("own-version-unknown")
    modules = {entry.split(":", 1)[0] for facts, _ in files for entry in facts.globals}
    roots = {module.split(".", 1)[0] for module in modules}
    signs = {sign for start, sign in _SIGNS.items() if any(f"{module}.".startswith(f"{start}.") for module in modules)}
    versions: dict[str, str] = {}
    for _, raw in files:
        if "xgboost" in roots and (version := _version_of_xgboost(raw)):
            versions["xgboost"] = version
        if "lightgbm" in roots and _LIGHTGBM_4 in raw:
            signs.add("lightgbm-4")
    libraries = tuple(name for name in LIBRARIES if name in roots)
    # the model's own file comes first: a preprocessing saved later was still made for it
    return Needs(saved[0], libraries, versions, tuple(sorted(signs)))


def _version_of_xgboost(raw: bytes) -> str | None:
    """Of the first model of that library in a file; None before 1.0, which did not say it."""
    if found := _XGBOOST.search(raw):
        return ".".join(str(part[0]) for part in found.groups())
    if found := _XGBOOST_BEFORE_1_6.search(raw):
        return ".".join(part.decode() for part in found.groups())
    return None


def may_help(error: KlartextError) -> bool:
    """Whether a model that did not open here may do so under its own versions."""
    return error.code in _OF_VERSIONS | _OFTEN_OF_VERSIONS | {"missing-package"}


def helps(error: OpeningError, needs: Needs, running: str) -> bool:
    """The same, once it is known what those are."""
    return may_help(error) and (error.code not in _OFTEN_OF_VERSIONS or needs.scikit_learn != running)

"""What uv is asked for: out of our own tables, and of versions that are versions.

scikit-learn runs with the NumPy, SciPy and pandas of its time only: 1.0 with a NumPy of today fails while it is
imported ("numpy.dtype size changed"). So nothing is installed that is newer than the last day on which the saved
version was the newest: the day its successor came out (dates and Pythons: https://pypi.org/project/scikit-learn).
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from xai.environments.needs import LIBRARIES, Needs
from xai.errors import OpeningError

# scikit-learn from here on -> Pythons it was built for, the best first; the day its successor came out
_TIMES: dict[str, tuple[tuple[str, ...], str | None]] = {
    "0.20": (("3.7",), "2019-05-10"),
    "0.21": (("3.7",), "2019-12-03"),
    "0.22": (("3.8",), "2020-05-12"),
    "0.23": (("3.8",), "2020-12-22"),
    "0.24": (("3.9", "3.8"), "2021-09-24"),
    "1.0": (("3.9", "3.8"), "2022-05-12"),
    "1.0.2": (("3.10", "3.9", "3.8"), "2022-05-12"),
    "1.1": (("3.10", "3.9", "3.8"), "2022-12-08"),
    "1.2": (("3.11", "3.10", "3.9", "3.8"), "2023-06-30"),
    "1.3": (("3.11", "3.10", "3.9", "3.8"), "2024-01-18"),
    "1.4": (("3.12", "3.11", "3.10", "3.9"), "2024-05-21"),
    "1.5": (("3.12", "3.11", "3.10", "3.9"), "2024-12-09"),
    "1.6": (("3.12", "3.13", "3.11", "3.10", "3.9"), "2025-06-05"),
    "1.7": (("3.13", "3.12", "3.11", "3.10"), "2025-12-10"),
    "1.8": (("3.13", "3.12", "3.11"), "2026-06-02"),
    "1.9": (("3.13", "3.12", "3.11"), None),
}
OLDEST_PYTHON = (3, 8)  # that the program runs under
# What a newer library wrote needs a newer day than that of its scikit-learn.
_NOT_BEFORE = {"numpy-2": "2024-07-15", "lightgbm-4": "2023-09-15", "pandas-3": "2026-03-15"}
_DISTRIBUTIONS = {"imblearn": "imbalanced-learn", "category_encoders": "category-encoders"}
# Old wheels of these import pkg_resources, which no environment has by itself.
_WANT_SETUPTOOLS = frozenset({"xgboost", "lightgbm", "catboost"})
# \d alone would be any script's digits
_RELEASE = r"(\d{1,4}\.\d{1,4}(?:\.\d{1,4})?)(\.post\d{1,2})?"
_BETWEEN = r"(?:\.?(?:rc|dev|a|b)\d{0,6})?(?:\+[\w.]{1,40})?"
_VERSION = re.compile(_RELEASE + _BETWEEN, re.ASCII)
_FORMAT = 1  # of an environment; a new number makes all of them anew


@dataclass(frozen=True)
class Recipe:
    """One environment: every word of it is ours or was checked."""

    scikit_learn: str
    pythons: tuple[str, ...]  # "3.10", the best first
    packages: tuple[str, ...]  # as uv wants them: "scikit-learn==1.0.2"
    libraries: tuple[str, ...]  # imported before the program locks itself in
    newest: str | None  # day: nothing newer is installed; None: the newest there is

    @property
    def name(self) -> str:
        """Of the folder; equal for equal contents."""
        told = [_FORMAT, self.packages, self.pythons, self.newest, sys.platform, platform.machine()]
        digest = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]
        return f"scikit-learn-{self.scikit_learn}-{digest}"

    @property
    def pinned(self) -> tuple[str, ...]:
        """Packages whose version the file gave: these may be newer than the rest."""
        return tuple(package.split("==")[0] for package in self.packages[1:] if "==" in package)

    @property
    def lines(self) -> str:
        """What a person types to make the same environment."""
        day = f" --exclude-newer {self.newest}" if self.newest else ""
        packages = " ".join(f'"{package}"' for package in self.packages)
        folder = f"klartext-{self.scikit_learn}"
        return (
            f"uv venv --python {self.pythons[0]} {folder} && "
            f"uv pip install --python {folder} --only-binary :all:{day} {packages}"
        )

    def facts(self, **more: Any) -> dict[str, Any]:
        """What the sentences about a failed environment need."""
        return {"saved": self.scikit_learn, "python": self.pythons[0], "lines": self.lines, **more}


def recipe(needs: Needs) -> Recipe:
    """The environment for a model.

    Raises OpeningError: "own-version-unknown" (no version that could be asked for), "own-version-too-old" (its Python
    is older than the program can run under).
    """
    version = _checked(needs.scikit_learn)
    pythons, successor = _time_of(version)
    if all(_numbers(python) < OLDEST_PYTHON for python in pythons):
        raise OpeningError("own-version-too-old", saved=version, python=pythons[0])
    libraries = tuple(name for name in LIBRARIES if name in needs.libraries)
    packages = [f"scikit-learn=={version}", "pandas", "joblib"]
    for name in libraries:
        distribution = _DISTRIBUTIONS.get(name, name)
        pinned = needs.versions.get(name)
        packages.append(f"{distribution}=={_checked(pinned)}" if pinned else distribution)
    if _WANT_SETUPTOOLS.intersection(libraries):
        packages.append("setuptools<81")
    days = [_NOT_BEFORE[sign] for sign in needs.signs if sign in _NOT_BEFORE]
    newest = None if successor is None else max([successor, *days])
    return Recipe(version, pythons, tuple(packages), libraries, newest)


def running() -> str:
    """The scikit-learn that runs here."""
    return metadata.version("scikit-learn")


def _time_of(version: str) -> tuple[tuple[str, ...], str | None]:
    """Pythons and last day of a version; of one that is newer than the table: as the newest in it, without an end."""
    mine = _numbers(version)
    known = [key for key in _TIMES if _numbers(key) <= mine]
    if not known:
        raise OpeningError("own-version-too-old", saved=version, python="3.6")
    found = max(known, key=_numbers)
    return _TIMES[found]


def _checked(version: str) -> str:
    """The release of a version: "1.3.0" for "1.3.0rc1". OpeningError("own-version-unknown") for what is none."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise OpeningError("own-version-unknown")
    return found[1] + (found[2] or "")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.split(".post")[0]))

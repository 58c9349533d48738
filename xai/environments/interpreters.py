"""The Pythons of this machine: the one that runs here, those that pyenv keeps, and those that uv finds."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from xai.environments import tool

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def locate(uv: Path, pythons: Sequence[str], folder: Path, alive: Callable[[], None]) -> str:
    """The first of `pythons` ("3.10") that is here, as a path; where none is, the first itself: uv may load it."""
    for wanted in pythons:
        found = of_this_process(wanted) or of_pyenv(wanted)
        if found is not None:
            return str(found)
        search = ["python", "find", "--no-project", "--no-python-downloads", wanted]
        try:
            return tool.run(uv, search, folder, alive).strip()
        except tool.Failed:  # it is not here
            continue
    return pythons[0]


def of_this_process(wanted: str) -> Path | None:
    """The interpreter that runs here, not its environment, if it is a "3.12"."""
    if wanted != f"{sys.version_info[0]}.{sys.version_info[1]}":
        return None
    return _runnable(Path(sys.base_prefix), wanted)


def of_pyenv(wanted: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The newest "3.10" that pyenv keeps; uv finds only those that are switched on in the folder one stands in."""
    found = {
        tuple(map(int, match.groups())): python
        for folder in pyenv_root(environment).glob(f"versions/{wanted}.*")
        if (match := _VERSION.fullmatch(folder.name)) and (python := _runnable(folder, wanted))
    }
    return found[max(found)] if found else None


def pyenv_root(environment: Mapping[str, str] = os.environ) -> Path:
    """Where pyenv keeps its Pythons, if there is a pyenv."""
    return Path(environment.get("PYENV_ROOT") or Path(environment.get("HOME", "/")) / ".pyenv")


def _runnable(prefix: Path, wanted: str) -> Path | None:
    python = prefix / "bin" / f"python{wanted}"
    return python if os.access(python, os.X_OK) else None

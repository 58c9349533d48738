"""One environment per release of scikit-learn, made by uv and kept in the user's cache folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from benchmarks.versions.releases import Release

# xgboost apart and alone: what it lists as needed is for graphics cards.
_PACKAGES = ("pandas", "joblib", "setuptools", "lightgbm", "imbalanced-learn", "category-encoders")
_ALONE = ("xgboost",)
_READY = "ready"


def folder() -> Path:
    """Where environments and saved models are kept, outside the project."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "klartext" / "versions"


def python_of(release: Release) -> Path:
    """The interpreter of this release's environment, which is made where it is not there yet.

    Raises RuntimeError where uv or the Python is missing, CalledProcessError where packages cannot be had.
    """
    place = folder() / "environments" / release.version
    python = place / "bin" / "python"
    if (place / _READY).exists():
        return python
    uv = shutil.which("uv")
    if uv is None:
        raise RuntimeError("uv is needed: pip install uv")
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([uv, "venv", "--quiet", "--python", _interpreter(release.python), str(place)], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(python), "--only-binary", ":all:"]
    install += ["--exclude-newer", release.until]
    subprocess.run([*install, f"scikit-learn=={release.version}", *_PACKAGES], check=True)
    subprocess.run([*install, "--no-deps", *_ALONE], check=True)
    (place / _READY).touch()
    return python


def _interpreter(wanted: str) -> str:
    """A Python of this version: on the path, among pyenv's, or whatever uv finds or fetches."""
    for candidate in _candidates(wanted):
        try:
            said = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=True, timeout=30)
        except (OSError, subprocess.SubprocessError):  # a shim of pyenv runs only where its version is chosen
            continue
        if said.stdout.startswith(f"Python {wanted}."):
            return candidate
    return wanted


def _candidates(wanted: str) -> list[str]:
    on_path = shutil.which(f"python{wanted}")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = sorted(pyenv.glob(f"{wanted}.*/bin/python{wanted}"))
    return [*([on_path] if on_path else []), *map(str, reversed(found))]

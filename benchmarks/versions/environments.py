"""One environment per release of scikit-learn, with the libraries around it; kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from benchmarks.versions import tables
from benchmarks.versions.releases import Release
from xai.environments.cache import Environment
from xai.environments.conversation import Conversation
from xai.environments.making import environment
from xai.environments.needs import Needs
from xai.environments.recipes import Recipe
from xai.environments.settings import Settings, cache_folder
from xai.environments.starting import start
from xai.limits import Limits
from xai.worker.memory import granted

FOLDER = cache_folder() / "versions"
LIBRARIES = ("xgboost", "lightgbm", "imbalanced-learn", "category-encoders")
_HERE = Path(__file__).parent
_RUN_THERE = ("fitting.py", "recipes.py", "library_recipes.py", "parts.py")
_LIMITS = Limits(environments_kept=100)


def fitted(release: Release) -> Path:
    """The folder of the models and answers of this release; they are fitted where they are not there yet.

    Raises OpeningError where its environment cannot be made, CalledProcessError where fitting fails.
    """
    models = FOLDER / f"models-{_digest()}"
    folder = models / release.version
    if not (folder / "models.json").exists():
        tables.write(models)
        folder.mkdir(parents=True, exist_ok=True)
        command = ["-W", "ignore", str(_HERE / "fitting.py"), str(folder)]
        place = _environment(release)
        try:
            subprocess.run([place.python, *command], check=True)
        finally:
            place.release()
    return folder


def own(needs: Needs) -> Conversation:
    """A program under the versions a model was saved with, as the app starts it."""
    process, _ = start(needs, Settings(True, FOLDER / "own"), _LIMITS, granted())
    return Conversation(process.channel, _LIMITS, process.discard)


def _environment(release: Release) -> Environment:
    packages = (f"scikit-learn=={release.version}", "pandas", "joblib", "setuptools<81", *LIBRARIES)
    wanted = Recipe(release.version, (release.python,), packages, (), release.until)
    return environment(wanted, Settings(True, FOLDER / "environments"), _LIMITS)


def _digest() -> str:
    """Of all that decides what is fitted: other recipes are other models."""
    told = b"".join((_HERE / name).read_bytes() for name in (*_RUN_THERE, "tables.py"))
    return hashlib.sha256(told).hexdigest()[:12]

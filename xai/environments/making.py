"""One environment: found in the cache, or made with uv."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from xai.environments import interpreters, tool
from xai.environments.cache import Cache, Environment
from xai.environments.recipes import Recipe
from xai.environments.settings import Settings
from xai.errors import OpeningError
from xai.limits import Limits
from xai.progress import Progress, report

_BEAT = 0.25  # seconds between two signs of life
# XGBoost asks for a library of graphics cards, as large as everything else together, CatBoost for drawing programs,
# whose old versions are no wheels: both predict without.
_NEVER = ("nvidia-nccl-cu12", "nvidia-nccl-cu13", "graphviz", "matplotlib", "plotly")


def environment(recipe: Recipe, settings: Settings, limits: Limits, progress: Progress | None = None) -> Environment:
    """The environment of a recipe; made where it is not there yet. `progress` may raise to leave: nothing is left then.

    Raises OpeningError: "environments-off", "environment-no-tool", "environment-no-python", "environment-offline",
    "environment-failed", "environment-too-slow", "environment-no-folder", "environment-not-here".
    """
    if not settings.allowed:
        raise OpeningError("environments-off", **recipe.facts())
    if not Cache.works():
        raise OpeningError("environment-not-here", **recipe.facts())
    alive = _Alive(recipe, limits.environment_seconds, progress)
    cache = Cache(settings.folder, limits.environments_kept)
    try:
        return cache.get(recipe.name, lambda folder: _make(recipe, folder, alive), lambda: alive("environment-waiting"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise OpeningError("environment-no-folder", **recipe.facts(folder=str(settings.folder), said=reason)) from error


class _Alive:
    """Tells how far it is, and ends what takes too long."""

    def __init__(self, recipe: Recipe, seconds: float, progress: Progress | None) -> None:
        self._recipe = recipe
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._progress = progress
        self._last = 0.0

    def __call__(self, what: str) -> None:
        now = time.monotonic()
        if now > self._end:
            raise OpeningError("environment-too-slow", **self._recipe.facts(seconds=round(self._seconds)))
        if now - self._last >= _BEAT:
            self._last = now
            report(self._progress, 0.0, what)


def _make(recipe: Recipe, folder: Path, alive: Callable[[str], None]) -> None:
    uv = tool.find()
    if uv is None:
        raise OpeningError("environment-no-tool", **recipe.facts())
    where = folder.parent

    def searching() -> None:
        alive("environment-python")

    try:
        python = interpreters.locate(uv, recipe.pythons, where, searching)
        tool.run(uv, ["venv", "--no-project", "--python", python, str(folder)], where, searching)
    except tool.Failed as failed:
        raise OpeningError("environment-no-python", **recipe.facts(said=failed.said)) from failed
    never = folder / "never.txt"
    never.write_text("".join(f"{name}; sys_platform == 'never'\n" for name in _NEVER), "utf-8")
    try:
        tool.run(uv, _installing(recipe, folder, never), where, lambda: alive("environment-packages"))
    except tool.Failed as failed:
        code = "environment-offline" if failed.offline else "environment-failed"
        raise OpeningError(code, **recipe.facts(said=failed.said)) from failed


def _installing(recipe: Recipe, folder: Path, never: Path) -> list[str]:
    """uv's arguments: wheels only, nothing newer than the model's time but what the file itself names."""
    arguments = ["pip", "install", "--python", str(folder / "bin" / "python"), "--only-binary", ":all:"]
    # the program may not write, and reading everything from its source would take it seconds at each start
    arguments += ["--compile-bytecode", "--override", str(never)]
    if recipe.newest is not None:
        arguments += ["--exclude-newer", f"{recipe.newest}T00:00:00Z"]
        for package in recipe.pinned:
            arguments += ["--exclude-newer-package", f"{package}=2100-01-01T00:00:00Z"]
    return [*arguments, *recipe.packages]

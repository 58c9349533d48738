"""From the app's side: the program beside a worker, for a model that runs under the versions it was saved with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from xai.environments.needs import Needs, helps, may_help
from xai.environments.recipes import running
from xai.environments.settings import Settings
from xai.environments.starting import Process, start
from xai.errors import OpeningError
from xai.limits import Limits
from xai.worker.guard import Guard
from xai.worker.source import Source


class Besides:
    """Starts such programs; one that is locked in less than a worker gets no file of a stranger."""

    def __init__(self, settings: Settings, limits: Limits, memory: int, guard: Guard) -> None:
        self._settings = settings
        self._limits = limits
        self._memory = memory  # bytes for each program
        self._guard = guard

    @property
    def allowed(self) -> bool:
        """Whether environments may be made here."""
        return self._settings.allowed

    def wanted(self, source: Source) -> bool:
        """Whether the program is asked for from the beginning."""
        return source.options.get("environment") == "own" or bool(source.options.get("prove"))

    def instead(self, source: Source, error: OpeningError, read: Callable[[], Needs]) -> Needs:
        """What a model needs that did not open here. Raises `error` again where its own versions are no help."""
        if source.options.get("environment") == "here" or not may_help(error):
            raise error
        try:
            needs = read()
        except OpeningError as unknown:
            raise error from unknown
        if not helps(error, needs, running()):
            raise error
        return needs

    def start(self, needs: Needs, source: Source, progress: Callable[[float, str], None]) -> Process:
        """A running program. Raises OpeningError, WorkerError "own-version-ended", "worker-unavailable"."""
        process, layers = start(needs, self._settings, self._limits, self._memory, progress)
        try:
            self._guard.check(source, layers)
        except BaseException:
            process.discard()
            raise
        return process


def with_program(source: Source) -> Source:
    """The same files, to be opened in the program beside the worker; only to prove a repair they are opened in both."""
    if source.options.get("prove"):
        return source
    return replace(source, options={**source.options, "environment": "own"})

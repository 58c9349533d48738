"""The program as a process: started in its environment, ended with whoever started it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable

from xai.environments.cache import Environment
from xai.environments.making import environment as made
from xai.environments.needs import Needs
from xai.environments.recipes import Recipe, recipe
from xai.environments.settings import Settings
from xai.errors import WorkerError
from xai.limits import Limits
from xai.progress import Progress, report
from xai.worker import wire
from xai.worker.environment import PACKAGE, environment
from xai.worker.exchange import Beat, Exchange, Gone, Late
from xai.worker.jail import Layer

# Isolated: nothing but its environment and its Python's own library is importable, and this package while it starts.
_START = "import sys; sys.path.append(sys.argv.pop(1)); from xai.environments.inside.program import main; main()"


def start(
    needs: Needs, settings: Settings, limits: Limits, memory: int, progress: Progress | None = None
) -> tuple[Process, tuple[Layer, ...]]:
    """A program that has locked itself in, in the environment for these needs, and how far it got.

    `memory`: bytes it may fill. `progress` may raise to leave. Raises OpeningError (see `making` and `recipes`),
    WorkerError("own-version-ended") where it does not start.
    """
    wanted = recipe(needs)
    process = Process(made(wanted, settings, limits, progress), wanted, limits, memory)
    return process, first_words(process, limits, lambda: report(progress, 0.0, "environment-starting"))


def first_words(process: Process, limits: Limits, alive: Callable[[], None]) -> tuple[Layer, ...]:
    """Wait until it says that it has locked itself in. What does not get so far is ended.

    `alive` may raise to leave. Raises WorkerError("own-version-ended").
    """
    exchange, end = Exchange(process.channel, limits.answer_bytes), time.monotonic() + limits.start_seconds
    try:
        frame = exchange.receive(end, Beat(lambda share, what: alive()))
        if frame.header.get("kind") != "ready":
            raise wire.WireError("not ready")
        layers = tuple(Layer(*layer) for layer in frame.header["layers"])
    except (Late, Gone, wire.WireError, TypeError, KeyError) as error:
        process.discard()
        raise WorkerError("own-version-ended") from error
    except BaseException:
        process.discard()
        raise
    process.channel.setblocking(True)  # whoever gets it reads it in a way of their own
    return layers


class Process:
    """One running program. `channel` is our end of its socket: it may be handed on, and is closed by whoever has it."""

    def __init__(self, place: Environment, recipe: Recipe, limits: Limits, memory: int) -> None:
        self.channel, theirs = socket.socketpair()
        self.ended = threading.Event()
        self._place = place
        self._process: subprocess.Popen[bytes] | None = None
        self._started = threading.Event()
        command = [str(place.python), "-I", "-B", "-c", _START, str(PACKAGE.parent)]
        command += ["--socket", str(theirs.fileno()), "--memory", str(memory)]
        command += ["--libraries", ",".join(recipe.libraries)]
        # The kernel ends a program with the thread that started it, so that thread must live as long.
        threading.Thread(target=self._run, args=(command, limits, theirs), name="klartext-own", daemon=True).start()
        self._started.wait()

    def end(self) -> None:
        """Kill it, whatever it is doing. Harmless where it has ended already."""
        if self._process is not None:
            self._process.kill()

    def discard(self) -> None:
        """End it, and close our end of its socket."""
        self.end()
        self.channel.close()

    def _run(self, command: list[str], limits: Limits, theirs: socket.socket) -> None:
        try:
            with theirs, contextlib.suppress(OSError):  # an environment that was damaged: the other end is closed then
                self._process = subprocess.Popen(
                    command,
                    env=_variables(limits),
                    cwd=os.path.abspath(os.sep),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            self._started.set()
            if self._process is not None:
                self._process.wait()
        finally:
            self._place.release()
            self._started.set()
            self.ended.set()


def _variables(limits: Limits) -> dict[str, str]:
    """Those of a worker; and one thread: a question asks thousands of times about few rows."""
    ours = {name: value for name, value in environment(limits).items() if name != "PYTHONPATH"}
    return {**ours, "OMP_THREAD_LIMIT": "1"}

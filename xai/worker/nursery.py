"""How the app starts and ends workers: forked from a prepared process where the system can fork, else one by one."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from xai.errors import WorkerError
from xai.limits import Limits
from xai.worker.environment import environment

_MESSAGE = 4096
_BEAT = 0.25
PROGRAM = ("-m", "xai.worker")


@dataclass(eq=False)
class Worker:
    """One living worker, as the app sees it."""

    name: int
    channel: socket.socket
    ended: threading.Event = field(default_factory=threading.Event)
    status: int | None = None  # exit status once ended; negative: the signal that ended it
    killed: bool = False  # by us
    beside: Beside | None = None  # ends with it

    def how(self) -> str:
        """How it ended: the name of a signal, or the exit status."""
        if self.status is None or self.status >= 0:
            return "–" if self.status is None else str(self.status)
        return signal.Signals(-self.status).name if -self.status in set(signal.Signals) else str(self.status)


class Beside(Protocol):
    """A program beside a worker, which holds the model in an environment of its own."""

    channel: socket.socket  # handed on to the worker

    def end(self) -> None:
        """Kill it."""


class Nursery(Protocol):
    """Starts workers and ends them."""

    def prepare(self) -> None:
        """Begin to load what workers need. Returns at once."""

    def start(
        self, memory: int, wait: Callable[[], None], beside: Beside | None = None, strange: bool = True
    ) -> Worker:
        """A new worker that is locking itself in. `wait` is called now and then; it raises to give up.

        Without files of strangers it need not have everything loaded.
        """

    def end(self, worker: Worker) -> None:
        """Kill it, whatever it is doing. Harmless where it has ended already."""

    def close(self) -> None:
        """End everything."""


def nursery(limits: Limits) -> Nursery:
    """The kind that fits this system."""
    return Forked(limits) if sys.platform == "linux" else Fresh(limits)


class Forked:
    """Talks to one zygote, which is started when it is first needed and again should it have died."""

    def __init__(self, limits: Limits, program: Sequence[str] = PROGRAM) -> None:
        self._limits = limits
        self._program = program
        self._lock = threading.Lock()
        self._names = itertools.count(1)
        self._zygote: _Zygote | None = None

    def prepare(self) -> None:
        self._living()

    def start(
        self, memory: int, wait: Callable[[], None], beside: Beside | None = None, strange: bool = True
    ) -> Worker:
        zygote = self._living()
        ready = zygote.whole if strange else zygote.first
        while not ready.wait(_BEAT):
            wait()
        ours, theirs = socket.socketpair()
        worker = Worker(next(self._names), ours, beside=beside)
        with theirs:
            try:
                zygote.start(worker, memory, theirs, *([] if beside is None else [beside.channel]))
            except OSError as error:
                ours.close()
                raise WorkerError("worker-unavailable") from error
        return worker

    def end(self, worker: Worker) -> None:
        worker.killed = True
        zygote = self._zygote
        if zygote is not None:
            zygote.end(worker)
        _shut(worker)

    def close(self) -> None:
        with self._lock:
            zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()

    def _living(self) -> _Zygote:
        with self._lock:
            if self._zygote is None or self._zygote.gone.is_set():
                self._zygote = _Zygote(self._limits, self._program)
            return self._zygote


class _Zygote:
    """The prepared process, its control socket, and the thread that hears which workers have ended."""

    def __init__(self, limits: Limits, program: Sequence[str]) -> None:
        self.first = threading.Event()  # it has loaded what every model needs
        self.whole = threading.Event()  # and the rest
        self.gone = threading.Event()
        self._children: dict[int, Worker] = {}
        self._lock = threading.Lock()
        # whole messages, in order: a stream would have to be cut into messages again
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # otherwise most of the engine would be compiled at every start: the app itself never imports it
        kept = [] if sys.dont_write_bytecode else ["--bytecode"]
        with theirs:
            self._process = _run([*program, "--control", str(theirs.fileno()), *kept], limits, (theirs.fileno(),))
        threading.Thread(target=self._listen, name="klartext-workers", daemon=True).start()

    def start(self, worker: Worker, memory: int, *ends: socket.socket) -> None:
        message = json.dumps({"start": worker.name, "memory": memory}).encode()
        with self._lock:
            self._children[worker.name] = worker
            socket.send_fds(self._control, [message], [end.fileno() for end in ends])

    def end(self, worker: Worker) -> None:
        with self._lock, contextlib.suppress(OSError):
            if worker.name in self._children:
                self._control.send(json.dumps({"end": worker.name}).encode())

    def close(self) -> None:
        self._process.kill()  # its children ask the kernel to end with it
        self._process.wait()
        self.gone.wait(5)

    def _listen(self) -> None:
        with self._control:
            while message := self._message():
                if "ready" in message:
                    (self.whole if message["ready"] == "whole" else self.first).set()
                elif (worker := self._children.pop(message["ended"], None)) is not None:
                    worker.status = message["status"]
                    worker.ended.set()
        self.gone.set()
        for part in (self.first, self.whole):
            part.set()  # nobody waits for the dead: the next step fails and says so
        for worker in list(self._children.values()):
            worker.ended.set()
        self._process.wait()

    def _message(self) -> dict[str, Any]:
        try:
            return json.loads(self._control.recv(_MESSAGE) or "{}")
        except OSError:
            return {}


class Fresh:
    """A process per worker that loads its libraries itself, after it has locked itself in. Slower; needs no fork."""

    def __init__(self, limits: Limits, program: Sequence[str] = PROGRAM) -> None:
        self._limits = limits
        self._program = program
        self._names = itertools.count(1)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def prepare(self) -> None:
        """There is nothing to load: every worker does that itself."""

    def start(
        self, memory: int, wait: Callable[[], None], beside: Beside | None = None, strange: bool = True
    ) -> Worker:
        ours, theirs = socket.socketpair()
        arguments = [*self._program, "--memory", str(memory)]
        with theirs:
            if sys.platform == "win32":
                process = _run([*arguments, "--shared"], self._limits, (), subprocess.PIPE)
                process.communicate(theirs.share(process.pid))
            else:
                kept = [theirs.fileno()] + ([] if beside is None else [beside.channel.fileno()])
                arguments += ["--single", str(kept[0]), *(f"--beside={number}" for number in kept[1:])]
                process = _run(arguments, self._limits, tuple(kept))
        worker = Worker(next(self._names), ours, beside=beside)
        self._processes[worker.name] = process
        threading.Thread(target=self._reap, args=(worker, process), name="klartext-worker", daemon=True).start()
        return worker

    def end(self, worker: Worker) -> None:
        worker.killed = True
        process = self._processes.get(worker.name)
        if process is not None:
            process.kill()
        _shut(worker)

    def close(self) -> None:
        for process in list(self._processes.values()):
            process.kill()
            process.wait()

    def _reap(self, worker: Worker, process: subprocess.Popen[bytes]) -> None:
        worker.status = process.wait()
        self._processes.pop(worker.name, None)
        worker.ended.set()


def _run(
    arguments: list[str], limits: Limits, descriptors: tuple[int, ...], stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Start the workers' program with an environment made from scratch, away from the app's folder and terminal."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environment(limits),
        cwd=os.path.abspath(os.sep),
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=descriptors,
        start_new_session=True,
    )


def _shut(worker: Worker) -> None:
    """Wake whoever reads from it; the reader closes it. What is beside it ends as well."""
    if worker.beside is not None:
        worker.beside.end()
    with contextlib.suppress(OSError):
        worker.channel.shutdown(socket.SHUT_RDWR)

"""The process that has loaded all libraries once and forks a worker for everybody who asks.

It holds no secrets, opens no file of a user and never predicts: a forked child of a process with threads may hang.
Over its control socket it is told {"start": id, …} together with the worker's own socket (and that of a program beside
it, where there is one), or {"end": id}; it answers {"ready": "first"} once it has loaded what every model needs,
{"ready": "whole"} once it has loaded the rest, and {"ended": id, "status": exit status} for every worker that ended,
however that came about.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys

from xai.compiled.loading import machine_code
from xai.limits import Limits
from xai.worker.preload import preload_first, preload_rest
from xai.worker.serve import serve

_MESSAGE = 4096  # bytes of a control message
_PAUSE = 2.0  # seconds in which a worker that somebody waits for already comes before libraries nobody waits for


def run(control: socket.socket, limits: Limits) -> None:
    """Serve until the other end of `control` is closed; the workers end with this process."""
    preload_first()
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)  # only the wake-up counts
    _tell(control, {"ready": "first"})
    zygote = Zygote(control, limits, (woken, wake))
    pauses = iter([_PAUSE])
    for _ in preload_rest():
        if not zygote.turn(next(pauses, 0.0) if zygote.has_workers else 0.0):
            return
    _tell(control, {"ready": "whole"})
    while zygote.turn():
        pass


class Zygote:
    """Knows its living children by the names the app gave them."""

    def __init__(self, control: socket.socket, limits: Limits, pipe: tuple[int, int]) -> None:
        self._control = control
        self._limits = limits
        self._pipe = pipe
        self._children: dict[int, int] = {}  # process -> name

    @property
    def has_workers(self) -> bool:
        """Whether any is living."""
        return bool(self._children)

    def turn(self, seconds: float | None = None) -> bool:
        """Wait (so long) for a message or a worker's end, and act on it; False once the app is gone."""
        readable, _, _ = select.select([self._control, self._pipe[0]], [], [], seconds)
        if self._pipe[0] in readable:
            with contextlib.suppress(BlockingIOError):
                os.read(self._pipe[0], _MESSAGE)
        self._reap()
        return self._control not in readable or self._obey()

    def _obey(self) -> bool:
        """Carry out one message; False where the app has closed its end."""
        message, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE, 2)
        if not message:
            return False
        asked = json.loads(message)
        if "start" in asked:
            self._fork(asked, *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
        elif "end" in asked:
            self._end(asked["end"])
        return True

    def _fork(self, asked: dict[str, int], channel: int, beside: int | None = None) -> None:
        machine_code()  # compiled meanwhile? then this worker and all after it share it
        process = os.fork()
        if process == 0:
            status = 1
            try:
                gc.enable()
                sys.dont_write_bytecode = True  # locked in, it may write nowhere
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                serve(channel, self._limits, asked["memory"], beside)
                status = 0
            finally:  # never back into the loop, whatever happened
                os._exit(status)
        self._children[process] = asked["start"]

    def _end(self, name: int) -> None:
        """Kill a child; as it is not reaped before, its number cannot have passed to another process."""
        for process, known in self._children.items():
            if known == name:
                os.kill(process, signal.SIGKILL)

    def _reap(self) -> None:
        while self._children:
            process, status = os.waitpid(-1, os.WNOHANG)
            if process == 0:
                return
            _tell(self._control, {"ended": self._children.pop(process), "status": os.waitstatus_to_exitcode(status)})


def _tell(control: socket.socket, message: dict[str, object]) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the next read finds that the app is gone
        control.send(json.dumps(message).encode())

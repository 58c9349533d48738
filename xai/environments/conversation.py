"""Questions to the program beside a model. It is as hostile as the file it has read: every answer is checked."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from xai.errors import WorkerError
from xai.limits import Limits
from xai.worker import wire
from xai.worker.exchange import Exchange, Gone, Late

# After one of these the program is of no use any more, and whoever holds it starts it again.
BROKEN = frozenset({"own-version-ended", "own-version-late", "own-version-unreadable"})


class Conversation:
    """One program and whoever asks it; safe for many threads, one question at a time.

    Raises from every question WorkerError: "own-version-ended", "own-version-late", "own-version-unreadable",
    "worker-out-of-memory", and what the model itself says as an OpeningError or a QuestionError.
    """

    def __init__(self, end: int | socket.socket, limits: Limits, close: Callable[[], None] | None = None) -> None:
        self._exchange = Exchange(Descriptor(end) if isinstance(end, int) else end, limits.answer_bytes)
        self._seconds = limits.question_seconds
        self._answer_bytes = limits.answer_bytes
        self._lock = threading.Lock()
        self._close = close

    @property
    def most_numbers(self) -> int:
        """So many numbers fit into one answer."""
        return self._answer_bytes // 16

    def ask(self, question: str, kind: Any, arrays: Sequence[np.ndarray] = (), seconds: float = 0, **more: Any) -> Any:
        """The answer, of type `kind`. `seconds` instead of those a question has."""
        seconds = seconds or self._seconds
        with self._lock:
            try:
                header = {"question": question, **more}
                return self._exchange.ask(header, arrays, kind, time.monotonic() + seconds)
            except Late as error:
                self.close()
                raise WorkerError("own-version-late", seconds=round(seconds)) from error
            except Gone as error:
                self.close()
                raise WorkerError("own-version-ended") from error
            except wire.WireError as error:
                self.close()
                raise WorkerError("own-version-unreadable") from error

    def close(self) -> None:
        """End the program, where it is ours to end."""
        close, self._close = self._close, None
        if close is not None:
            close()


class Descriptor:
    """As much of a socket as `Exchange` needs, by plain reading and writing: a worker may not make other calls."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._seconds = 0.0

    def settimeout(self, seconds: float) -> None:
        self._seconds = seconds

    def recv_into(self, buffer: memoryview) -> int:
        self._wait(select.POLLIN)
        return os.readv(self._number, [buffer])

    def send(self, data: memoryview) -> int:
        self._wait(select.POLLOUT)
        return os.write(self._number, data)

    def _wait(self, event: int) -> None:
        ready = select.poll()
        ready.register(self._number, event)
        if not ready.poll(self._seconds * 1000):
            raise TimeoutError

"""The app's end of a worker's socket: send a question, hear of progress, get the answer or a typed error."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from xai import errors
from xai.adjustment import Adjustment
from xai.errors import KlartextError, WorkerError
from xai.progress import Progress
from xai.texts.catalogue import catalogue, placeholders
from xai.worker import wire
from xai.worker.wire.text import clean, code

_BEAT = 0.25  # seconds between two signs of life: a visitor who left is noticed at the next one
_LONGEST_FACT = 2_000  # characters
_KINDS = {
    kind.__name__: kind
    for kind in (
        *(errors.OpeningError, errors.DataError, errors.MatchError, errors.QuestionError),
        *(KlartextError, WorkerError),
    )
}


class Late(Exception):
    """The deadline has passed."""


class Gone(Exception):
    """The other end is closed: the worker has ended."""


class Exchange:
    """One conversation with one worker. Not for several threads at once."""

    def __init__(self, channel: socket.socket, most: int) -> None:
        self._channel = channel
        self._most = most  # bytes of one answer

    def ask(
        self,
        header: dict[str, Any],
        arrays: Sequence[np.ndarray],
        kind: Any,
        deadline: float,
        progress: Progress | None = None,
        aside: Callable[[dict[str, Any]], None] | None = None,
        partial: Callable[[Any], None] | None = None,
    ) -> Any:
        """The answer, of type `kind`; `partial` is given earlier ones of the same type, where they are sent.

        `deadline` is a moment of `time.monotonic`. The callbacks may raise to leave; the conversation is then unusable.
        Raises Late, Gone, wire.WireError, and the KlartextError that the worker reports.
        """
        beat = Beat(progress)
        wire.write(lambda data: self._send(data, deadline, beat), wire.Frame(header, arrays))
        while True:
            frame = self.receive(deadline, beat)
            match frame.header.get("kind"):
                case "progress":
                    beat.hear(frame.header.get("share"), frame.header.get("what"))
                case "partial":
                    if partial is not None:
                        partial(wire.decode(frame.header.get("value"), kind, frame.arrays))
                case "answer":
                    return wire.decode(frame.header.get("value"), kind, frame.arrays)
                case "error":
                    raise reported(frame.header, frame.arrays)
                case "tried" if aside is not None:
                    aside(frame.header)
                case _:
                    raise wire.WireError("not a kind of message")

    def receive(self, deadline: float, beat: Beat | None = None) -> wire.Frame:
        """The next frame."""
        beat = beat or Beat(None)
        return wire.read(lambda count: self._receive(count, deadline, beat), self._most)

    def _receive(self, count: int, deadline: float, beat: Beat) -> bytearray:
        data = bytearray(count)
        view, got = memoryview(data), 0
        while got < count:
            self._channel.settimeout(_left(deadline))
            try:
                read = self._channel.recv_into(view[got:])
            except TimeoutError:
                beat.beat()
                continue
            except OSError as error:  # reset, or closed under us by a cancel
                raise Gone from error
            if not read:
                raise Gone
            got += read
        return data

    def _send(self, data: Any, deadline: float, beat: Beat) -> None:
        left = memoryview(data)
        while left:
            self._channel.settimeout(_left(deadline))
            try:
                left = left[self._channel.send(left) :]
            except TimeoutError:
                beat.beat()
            except OSError as error:
                raise Gone from error


class Beat:
    """Repeats the last progress while nothing comes, so that the caller can leave."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._said = (0.0, "working")
        self._last = time.monotonic()

    def hear(self, share: Any, what: Any) -> None:
        if type(share) not in (int, float) or not math.isfinite(share):
            raise wire.WireError("not a share")
        self._said = (min(max(float(share), 0.0), 1.0), code(what))
        if time.monotonic() - self._last >= _BEAT / 3:
            self.beat()

    def beat(self) -> None:
        self._last = time.monotonic()
        if self._progress is not None:
            self._progress(*self._said)


def reported(header: dict[str, Any], arrays: Sequence[np.ndarray] = ()) -> KlartextError:
    """The error a worker reports: one of our own classes, a code the catalogue knows, bounded plain facts, offers."""
    kind, name = _KINDS.get(str(header.get("error"))), code(header.get("code"))
    facts = wire.plain(header.get("facts"))
    if kind is None or not isinstance(facts, dict):
        raise wire.WireError("not an error")
    if not _sayable(name, facts):
        return kind("unexpected", reference=name)
    error = kind(name, **{code(fact): _fact(value) for fact, value in facts.items()})
    if header.get("offers") is not None:
        error.offers = wire.decode(header["offers"], tuple[Adjustment, ...], arrays)
    return error


def _sayable(name: str, facts: Mapping[str, Any]) -> bool:
    """Whether there are words for this error, and all the facts they need."""
    words = [catalogue("en").sentences.get(f"errors.{name}.{part}") for part in ("message", "remedy")]
    return all(text is not None and placeholders(text) <= {*facts, "reference", "code"} for text in words)


def _fact(value: Any) -> Any:
    """Text, a number, or a list of such; mappings have no place in a sentence."""
    if isinstance(value, str):
        return clean(value, _LONGEST_FACT)
    if isinstance(value, list | tuple):
        return [_fact(item) for item in value[:100]]
    if isinstance(value, dict):
        raise wire.WireError("not a fact")
    return value


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Late
    return min(left, _BEAT)

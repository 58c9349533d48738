"""At most so many workers at once: who waits, who gives up its place, in which order."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from xai.environments.needs import Needs
from xai.worker.nursery import Worker
from xai.worker.source import Source

_BEAT = 0.25


@dataclass(eq=False)
class Holder:
    """One session: what it has opened, and its worker while it has one."""

    source: Source
    turn: threading.Lock = field(default_factory=threading.Lock)  # one question at a time
    worker: Worker | None = None
    inspection: Any = None  # what opening found, once it is opened
    needs: Needs | None = None  # where its model runs in an environment of its own
    used: float = field(default_factory=time.monotonic)
    cancelled: bool = False
    busy: bool = False
    closed: bool = False


class Places:
    """Hands out places first come, first served; an idle worker that was not used for longest makes room."""

    def __init__(self, most: int, end: Callable[[Worker], None]) -> None:
        self.most = most
        self._end = end
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()
        self._holders: list[Holder] = []

    @property
    def taken(self) -> int:
        return len(self._holders)

    def take(self, holder: Holder, wait: Callable[[], None]) -> None:
        """Get a place, however long it takes. `wait` is called while there is none; it raises to give up."""
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
        try:
            while not self._try(ticket, holder):
                wait()
        finally:
            with self._changed:
                self._queue.remove(ticket)
                self._changed.notify_all()

    def leave(self, holder: Holder) -> None:
        """Give the place back, and end its worker: by the one whose turn it is."""
        with self._changed:
            self._release(holder)
            self._changed.notify_all()

    def evict(self, holder: Holder) -> None:
        """The same by somebody else. Who is just listening to the worker hears that it is gone, and leaves."""
        with self._changed:
            if not holder.busy:
                self._release(holder)
            elif holder.worker is not None:
                self._end(holder.worker)
            self._changed.notify_all()

    def begin(self, holder: Holder) -> None:
        """From now on it is not idle."""
        with self._changed:
            holder.busy = True

    def pause(self, holder: Holder) -> None:
        """Idle again: others may have the place."""
        with self._changed:
            holder.busy, holder.used = False, time.monotonic()
            self._changed.notify_all()

    def end_idle(self, seconds: float) -> None:
        """End the workers nobody has asked anything for so long, and forget those that died by themselves."""
        with self._changed:
            for holder in [each for each in self._holders if not each.busy]:
                if time.monotonic() - holder.used > seconds or (holder.worker and holder.worker.ended.is_set()):
                    self._release(holder)
            self._changed.notify_all()

    def _try(self, ticket: object, holder: Holder) -> bool:
        with self._changed:
            if self._queue[0] is ticket:
                idle = sorted((each for each in self._holders if not each.busy), key=lambda each: each.used)
                if len(self._holders) >= self.most and idle:
                    self._release(idle[0])
                if len(self._holders) < self.most:
                    self._holders.append(holder)
                    return True
            self._changed.wait(_BEAT)
            return False

    def _release(self, holder: Holder) -> None:
        worker, holder.worker = holder.worker, None
        if holder in self._holders:
            self._holders.remove(holder)
        if worker is not None:
            self._end(worker)
            worker.channel.close()

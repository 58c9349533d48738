"""The memory of answers: bounded, safe for many visitors at once, each answer computed by one of them only.

Streamlit's own caches are not used here: a progress line drawn inside a cached function breaks on the second visit.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

Waiting = Callable[[], None]
_PATIENCE = 0.3  # seconds between two signs of life while waiting: a visitor who left is noticed at the next one


class Answers:
    """Keeps the `most` recently used answers; lets `at_once` computations run side by side, the others wait."""

    def __init__(self, most: int, at_once: int = 2) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._busy: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(at_once)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def find(self, key: Hashable) -> Any:
        """The answer of `key` where it is kept, else None."""
        with self._lock:
            return self._kept.get(key)

    def get(self, key: Hashable, compute: Callable[[], Any], waiting: Waiting) -> Any:
        """The answer of `key`, kept or computed. `waiting` is called while others work; it may raise to leave.

        What `compute` raises goes to the caller who computed; whoever waited for it computes in turn.
        """
        while True:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
                busy = self._busy.get(key)
                if busy is None:
                    mine = self._busy[key] = threading.Event()
                    break
            while not busy.wait(_PATIENCE):
                waiting()
        try:
            answer = self._in_a_slot(compute, waiting)
            self._keep(key, answer)
            return answer
        finally:
            with self._lock:
                del self._busy[key]
            mine.set()

    def _in_a_slot(self, compute: Callable[[], Any], waiting: Waiting) -> Any:
        while not self._slots.acquire(timeout=_PATIENCE):
            waiting()
        try:
            return compute()
        finally:
            self._slots.release()

    def _keep(self, key: Hashable, answer: Any) -> None:
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

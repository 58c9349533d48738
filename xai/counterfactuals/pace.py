"""How fast a model answers, and about how many rows it is asked at once, so that a deadline can be kept."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TypeVar

LONGEST = 0.15  # seconds one call should take
FIRST, MOST = 50, 4000  # rows
FASTER = 8  # times more rows than in the call before, at most
LOOKED_AT = 8  # calls; the fastest of them counts: a busy machine must not make calls ever smaller

Answer = TypeVar("Answer")


class Pace:
    """Measures the calls that are made through it."""

    def __init__(self, rows: int = FIRST) -> None:
        self.rows = rows  # about so many rows a call should ask
        self.first = 0.0  # seconds the first call took
        self._speeds: deque[float] = deque(maxlen=LOOKED_AT)  # rows per second

    def timed(self, ask: Callable[[], Answer], count: int) -> Answer:
        """The answer about `count` rows."""
        started = time.monotonic()
        answer = ask()
        took = max(time.monotonic() - started, 1e-6)
        self.first = self.first or took
        if count >= self.rows or took > LONGEST:  # a small call says little about a large one
            self._speeds.append(count / took)
            self.rows = int(min(max(max(self._speeds) * LONGEST, 1), FASTER * self.rows, MOST))
        return answer

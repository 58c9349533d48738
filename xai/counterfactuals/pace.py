"""How fast a model answers, and about how many rows it is asked at once, so that a deadline can be kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

LONGEST = 0.15  # seconds the rows of one call should take, on top of what any call takes
FIRST, MOST = 16, 4000  # rows
CHANGE = 8  # times more or less than the call before, at most

Answer = TypeVar("Answer")


class Pace:
    """Measures the calls that are made through it: what a call costs, and what each row adds."""

    def __init__(self, rows: int = FIRST) -> None:
        self.rows = rows  # about so many rows a call should ask
        self.first = 0.0  # seconds the first call took
        self._took: dict[int, float] = {}  # number of rows -> seconds, of the fastest such call

    def timed(self, ask: Callable[[], Answer], count: int) -> Answer:
        """The answer about `count` rows."""
        started = time.monotonic()
        answer = ask()
        took = max(time.monotonic() - started, 1e-6)
        self.first = self.first or took
        # the fastest counts: a machine that was busy for a moment must not make all later calls small
        self._took[count] = min(took, self._took.get(count, took))
        if count >= self.rows or took > LONGEST:
            self.rows = int(min(max(self._fitting(), 1, self.rows // CHANGE), self.rows * CHANGE, MOST))
        return answer

    def within(self, seconds: float) -> int:
        """About so many rows can be asked in this time: at most those of a usual call, and at least one."""
        if not self._took:
            return self.rows
        any_call, each = self._costs()
        return int(min(max((seconds - any_call) / each, 1), self.rows))

    def _fitting(self) -> float:
        """Rows that take LONGEST, or as long as the call would take without any, if that is more."""
        any_call, each = self._costs()
        return max(LONGEST, any_call) / each

    def _costs(self) -> tuple[float, float]:
        """Seconds that any call takes, and that each row adds."""
        few, many = min(self._took), max(self._took)
        if few == many:
            return 0.0, self._took[many] / many
        each = max((self._took[many] - self._took[few]) / (many - few), 1e-9)
        return max(self._took[few] - each * few, 0.0), each

"""The time limit: searches are stopped in the next call of the model, wherever they are."""

from __future__ import annotations

import time

from xai.progress import Progress, report

BETWEEN_REPORTS = 0.2  # seconds: a report redraws a page


class TimeUp(Exception):
    """Raised inside a call of the model; it ends the search that made the call and never reaches the user."""


class Deadline:
    """A span of time that counts from now. `check` raises TimeUp when it is over, and reports progress before."""

    def __init__(self, seconds: float, progress: Progress | None = None, end: float | None = None) -> None:
        self.started = time.monotonic()
        self.end = self.started + seconds if end is None else min(self.started + seconds, end)
        self.progress = progress
        self._reported = 0.0

    @property
    def left(self) -> float:
        """Seconds; never negative."""
        return max(self.end - time.monotonic(), 0.0)

    @property
    def used(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.end

    def part(self, share: float) -> Deadline:
        """A nearer deadline: a share of what is left."""
        return Deadline(self.left * share, self.progress, self.end)

    def sparing(self, seconds: float) -> Deadline:
        """A nearer deadline that leaves so many seconds, but at least a third of the time, for itself."""
        return self.part(max(1 - seconds / max(self.left, 1e-9), 1 / 3))

    def tell(self) -> None:
        """Report progress, now and then."""
        now = time.monotonic()
        if now - self._reported > BETWEEN_REPORTS:
            self._reported = now
            report(self.progress, (now - self.started) / max(self.end - self.started, 1e-9), "counterfactuals")

    def check(self) -> None:
        self.tell()
        if self.over:
            raise TimeUp


class Stride:
    """How long a search that cannot be interrupted goes on between two calls of the model.

    It is ended where another stretch as long as the longest so far would pass the deadline.
    """

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._longest = 0.0
        self._last: float | None = None

    def step(self) -> None:
        """To be called at every call. Raises TimeUp."""
        now = time.monotonic()
        if self._last is not None:
            self._longest = max(self._longest, now - self._last)
        self._last = now
        if now + self._longest >= self._deadline.end:
            raise TimeUp

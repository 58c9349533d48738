"""Progress of long work. A callback is told how far the work is; by raising, it stops the work."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str], None]  # (share done 0..1, catalogue key under `progress.`)


def report(progress: Progress | None, share: float, what: str) -> None:
    if progress is not None:
        progress(min(max(share, 0.0), 1.0), what)


def within(progress: Progress | None, start: float, end: float) -> Progress | None:
    """For a part of the work: its own 0..1 becomes `start` to `end` of the whole."""
    if progress is None:
        return None
    return lambda share, what: progress(start + share * (end - start), what)

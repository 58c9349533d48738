"""Progress of long work. A callback is told how far the work is; by raising, it stops the work."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str], None]  # (share done 0..1, catalogue key under `progress.`)


def report(progress: Progress | None, share: float, what: str) -> None:
    if progress is not None:
        progress(min(max(share, 0.0), 1.0), what)

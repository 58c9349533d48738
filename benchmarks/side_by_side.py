"""What benchmarks share: two ways to the same answer, timed in turns, and a table of what came of it."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any


@dataclass(frozen=True)
class Line:
    """One piece of work, done both ways. Seconds are medians."""

    work: str
    peer: str
    theirs: float
    ours: float
    least: float | None  # the ratio it should reach
    difference: float  # the largest one between the answers, or to what they should be
    what: str  # what that difference is

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours


def in_turns(theirs: Callable[[], Any], ours: Callable[[], Any], repeats: int = 3) -> tuple[float, float]:
    """Median seconds of both, in turns so that both meet the same neighbours on the machine."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for taken, work in zip(times, (theirs, ours), strict=True):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return statistics.median(times[0]), statistics.median(times[1])


def seconds(work: Callable[[], Any]) -> float:
    """How long a single call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def table(lines: Iterable[Line]) -> str:
    """The lines as a table in Markdown."""
    head = "| work | against | theirs | ours | ratio | at least | largest difference |\n|-|-|-:|-:|-:|-:|-|"
    rows = [
        f"| {line.work} | {line.peer} | {_time(line.theirs)} | {_time(line.ours)} | **×{line.ratio:.3g}** "
        f"| {'' if line.least is None else f'×{line.least:g}'} | {line.difference:.1e} {line.what} |"
        for line in lines
    ]
    return "\n".join([head, *rows])


def versions(*packages: str) -> str:
    """The versions of Python and of packages."""
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)])


def _time(taken: float) -> str:
    return f"{taken:.2f} s" if taken >= 1 else f"{1e3 * taken:.2f} ms"

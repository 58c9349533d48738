"""What benchmarks share: two ways to the same answer, timed in turns, and a table of what came of it."""

from __future__ import annotations

import importlib
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Line:
    """One piece of work, done both ways. Seconds are medians."""

    work: str
    peer: str
    theirs: float
    ours: float
    least: float | None  # the ratio it should reach
    difference: float  # the largest one between the answers, or to what they should be; nan where there is none
    what: str  # what that difference is

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours


@dataclass(frozen=True)
class Pair:
    """Both ways to an answer: median seconds, and the last answers."""

    seconds: tuple[float, float]
    answers: tuple[Any, Any]

    def difference(self) -> float:
        """The largest one between the answers."""
        return float(np.abs(np.asarray(self.answers[0]) - np.asarray(self.answers[1])).max())


def in_turns(theirs: Callable[[], Any], ours: Callable[[], Any], repeats: int = 3) -> Pair:
    """Both, in turns so that they meet the same neighbours on the machine; nothing is timed the first time it runs."""
    ours()
    times: tuple[list[float], list[float]] = ([], [])
    answers: list[Any] = [None, None]
    for _ in range(repeats):
        for side, work in enumerate((theirs, ours)):
            started = time.perf_counter()
            answers[side] = work()
            times[side].append(time.perf_counter() - started)
    return Pair((statistics.median(times[0]), statistics.median(times[1])), (answers[0], answers[1]))


def seconds(work: Callable[[], Any]) -> float:
    """How long a single call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


HEAD = "| work | against | theirs | ours | ratio | at least | |\n|-|-|-:|-:|-:|-:|-|"


def row(line: Line) -> str:
    """A line of the table in Markdown; one that misses its goal says so."""
    goal = "" if line.least is None else f"×{line.least:g}"
    goal += "" if line.least is None or line.ratio >= line.least else " missed"
    difference = f"{line.difference:.1e} {line.what}" if np.isfinite(line.difference) else line.what
    times = f"{_time(line.theirs)} | {_time(line.ours)} | **×{line.ratio:.3g}**"
    return f"| {line.work} | {line.peer} | {times} | {goal} | {difference} |"


def show(lines: Iterable[Line]) -> list[Line]:
    """Print the table, each line as soon as it is measured."""
    print(HEAD)
    found = []
    for line in lines:
        print(row(line), flush=True)
        found.append(line)
    return found


def measured(module: str) -> str:
    """A part's table, or its sentences where there is nobody to compare with; or why it was not measured."""
    part = importlib.import_module(module)
    missing = part.missing() if hasattr(part, "missing") else None
    if missing is None and hasattr(part, "lines"):
        return "\n".join([HEAD, *map(row, show(part.lines()))])
    told = part.told() if missing is None else missing
    print(told, flush=True)
    return told


def versions(*packages: str) -> str:
    """The versions of Python and of packages."""
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)])


def _time(taken: float) -> str:
    return f"{taken:.2f} s" if taken >= 1 else f"{1e3 * taken:.2f} ms"

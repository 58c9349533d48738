"""How much memory there really is, and how many workers that makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xai.limits import MEGABYTE, Limits

_NO_LIMIT = 1 << 60  # version 1 of control groups writes a huge number where there is no limit
_UNKNOWN = 2048 * MEGABYTE  # where neither control groups nor /proc say anything


@dataclass(frozen=True)
class Share:
    """How the memory is divided."""

    workers: int  # alive at once
    memory: int  # bytes each of them may fill


def share(limits: Limits, granted: int) -> Share:
    """Divide `granted` bytes. One worker always runs, with less than it should have if there is not more."""
    room = max(granted - limits.reserved, limits.memory_least)
    memory = limits.memory or min(limits.memory_most, max(room, limits.memory_least))
    workers = limits.workers or min(limits.workers_most, max(1, room // memory))
    return Share(workers, memory)


def granted(root: Path = Path("/")) -> int:
    """Bytes this process and its children may use: the smallest limit of its control groups, else what is free."""
    found = [number for path in _limit_files(root) if (number := _number(path)) is not None]
    available = _available(root / "proc/meminfo")
    return min([*(number for number in found if number < _NO_LIMIT), available or _UNKNOWN])


def _limit_files(root: Path) -> Iterator[Path]:
    """The limit of the process's own group and of every group above it, in both versions of control groups."""
    try:
        groups = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        groups = []
    for line in [*groups, "0::/", "0:memory:/"]:  # inside a container the own group is often mounted as the root
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers == "":
            top, name = root / "sys/fs/cgroup", "memory.max"
        elif "memory" in controllers.split(","):
            top, name = root / "sys/fs/cgroup/memory", "memory.limit_in_bytes"
        else:
            continue
        parts = [part for part in path.split("/") if part not in ("", "..")]
        for depth in range(len(parts), -1, -1):
            yield top.joinpath(*parts[:depth]) / name


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # not there, or "max"
        return None


def _available(path: Path) -> int | None:
    """MemAvailable in bytes."""
    try:
        lines = path.read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return None

"""What a worker may use up: memory, processor time, files, threads."""

from __future__ import annotations

import os
from pathlib import Path

from xai.worker.jail.layer import Confinement, Unavailable

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_ADDRESSES = 1 << 30  # bytes: allocators and thread stacks reserve addresses they never fill
_POLITE = 10  # the app itself answers first


def limit(confinement: Confinement) -> None:
    """Hard limits. Memory counts what the process fills itself, on top of what it shares with all other workers."""
    if resource is None:
        raise Unavailable("this system has no resource limits")
    filled, reserved = _held()
    _set(resource.RLIMIT_DATA, filled + confinement.memory)
    _set(resource.RLIMIT_AS, reserved + confinement.memory + _ADDRESSES)
    _set(resource.RLIMIT_CPU, confinement.cpu_seconds)
    _set(resource.RLIMIT_FSIZE, 0)
    _set(resource.RLIMIT_NOFILE, confinement.open_files)
    _set(resource.RLIMIT_CORE, 0)
    os.nice(_POLITE)


def limit_threads(most: int) -> None:
    """Linux counts threads per user; inside a user namespace of its own the worker is counted alone."""
    if resource is None:
        raise Unavailable("this system has no resource limits")
    _set(resource.RLIMIT_NPROC, most + _other_threads())


def _other_threads() -> int:
    try:
        alone = not Path("/proc/self/uid_map").read_text().strip()
    except OSError:
        alone = False
    return 0 if alone else sum(1 for _ in Path("/proc").glob("[0-9]*/task/[0-9]*"))


def _set(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


def _held() -> tuple[int, int]:
    """Bytes of writable memory, and of addresses, that the process has now."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError as error:
        raise Unavailable("no /proc") from error
    parts = [line.split() for line in lines if line.endswith("kB")]
    sizes = {part[0].rstrip(":"): int(part[1]) * 1024 for part in parts}
    return sizes["VmData"], sizes["VmSize"]

"""What a worker is allowed, and what became of each lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Confinement:
    """What is left to a worker."""

    memory: int  # bytes beyond what it has at its start
    cpu_seconds: int
    open_files: int
    threads: int
    kept: tuple[int, ...]  # file descriptors that stay open
    readable: tuple[str, ...]  # files, and folders with all below them


@dataclass(frozen=True)
class Layer:
    """One lock: "on", "unavailable" (this kernel or container does not have it) or "failed", and why."""

    name: str
    state: Literal["on", "unavailable", "failed"]
    reason: str = ""


class Unavailable(Exception):
    """This system does not have that lock."""

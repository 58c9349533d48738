"""No open file comes along from the process that forked."""

from __future__ import annotations

import os
from collections.abc import Collection


def close_others(kept: Collection[int]) -> None:
    """Point standard input, output and error nowhere, and close everything else but `kept`."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in {0, 1, 2} - set(kept):
        os.dup2(nowhere, standard)
    start = 3
    for descriptor in [*sorted(each for each in kept if each > 2), _most()]:
        os.closerange(start, descriptor)
        start = descriptor + 1


def _most() -> int:
    """One more than the highest open descriptor."""
    try:
        return max(map(int, os.listdir("/proc/self/fd"))) + 1
    except OSError:  # no /proc
        return os.sysconf("SC_OPEN_MAX")

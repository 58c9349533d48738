"""How the work is shared out: trees or rows are divided among the processors this process may use.

Every part adds to an array of its own, and the arrays are added up in a fixed order, so that the same question gets the
same bits again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_MOST_THREADS = 16


@dataclass(frozen=True)
class Part:
    """Some neighbouring trees."""

    start: int
    stop: int

    def of(self, array: np.ndarray) -> np.ndarray:
        return array[self.start : self.stop]


def side_by_side(work: Callable[[Part], np.ndarray], tasks: Sequence[Part]) -> list[np.ndarray]:
    """The results of all tasks, one thread each."""
    if len(tasks) < 2:
        return [work(task) for task in tasks]
    with ThreadPoolExecutor(len(tasks), thread_name_prefix="klartext-trees") as pool:
        return list(pool.map(work, tasks))


def parts(sizes: np.ndarray, count: int) -> list[Part]:
    """Neighbouring trees in `count` parts of about the same size, none empty."""
    ends = np.cumsum(sizes)
    cuts = np.searchsorted(ends, ends[-1] * np.arange(1, count) / count) + 1
    edges = np.unique([0, *np.minimum(cuts, len(sizes)), len(sizes)]).tolist()
    return [Part(start, stop) for start, stop in pairwise(edges)]


def processors() -> int:
    """How many threads can really run at once."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, _MOST_THREADS)


def summed(arrays: Sequence[np.ndarray]) -> np.ndarray:
    first, *rest = arrays
    for array in rest:
        first += array
    return first

"""A whole table through the worker's own engine: a million rows of 14 columns, a forest of depth 8, in 4 GB.

python -m benchmarks.million_rows [--rows N] [--trees T]

Computes the importance over all rows, with intervals, in a process that may not take more memory than that, and says
how long it took and how much memory was really filled. Long on a busy machine: about 0.5 ms for each row.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from benchmarks.workload import TARGET, preprocessing, table
from xai.explainer import Explainer

LIMIT = 4 << 30
LEARNED = 30_000  # rows the forest learns from


def told() -> str:
    """What the command says, run as a process of its own: the limit on memory stays there."""
    command = [sys.executable, "-m", "benchmarks.million_rows"]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return "\n".join(f"- {line}" for line in said.stdout.splitlines()[1:])


def main() -> None:
    """Print how far it is, and then the figures."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.million_rows")
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--trees", type=int, default=200)
    asked = options.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    frame = table(asked.rows)
    forest = RandomForestClassifier(asked.trees, max_depth=8, random_state=0)
    learned = frame.head(LEARNED)
    pipeline = make_pipeline(preprocessing(), forest).fit(learned.drop(columns=TARGET), learned[TARGET])
    explainer = Explainer(pipeline, frame.drop(columns=TARGET), target_class="yes")
    before, started = filled(), time.perf_counter()
    found = explainer.importance(rows="all", progress=Told())
    seconds = time.perf_counter() - started
    gap = next(each.value for each in found.trust.measures if each.code == "additivity")
    half = float(np.max(found.high - found.importance))
    print(f"\n{found.rows_used:,} rows × {len(found.columns)} columns, {asked.trees} trees: {seconds:.0f} s")
    print(f"{found.algorithm}; largest gap to the model {gap:.1e}; widest half interval {half:.1e}")
    print(f"memory filled: {before} MB with model and table, {filled()} MB at most (limit {LIMIT >> 20} MB)")


class Told:
    """Prints how far it is, ten times in all."""

    def __init__(self) -> None:
        self._next = 0.1

    def __call__(self, share: float, step: str) -> None:
        if share >= self._next:
            print(f"{share:.0%}", end=" ", flush=True)
            self._next = share + 0.1


def filled() -> int:
    """Megabytes, the most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()

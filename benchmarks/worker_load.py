"""Twenty visitors at once, each with a model of their own; three of those crash, hang, or eat memory.

python -m benchmarks.worker_load            (KLARTEXT_WORKERS=4 lets only four work at once: the others wait)

Expected: seventeen answers, three typed errors, an app process that stays responsive, and afterwards no worker and no
memory left. The three misbehave through the program that the tests use, not through a hostile file.
"""

from __future__ import annotations

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

from xai.errors import KlartextError
from xai.limits import MEGABYTE, Limits
from xai.worker.client import Workers
from xai.worker.nursery import Forked
from xai.worker.source import Source

VISITORS = 20
PROGRAM = str(Path(__file__).parents[1] / "tests" / "worker" / "misbehaving.py")
MISBEHAVING = {
    3: ("crashes", "ctypes.string_at(0)"),
    8: ("hangs", "while True: pass\n0"),
    13: ("eats memory", "kept = []\nwhile True: kept.append(bytearray(50 << 20))\n0"),
}


def main() -> None:
    """Print what became of everybody."""
    limits = replace(Limits.from_environment(), question_seconds=60.0, memory=512 * MEGABYTE)
    sources = [made(seed) for seed in range(VISITORS)]
    workers = Workers(limits, own_files=True, starting=Forked(limits, (PROGRAM,)))
    try:
        workers.attestation()
        time.sleep(1)  # until the worker that was tried has left
        before, pulse = used(workers), Pulse()
        print(f"{workers.share.workers} workers at once; {before} MB before")
        started = time.perf_counter()
        with ThreadPoolExecutor(VISITORS) as pool:
            ends = list(pool.map(lambda number: visit(workers, number, sources[number]), range(VISITORS)))
        seconds = time.perf_counter() - started
        for number, said in enumerate(ends):
            print(f"visitor {number:2} {MISBEHAVING.get(number, ('asks',))[0]:12} {said}")
        answered = sum(said.startswith("answered") for said in ends)
        print(f"{answered} answered in {seconds:.1f} s; longest silence of the app {1e3 * pulse.stop():.0f} ms")
        print(f"{used(workers)} MB with {workers.alive} workers")
        for number in range(VISITORS):
            workers.close(f"visitor {number}")
        time.sleep(1)
        print(f"{used(workers)} MB after all have left, {workers.alive} workers")
    finally:
        workers.close_all()


def visit(workers: Workers, number: int, source: Source) -> str:
    """One visitor: open, then ask twice."""
    started, waited = time.perf_counter(), [0]

    def progress(share: float, what: str) -> None:
        waited[0] += what == "waiting"

    try:
        workers.open(f"visitor {number}", source, progress)
        if number in MISBEHAVING:
            workers.ask(f"visitor {number}", "case", {"code": MISBEHAVING[number][1]}, deadline=30)
        workers.ask(f"visitor {number}", "explain", {"case": "5"}, progress=progress)
        answer = workers.ask(f"visitor {number}", "importance", {"rows": 50}, progress=progress)
    except KlartextError as error:
        return f"{error.code} after {time.perf_counter() - started:.1f} s"
    note = ", had to wait" if waited[0] else ""
    return f"answered after {time.perf_counter() - started:.1f} s (most important: {answer.order()[0]}){note}"


def made(seed: int) -> Source:
    """A forest of the visitor's own, and its table."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(random.normal(size=(600, 8)), columns=[f"c{k}" for k in range(8)])
    target = (table[f"c{seed % 8}"] + 0.5 * random.normal(size=600) > 0).astype(int)
    file = io.BytesIO()
    joblib.dump(RandomForestClassifier(30, max_depth=6, random_state=seed).fit(table, target), file)
    text = table.assign(y=target).to_csv(index=False).encode()
    return Source(file.getvalue(), text, options={"model_name": "m.joblib", "data_name": "d.csv", "target": "y"})


class Pulse:
    """A thread that does nothing every 10 ms: how long is it kept from that? A stand-in for the app's health check."""

    def __init__(self) -> None:
        self._longest, self._stop = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._beat)
        self._thread.start()

    def stop(self) -> float:
        """Seconds of the longest silence."""
        self._stop.set()
        self._thread.join()
        return self._longest

    def _beat(self) -> None:
        last = time.perf_counter()
        while not self._stop.wait(0.01):
            now = time.perf_counter()
            self._longest, last = max(self._longest, now - last), now


def used(workers: Workers) -> int:
    """Megabytes that the zygote and its workers have filled; what they share is counted once."""
    zygote = workers._nursery._zygote._process.pid
    children = Path(f"/proc/{zygote}/task/{zygote}/children").read_text().split()
    return sum(proportional(process) for process in [str(zygote), *children]) // 1024


def proportional(process: str) -> int:
    """Kilobytes; 0 for a process that has just ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:")), 0)


if __name__ == "__main__":
    main()

"""Limits and programs for the tests of workers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xai.limits import MEGABYTE, Limits
from xai.worker.nursery import Beside, Forked, Nursery, Worker

LIMITS = Limits(memory=400 * MEGABYTE, workers=6)


def obedient(limits: Limits = LIMITS) -> Forked:
    """Workers that carry out the code a question brings along."""
    return Forked(limits, (str(Path(__file__).with_name("misbehaving.py")),))


class Lent:
    """A nursery whose prepared process stays when the workers that came from it are closed."""

    def __init__(self, lender: Nursery) -> None:
        self._lender = lender
        self._started: list[Worker] = []

    def prepare(self) -> None:
        self._lender.prepare()

    def start(
        self, memory: int, wait: Callable[[], None], beside: Beside | None = None, strange: bool = True
    ) -> Worker:
        self._started.append(self._lender.start(memory, wait, beside, strange))
        return self._started[-1]

    def end(self, worker: Worker) -> None:
        self._lender.end(worker)

    def close(self) -> None:
        for worker in self._started:
            self.end(worker)

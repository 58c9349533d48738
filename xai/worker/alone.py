"""One model in one locked-in worker of its own, for a terminal: started for a single question, ended after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from xai.inspection import Inspection
from xai.limits import Limits
from xai.progress import Progress
from xai.worker.client import Workers
from xai.worker.memory import granted
from xai.worker.nursery import Fresh
from xai.worker.source import Source

_PATIENCE = 24 * 3600.0  # seconds: whoever sits at a terminal can stop the question
_ANY_SIZE = 1 << 31  # bytes: files of one's own on one's own machine
_ME = "terminal"


class Alone:
    """An opened model that is asked like a `Session`, through the wire."""

    def __init__(self, workers: Workers, inspection: Inspection) -> None:
        self._workers = workers
        self.inspection = inspection

    def answer(
        self, question: str, parameters: Mapping[str, Any], shown_class: Any = None, progress: Progress | None = None
    ) -> Any:
        """The frozen result. Raises KlartextError."""
        return self._workers.ask(_ME, question, parameters, shown_class, progress)


@contextmanager
def alone(source: Source, progress: Progress | None = None) -> Iterator[Alone]:
    """Open `source` in a worker that may use all the memory there is. Raises KlartextError."""
    limits = Limits.from_environment()
    everything = limits.memory or granted()
    limits = replace(
        limits,
        memory=everything,
        workers=1,
        model_bytes=max(limits.model_bytes, _ANY_SIZE),
        data_bytes=max(limits.data_bytes, _ANY_SIZE),
        table_unpacked_bytes=max(limits.table_unpacked_bytes, _ANY_SIZE),
        open_seconds=_PATIENCE,
        question_seconds=_PATIENCE,
        cpu_seconds=int(_PATIENCE),
    )
    # one question: to load what it needs is faster than to prepare a process that could fork
    workers = Workers(limits, own_files=True, starting=Fresh(limits))
    try:
        yield Alone(workers, workers.open(_ME, source, progress))
    finally:
        workers.close_all()

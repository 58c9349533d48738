"""Who may open what: a stranger's file goes only to a worker that is locked in as the tried one was."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from xai.errors import OpeningError, WorkerError
from xai.limits import MEGABYTE, Limits
from xai.progress import Progress
from xai.worker import wire
from xai.worker.attestation import Attestation
from xai.worker.attesting import attest
from xai.worker.exchange import Exchange, Gone, Late
from xai.worker.jail import Layer
from xai.worker.nursery import Beside, Nursery, Worker
from xai.worker.source import Source


class Guard:
    """Starts workers and knows how far they are locked in. Safe for many threads."""

    def __init__(self, nursery: Nursery, limits: Limits, memory: int, local: bool, own_files: bool) -> None:
        self._nursery = nursery
        self._limits = limits
        self._memory = memory  # bytes for each worker
        self._local = local
        self._own_files = own_files
        self._lock = threading.Lock()
        self._attested: Attestation | None = None

    @property
    def attested(self) -> Attestation | None:
        """The same where it has been tried already."""
        return self._attested

    def attestation(self, progress: Progress | None = None) -> Attestation:
        """What a worker here is really kept from; tried once."""
        with self._lock:
            if self._attested is None:
                self._attested = attest(self.fresh, self._nursery.end, self._limits, self._local, progress)
            return self._attested

    def fresh(
        self, wait: Callable[[], None], beside: Beside | None = None, strange: bool = True
    ) -> tuple[Worker, tuple[Layer, ...]]:
        """A new worker that has locked itself in, and how far it got. WorkerError("worker-unavailable")."""
        end = time.monotonic() + self._limits.start_seconds

        def wait_for_start() -> None:
            wait()
            if time.monotonic() > end:
                raise WorkerError("worker-unavailable")

        worker = self._nursery.start(self._memory, wait_for_start, beside, strange)
        try:
            frame = Exchange(worker.channel, self._limits.answer_bytes).receive(end)
            if frame.header.get("kind") != "ready":
                raise wire.WireError("not ready")
            return worker, tuple(Layer(*layer) for layer in frame.header["layers"])
        except (Late, Gone, wire.WireError) as error:
            self._nursery.end(worker)
            worker.channel.close()
            raise WorkerError("worker-unavailable") from error

    def admit(self, source: Source, progress: Progress | None) -> None:
        """Raises OpeningError("too-large"), and WorkerError("uploads-off") where strangers may not open files."""
        of_a_model, of_a_table = self._limits.model_bytes, self._limits.data_bytes
        sizes = ((source.model, of_a_model), (source.companion, of_a_model), (source.data, of_a_table))
        for file, most in sizes:
            if isinstance(file, bytes) and len(file) > most:
                size = f"{-(-len(file) // MEGABYTE)} MB"
                raise OpeningError("too-large", size=size, limit=f"{most // MEGABYTE} MB")
        if source.strange and not self._own_files and not self.attestation(progress).uploads:
            raise WorkerError("uploads-off")

    def check(self, source: Source, layers: tuple[Layer, ...]) -> None:
        """A worker that is locked in less than the one that was tried gets no file of a stranger."""
        if source.strange and not self._own_files and self.attestation().layers != layers:
            raise WorkerError("worker-unavailable")

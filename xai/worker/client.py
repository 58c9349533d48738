"""Workers: the app's one door to everything that was uploaded. Questions by name in, frozen results out."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from xai.compiled import building
from xai.contents import FileFacts
from xai.description import ColumnNames
from xai.environments.conversation import BROKEN
from xai.environments.needs import Needs
from xai.environments.settings import Settings
from xai.errors import KlartextError, OpeningError, WorkerError
from xai.inspection import Inspection, Proof
from xai.limits import MEGABYTE, Limits
from xai.progress import Progress
from xai.worker import wire
from xai.worker.attestation import Attestation
from xai.worker.besides import Besides, with_program
from xai.worker.exchange import Exchange, Gone, Late
from xai.worker.guard import Guard
from xai.worker.memory import granted, share
from xai.worker.nursery import Beside, Nursery, Worker, nursery
from xai.worker.places import Holder, Places
from xai.worker.questions import ANSWERS
from xai.worker.source import Source, plain_node, request

_BEAT = 0.25  # seconds
_GRACE = 2.0  # seconds until we hear how a worker ended
_UNWELL = BROKEN | {"worker-out-of-memory"}  # errors after which a worker is of no use any more


class Workers:
    """The workers of one app, one per session. Safe for many threads; plain object, made once by the app.

    Parameters
    ----------
    limits : default: from the environment.
    local : the app can be reached from this machine only.
    own_files : the caller opens files of their own (a terminal): they are opened even where isolation is incomplete.
    starting : how workers are started; default: what fits the system.

    Raises
    ------
    WorkerError from every method that asks: "worker-crashed", "worker-out-of-memory", "worker-deadline",
    "worker-cancelled", "worker-unavailable", "worker-unreadable", "uploads-off", "nothing-opened"; the next question
    then starts a new worker with the same files.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        local: bool = False,
        own_files: bool = False,
        starting: Nursery | None = None,
    ) -> None:
        building.begin()
        self.limits = limits or Limits.from_environment()
        self.share = share(self.limits, granted())
        self._nursery = starting or nursery(self.limits)
        self._guard = Guard(self._nursery, self.limits, self.share.memory, local, own_files)
        settings = Settings.from_environment(local or own_files)
        self._besides = Besides(settings, self.limits, self.share.memory, self._guard)
        self._places = Places(self.share.workers, self._nursery.end)
        self._lock = threading.Lock()
        self._sessions: dict[str, Holder] = {}
        self._closing = threading.Event()
        threading.Thread(target=self._sweep, name="klartext-idle", daemon=True).start()

    @property
    def alive(self) -> int:
        """How many workers there are now."""
        return self._places.taken

    @property
    def environments(self) -> bool:
        """Whether environments may be made here, for models of other versions."""
        return self._besides.allowed

    def prepare(self) -> None:
        """Begin to load what workers need, before anything is asked. Returns at once."""
        self._nursery.prepare()

    @property
    def attested(self) -> Attestation | None:
        """What a worker here is kept from, where it has been tried already."""
        return self._guard.attested

    def attestation(self, progress: Progress | None = None) -> Attestation:
        """What a worker here is really kept from; tried once."""
        return self._guard.attestation(progress)

    def open(
        self, session: str, source: Source, progress: Progress | None = None, deadline: float | None = None
    ) -> Inspection:
        """Open a demo or uploaded files for a session and say what was found. `deadline` in seconds.

        What the session had open before is closed. Raises also OpeningError, DataError, MatchError.
        """
        self._guard.admit(source, progress)
        holder = self._holder(session, source)
        try:
            return holder.inspection or self._in_turn(holder, "inspection", {}, None, progress, deadline)
        except KlartextError:
            if holder.inspection is None:  # it never opened: there is nothing to ask later
                self._drop(session, holder)
            raise

    def file_facts(self, session: str, source: Source, progress: Progress | None = None) -> FileFacts:
        """What the model file says about itself, before it is opened. The worker that read it stays for opening it.

        What the session had open before is closed. Raises OpeningError for a file that is no model.
        """
        self._guard.admit(source, progress)
        holder = self._holder(session, source)
        try:
            with self._turn(holder, progress):
                if holder.worker is None or holder.worker.ended.is_set():
                    self._start(holder, progress)
                    holder.inspection = None  # this worker has opened nothing yet
                header, files = request(replace(source, data=None, companion=None), "file_facts")
                return self._exchange(holder, header, files, FileFacts, self.limits.open_seconds, progress)
        except KlartextError:
            if holder.inspection is None:
                self._drop(session, holder)
            raise

    def column_names(self, source: Source, progress: Progress | None = None) -> ColumnNames:
        """Which columns the model wants and the table has, for files that do not fit together as they are."""
        return self._look(source, "column_names", ColumnNames, progress)

    def template(self, source: Source, progress: Progress | None = None) -> pd.DataFrame:
        """A table to fill in: the columns the model wants, with the values the table has."""
        return self._look(source, "template", pd.DataFrame, progress)

    def _look(self, source: Source, question: str, kind: Any, progress: Progress | None) -> Any:
        """Ask about files without opening them for a session."""
        self._guard.admit(source, progress)
        holder = Holder(source)
        with self._turn(holder, progress):
            self._start(holder, progress)
            header, files = request(source, question)
            try:
                return self._exchange(holder, header, files, kind, self.limits.open_seconds, progress)
            finally:
                self._places.leave(holder)

    def proof(self, source: Source, progress: Progress | None = None) -> Proof | None:
        """How far the model here predicts what it does under its own versions; None where it runs under them anyway."""
        self._guard.admit(source, progress)
        holder = Holder(replace(source, options={**source.options, "prove": True}))
        with self._turn(holder, progress):
            try:
                self._begin(holder, self.limits.open_seconds, progress)
                return holder.inspection.proof
            finally:
                self._places.leave(holder)

    def ask(
        self,
        session: str,
        question: str,
        parameters: Mapping[str, Any] | None = None,
        shown_class: Any = None,
        progress: Progress | None = None,
        deadline: float | None = None,
        partial: Callable[[Any], None] | None = None,
    ) -> Any:
        """The frozen result of a question in `ANSWERS` about what the session has open. `deadline` in seconds.

        `progress` is called at least four times a second, `partial` with answers that will still get better; what they
        raise ends the worker and is passed on.
        """
        if question not in ANSWERS:
            raise WorkerError("unknown-question", asked=question, known=", ".join(ANSWERS))
        holder = self._sessions.get(session)
        if holder is None:
            raise WorkerError("nothing-opened")
        return self._in_turn(holder, question, parameters or {}, shown_class, progress, deadline, partial)

    def cancel(self, session: str) -> None:
        """Kill what the session is computing; whoever waits for it gets "worker-cancelled"."""
        holder = self._sessions.get(session)
        if holder is not None and holder.turn.locked():
            holder.cancelled = True
            worker = holder.worker
            if worker is not None:
                self._nursery.end(worker)

    def close(self, session: str) -> None:
        """End the session's worker and forget its files."""
        with self._lock:
            self._forget(session)

    def close_all(self) -> None:
        """End everything. The object can still be used: the next question starts anew."""
        with self._lock:
            for session in list(self._sessions):
                self._forget(session)
        self._nursery.close()

    # --- one question -----------------------------------------------------------------------------------------------

    def _holder(self, session: str, source: Source) -> Holder:
        """The session's own, for these files."""
        with self._lock:
            holder = self._sessions.get(session)
            if holder is None or holder.source != source:
                self._forget(session)
                holder = self._sessions[session] = Holder(source)
            return holder

    def _in_turn(
        self,
        holder: Holder,
        question: str,
        parameters: Mapping[str, Any],
        shown_class: Any,
        progress: Progress | None,
        deadline: float | None,
        partial: Callable[[Any], None] | None = None,
    ) -> Any:
        with self._turn(holder, progress):
            fresh = holder.worker is None or holder.worker.ended.is_set()
            if fresh or holder.inspection is None:
                seconds = deadline if deadline and question == "inspection" else self.limits.open_seconds
                self._begin(holder, seconds, progress, fresh)
            if question == "inspection":
                return holder.inspection
            asked = {"question": question, "parameters": plain_node(parameters), "shown_class": plain_node(shown_class)}
            seconds = self.limits.question_seconds if deadline is None else deadline
            return self._exchange(holder, asked, (), ANSWERS[question], seconds, progress, partial)

    @contextmanager
    def _turn(self, holder: Holder, progress: Progress | None) -> Iterator[None]:
        """One question of a session at a time; while it lasts nobody takes the session's place."""
        while not holder.turn.acquire(timeout=_BEAT):
            _report(progress, "waiting")
        try:
            holder.cancelled = False
            self._places.begin(holder)
            if holder.closed:
                raise WorkerError("nothing-opened")
            yield
        finally:
            self._places.pause(holder)
            holder.turn.release()

    def _begin(self, holder: Holder, seconds: float, progress: Progress | None, fresh: bool = True) -> None:
        """Open the files, in a worker that is started now unless it is `fresh` no more.

        Beside the model's own versions where that is asked for, or helps.
        """
        try:
            if holder.needs is None:
                if fresh:
                    self._start(holder, progress)
                if self._opened_here(holder, seconds, progress):
                    return
            self._places.leave(holder)  # making an environment takes a minute: others may have the place meanwhile
            self._start_beside(holder, holder.needs, progress)
            self._open(holder, with_program(holder.source), seconds, progress)
        except BaseException:
            self._places.leave(holder)  # a worker without a model is of no use
            raise

    def _opened_here(self, holder: Holder, seconds: float, progress: Progress | None) -> bool:
        """Open the files in the worker. False where the model needs its own versions; which these are is known then."""
        if self._besides.wanted(holder.source):
            holder.needs = self._needs(holder, progress)
            return False
        try:
            self._open(holder, holder.source, seconds, progress)
            return True
        except OpeningError as error:
            holder.needs = self._besides.instead(holder.source, error, lambda: self._needs(holder, progress))
            return False

    def _start_beside(self, holder: Holder, needs: Needs, progress: Progress | None) -> None:
        """Start the model's own versions, then a worker that can ask them."""
        wait = partial(self._waiting, holder, progress)
        beside = self._besides.start(needs, holder.source, lambda share, what: wait(what))
        try:
            with beside.channel:  # the worker has it from now on
                self._start(holder, progress, beside)
        except BaseException:
            beside.end()
            raise

    def _needs(self, holder: Holder, progress: Progress | None) -> Needs:
        """Which versions the files were saved with: read in a worker, checked by whoever makes the environment."""
        header, files = request(holder.source, "needs")
        return self._exchange(holder, header, files, Needs, self.limits.open_seconds, progress)

    def _start(self, holder: Holder, progress: Progress | None, beside: Beside | None = None) -> None:
        """Wait for a place and start a worker in it."""
        self._places.leave(holder)
        try:
            self._places.take(holder, lambda: self._waiting(holder, progress, "waiting"))
            wait = partial(self._waiting, holder, progress, "opening")
            holder.worker, layers = self._guard.fresh(wait, beside, holder.source.strange)
            self._guard.check(holder.source, layers)
        except BaseException:
            self._places.leave(holder)
            raise

    def _open(self, holder: Holder, source: Source, seconds: float, progress: Progress | None) -> None:
        header, files = request(source, "open")
        holder.inspection = self._exchange(holder, header, files, Inspection, seconds, progress)

    def _exchange(
        self,
        holder: Holder,
        header: dict[str, Any],
        arrays: tuple[np.ndarray, ...],
        kind: Any,
        seconds: float,
        progress: Progress | None,
        partial: Callable[[Any], None] | None = None,
    ) -> Any:
        """Ask the worker. After anything but an answer or a plain error it is ended: its state is unknown."""
        worker, well = holder.worker, False
        if worker is None or holder.cancelled:
            raise WorkerError("worker-cancelled")
        try:
            exchange = Exchange(worker.channel, self.limits.answer_bytes)
            answer = exchange.ask(header, arrays, kind, time.monotonic() + seconds, progress, partial=partial)
            well = True
            return answer
        except Late as error:
            raise WorkerError("worker-deadline", seconds=round(seconds)) from error
        except Gone as error:
            raise self._ended(holder, worker) from error
        except wire.WireError as error:
            raise WorkerError("worker-unreadable") from error
        except KlartextError as error:
            well = error.code not in _UNWELL
            raise
        finally:
            if not well:
                self._places.leave(holder)

    def _ended(self, holder: Holder, worker: Worker) -> WorkerError:
        """Why a worker is gone."""
        if holder.cancelled:
            return WorkerError("worker-cancelled")
        worker.ended.wait(_GRACE)
        if worker.killed:  # for its place, or because the session was closed
            return WorkerError("worker-cancelled")
        if worker.status == -signal.SIGKILL:  # not by us: the kernel, for want of memory or of processor time
            return self._out_of_memory()
        return WorkerError("worker-crashed", how=worker.how())

    def _out_of_memory(self) -> WorkerError:
        return WorkerError("worker-out-of-memory", megabytes=self.share.memory // MEGABYTE)

    def _waiting(self, holder: Holder, progress: Progress | None, what: str) -> None:
        if holder.cancelled or holder.closed:
            raise WorkerError("worker-cancelled")
        _report(progress, what)

    # --- ending -----------------------------------------------------------------------------------------------------

    def _forget(self, session: str) -> None:
        holder = self._sessions.pop(session, None)
        if holder is not None:
            holder.closed = True
            self._places.evict(holder)

    def _drop(self, session: str, holder: Holder) -> None:
        with self._lock:
            if self._sessions.get(session) is holder:
                self._forget(session)

    def _sweep(self) -> None:
        while not self._closing.wait(min(5.0, self.limits.idle_seconds / 4)):
            self._places.end_idle(self.limits.idle_seconds)


def _report(progress: Progress | None, what: str) -> None:
    if progress is not None:
        progress(0.0, what)

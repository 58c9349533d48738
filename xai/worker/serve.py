"""Inside a worker: lock yourself in, then open what you are sent and answer questions about it, one at a time."""

from __future__ import annotations

import logging
import socket
import time
import warnings
from collections.abc import Mapping
from typing import Any

from xai.errors import KlartextError
from xai.limits import MEGABYTE, Limits
from xai.results import plain
from xai.session import Session
from xai.worker import wire
from xai.worker.channel import Channel
from xai.worker.environment import forget_the_app, readable
from xai.worker.jail import Confinement, Layer, lock_down
from xai.worker.opened import already_started, column_names, file_facts, needs, opened, template_of
from xai.worker.source import plain_node

_BETWEEN_REPORTS = 0.1  # seconds
# of files that may not be opened yet, or may not fit together
_BEFORE_OPENING = {"file_facts": file_facts, "column_names": column_names, "template": template_of, "needs": needs}
_LONGEST_SAID = 300  # characters of a foreign error message


def serve(end: int | socket.socket, limits: Limits, memory: int, beside: int | None = None) -> None:
    """Serve one app over an open socket until it is closed. `beside`: the socket of a program that holds the model."""
    channel = Channel(end)
    kept = channel.kept if beside is None else (*channel.kept, beside)
    allowed = Confinement(memory, limits.cpu_seconds, limits.open_files, limits.threads, kept, readable())
    layers = lock_down(allowed)
    forget_the_app()
    _be_quiet()
    Server(channel, limits, memory, layers, beside).loop()


class Server:
    """Reads frames, writes frames; holds the one session of this worker."""

    def __init__(
        self, channel: Channel, limits: Limits, memory: int, layers: tuple[Layer, ...], beside: int | None
    ) -> None:
        self._channel = channel
        self._originals = None if beside is None else already_started(beside, limits)
        self._limits = limits
        self._memory = memory
        self._session: Session | None = None
        self._send({"kind": "ready", "layers": [[layer.name, layer.state, layer.reason] for layer in layers]})

    def loop(self) -> None:
        """Until the app closes its end."""
        while True:
            try:
                frame = wire.read(self._channel.receive, self._most())
            except EOFError:
                return
            self._answer(frame)

    def _answer(self, frame: wire.Frame) -> None:
        try:
            answer = self._ask(frame)
            encoder = wire.Encoder()
            self._send({"kind": "answer", "value": encoder.node(answer)}, encoder.arrays)
        except MemoryError:
            self._failed("WorkerError", "worker-out-of-memory", {"m": [["megabytes", self._memory // MEGABYTE]]})
        except KlartextError as error:
            encoder = wire.Encoder()
            facts, offers = plain_node(plain(dict(error.facts))), encoder.node(error.offers)
            self._failed(type(error).__name__, error.code, facts, offers, encoder.arrays)
        except wire.WireError:
            self._failed("WorkerError", "answer-too-large", plain_node({}))
        except Exception as error:  # the model is somebody else's code: anything can be raised; the app is told
            said = f"{type(error).__name__}: {error}"[:_LONGEST_SAID]
            self._failed("WorkerError", "question-failed", plain_node({"said": said}))

    def _ask(self, frame: wire.Frame) -> Any:
        question, parameters = frame.header["question"], wire.plain(frame.header["parameters"])
        if question == "open":
            self._session = opened(parameters, files_of(parameters, frame), self._originals)
            return self._session.inspection
        if question in _BEFORE_OPENING:
            return _BEFORE_OPENING[question](parameters, files_of(parameters, frame))
        if question == "attest":
            return self._attest(parameters)
        if self._session is None:
            raise KlartextError("nothing-opened")
        shown_class = wire.plain(frame.header["shown_class"])
        return self._session.answer(question, parameters, shown_class, self._progress(), self._better)

    def _better(self, answer: Any) -> None:
        """The best so far of an answer that is still being worked on."""
        encoder = wire.Encoder()
        self._send({"kind": "partial", "value": encoder.node(answer)}, encoder.arrays)

    def _attest(self, parameters: Mapping[str, Any]) -> Any:
        from xai.worker.trying import try_everything

        return try_everything(parameters, lambda found: self._send({"kind": "tried", "found": found}))

    def _progress(self) -> Any:
        """Reports at most every tenth of a second: a report redraws a page."""
        last = 0.0

        def report(share: float, what: str) -> None:
            nonlocal last
            if time.monotonic() - last >= _BETWEEN_REPORTS:
                last = time.monotonic()
                self._send({"kind": "progress", "share": float(share), "what": what})

        return report

    def _failed(self, error: str, code: str, facts: Any, offers: Any = None, arrays: Any = ()) -> None:
        self._send({"kind": "error", "error": error, "code": code, "facts": facts, "offers": offers}, arrays)

    def _send(self, header: Mapping[str, Any], arrays: Any = ()) -> None:
        wire.write(self._channel.send, wire.Frame(header, arrays))

    def _most(self) -> int:
        return 2 * (self._limits.model_bytes + self._limits.data_bytes) + (1 << 20)


def files_of(parameters: Mapping[str, Any], frame: wire.Frame) -> dict[str, bytes]:
    """The files that came with a request, by their roles."""
    return dict(zip(parameters["files"], (array.tobytes() for array in frame.arrays), strict=True))


def _be_quiet() -> None:
    """Warnings of libraries go nowhere: what matters is in the result's own."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")

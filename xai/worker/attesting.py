"""Have a worker try what is forbidden, with real targets that the app itself can reach."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from collections.abc import Callable
from typing import Any

from xai.limits import Limits
from xai.progress import Progress
from xai.worker import wire
from xai.worker.attestation import Attestation, judge
from xai.worker.exchange import Exchange, Gone, Late
from xai.worker.jail import Layer
from xai.worker.nursery import Worker

_SECONDS = 20.0

Start = Callable[[Callable[[], None]], tuple[Worker, tuple[Layer, ...]]]


def attest(
    start: Start, end: Callable[[Worker], None], limits: Limits, local: bool, progress: Progress | None
) -> Attestation:
    """Start a worker for nothing else, let it try, end it. What was not tried to the end counts as inconclusive."""
    worker, layers = start(lambda: progress(0.0, "opening") if progress else None)
    found: dict[str, Any] = {}
    try:
        with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
            found |= _tried(Exchange(worker.channel, limits.answer_bytes), folder, server)
    finally:
        end(worker)
        worker.channel.close()
    return judge(found, layers, local)


def _tried(exchange: Exchange, folder: str, server: socket.socket) -> dict[str, Any]:
    canary = os.path.join(folder, "canary")
    with open(canary, "w") as file:
        file.write("only the app may read this")
    asked = {"app": os.getpid(), "port": server.getsockname()[1], "canary": canary, "folder": folder}
    header = {"question": "attest", "parameters": wire.Encoder().node(asked)}
    found: dict[str, Any] = {}
    try:
        exchange.ask(header, (), Any, time.monotonic() + _SECONDS, aside=lambda said: found.update(said["found"]))
    except Gone:  # the last attempt replaced the process: `execute` stays False
        return found
    except (Late, wire.WireError):
        return {**found, "execute": "inconclusive"}
    return {**found, "execute": True}

"""The app as visitors meet it: `streamlit run Home.py` in a process of its own, with a log that is read afterwards."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parents[2]
START_SECONDS = 60
BAD_IN_LOG = re.compile(r"Traceback \(most recent call last\)|Unexpected failure|deprecat|will be removed", re.I)
FLAGS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
}


class Server:
    """A running app: where it is, and what its log complains about."""

    def __init__(self, port: int, log: Path, process: subprocess.Popen[bytes] | None = None) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self.process = process

    def complaints(self) -> list[str]:
        """Lines of the log with a traceback or a deprecation notice, each with the lines after it."""
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return ["\n".join(lines[k : k + 30]) for k, line in enumerate(lines) if BAD_IN_LOG.search(line)]

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as reply:
                return reply.read() == b"ok"
        except OSError:
            return False


@contextmanager
def serving(log: Path, *files: Path) -> Iterator[Server]:
    """Start the app on a free port of this machine, wait until it is healthy, and stop it at the end.

    With a model and its table, which are then there for everybody, it is started by `python Home.py`.
    """
    port = free_port()
    flags = [f"--{name}={value}" for name, value in {"server.port": port, **FLAGS}.items()]
    started = ["Home.py", *map(str, files)] if files else ["-m", "streamlit", "run", "Home.py"]
    command = [sys.executable, *started, *flags]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield _healthy(Server(port, log, process), process)
    finally:
        _stop(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _healthy(server: Server, process: subprocess.Popen[bytes]) -> Server:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if server.is_healthy():
            return server
        time.sleep(0.1)
    raise RuntimeError(f"the app did not start:\n{server.log.read_text('utf-8', errors='replace')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

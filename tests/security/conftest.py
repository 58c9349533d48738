"""A process that opens files, with a deadline for each."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

OPENER = Path(__file__).with_name("opener.py")
START_SECONDS = 120
FILE_SECONDS = 30


class Opener:
    """Opens one file after the other elsewhere; starts again after a crash or a hang, and tells of it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def open(self, path: Path, table: bool = False) -> dict[str, Any]:
        """{"code": "opened" or the error's, …}; "died" and "hung" are codes of their own."""
        if self._process is None:
            self._start()
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"path": str(path), "table": table}) + "\n")
        self._process.stdin.flush()
        try:
            line = self._lines.get(timeout=FILE_SECONDS)
        except queue.Empty:
            self.close()
            return {"code": "hung"}
        if not line:
            self.close()
            return {"code": "died"}
        return json.loads(line)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _start(self) -> None:
        self._lines = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, str(OPENER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        threading.Thread(target=_forward, args=(self._process.stdout, self._lines), daemon=True).start()
        assert self._lines.get(timeout=START_SECONDS) == "ready\n"


def _forward(stream: Any, lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


@pytest.fixture(scope="session")
def opener() -> Iterator[Opener]:
    """One for all files of this process."""
    opener = Opener()
    yield opener
    opener.close()

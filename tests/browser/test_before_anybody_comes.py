"""What the app does before its first visitor: no browser is needed to see it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from serving import serving

PATIENCE = 60  # seconds, on a busy machine


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_libraries_are_loading_before_anybody_comes(tmp_path: Path) -> None:
    with serving(tmp_path / "server.log") as server:
        end = time.monotonic() + PATIENCE
        while not any("xai.worker --control" in program for program in started_by(server.process.pid)):
            assert time.monotonic() < end, "nothing was started"
            time.sleep(0.1)
    assert not server.complaints()


def started_by(process: int) -> list[str]:
    """The programs that a process has started, with their arguments."""
    children = [each.read_text().split() for each in Path(f"/proc/{process}/task").glob("*/children")]
    lines = [Path(f"/proc/{child}/cmdline").read_bytes() for each in children for child in each]
    return [line.replace(b"\0", b" ").decode() for line in lines]

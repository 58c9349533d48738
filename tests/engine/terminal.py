"""Asks in the terminal as a script would: the exit status, and what came out on either stream."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from xai.cli import main


@dataclass(frozen=True)
class Reply:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """All of standard output as one JSON object; NaN and Infinity are not JSON."""
        return json.loads(self.out, parse_constant=_no_constant)

    @property
    def answer(self) -> dict[str, Any]:
        """The JSON of a question that was answered."""
        assert self.status == 0, self.out + self.err
        assert self.err == ""
        return self.json

    @property
    def error(self) -> dict[str, Any]:
        """The error of a question that could not be answered, after checking that it has all its parts."""
        assert self.status == 2
        assert self.err == ""
        assert set(self.json) == {"error"}
        assert set(self.json["error"]) == {"code", "message", "remedy", "details"}
        assert self.json["error"]["message"]
        assert self.json["error"]["remedy"]
        return self.json["error"]


def asking(capture: pytest.CaptureFixture[str]) -> Callable[..., Reply]:
    """`ask("explain", "demo:cars", "--row", 3)`: one command, in this process, all output captured.

    Files are opened here as well, for speed; with `worker=True` as users have it, in a worker.
    """

    def ask(*arguments: object, json: bool = True, worker: bool = False) -> Reply:
        capture.readouterr()
        try:
            status = main([str(part) for part in arguments] + ["--json"] * json + ["--in-process"] * (not worker))
        except SystemExit as left:  # how argparse leaves after bad usage
            status = int(left.code or 0)
        out, err = capture.readouterr()
        assert "Traceback" not in out + err
        return Reply(status, out, err)

    return ask


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")

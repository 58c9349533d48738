"""A worker that has been taken over writes to the wire what it likes: the app gets typed errors and keeps its head."""

from __future__ import annotations

import json
import struct
import time
from typing import Any

import pytest

from xai.errors import KlartextError
from xai.worker.client import Workers
from xai.worker.source import Source

WRITE = (
    "import stat\n"
    "open_ones = [int(name) for name in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + name)]\n"
    "end = next(number for number in open_ones if stat.S_ISSOCK(os.fstat(number).st_mode))\n"
    "{}\n"
    "0"
)


def frame(header: Any, body: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<IQ", len(text), len(body)) + text + body


def said(workers: Workers, action: str, seconds: float = 20) -> KlartextError:
    """The error after the worker did something with its socket `end`."""
    workers.open("one", Source("demo:penguins"))
    with pytest.raises(KlartextError) as caught:
        workers.ask("one", "case", {"code": WRITE.format(action)}, deadline=seconds)
    assert workers.ask("one", "case", {"case": "2"}).position == 2  # a new worker, and nothing left of the old one
    return caught.value


def writing(data: bytes) -> str:
    return f"os.write(end, {data!r})"


GARBAGE = {
    "noise": bytes(range(256)),
    "no kind": frame({}),
    "an unknown kind": frame({"kind": "pickle", "value": "gASVAAAA"}),
    "an answer of another type": frame({"kind": "answer", "value": {"d": "Quality", "v": {}}, "arrays": []}),
    "no answer at all": frame({"kind": "answer", "value": None, "arrays": []}),
    "a header too large": struct.pack("<IQ", 1 << 31, 0),
    "a body too large": struct.pack("<IQ", 2, 1 << 50) + b"{}",
    "an attempt report": frame({"kind": "tried", "found": {}, "arrays": []}),
    "progress that is no number": frame({"kind": "progress", "share": "x", "what": "shap", "arrays": []}),
    "progress beyond all": frame({"kind": "progress", "share": float("inf"), "what": "shap", "arrays": []}),
    "a sentence as progress": frame({"kind": "progress", "share": 0, "what": "<b>Click here</b>", "arrays": []}),
    "an error of no class": frame(
        {"kind": "error", "error": "SystemExit", "code": "x", "facts": {"m": []}, "arrays": []}
    ),
    "an error with offers that are none": frame(
        {"kind": "error", "error": "DataError", "code": "empty-table", "facts": {"m": []}, "offers": 1, "arrays": []}
    ),
    "an error without facts": frame({"kind": "error", "error": "DataError", "code": "x", "facts": 1, "arrays": []}),
}


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_ends_the_worker_with_a_typed_error(workers: Workers, data: bytes) -> None:
    assert said(workers, writing(data)).code == "worker-unreadable"


def test_an_unknown_code_shows_none_of_its_text(workers: Workers) -> None:
    header = {"kind": "error", "error": "DataError", "code": "made-up", "facts": {"m": [["a", "b"]]}, "arrays": []}
    workers.open("one", Source("demo:penguins"))
    with pytest.raises(KlartextError) as caught:
        workers.ask("one", "case", {"code": WRITE.format(writing(frame(header)))})
    assert (caught.value.code, dict(caught.value.facts)) == ("unexpected", {"reference": "made-up"})


def test_a_code_without_its_facts_cannot_break_the_sentence(workers: Workers) -> None:
    header = {"kind": "error", "error": "QuestionError", "code": "no-such-row", "facts": {"m": []}, "arrays": []}
    workers.open("one", Source("demo:penguins"))
    with pytest.raises(KlartextError) as caught:
        workers.ask("one", "case", {"code": WRITE.format(writing(frame(header)))})
    assert caught.value.code == "unexpected"


def test_a_closed_socket_is_a_crash(workers: Workers) -> None:
    assert said(workers, "os.close(end); time.sleep(60)", 5).code in ("worker-crashed", "worker-cancelled")


def test_endless_progress_ends_at_the_deadline(workers: Workers) -> None:
    data = frame({"kind": "progress", "share": 0.5, "what": "shap", "arrays": []})
    calls = 0

    def count(share: float, what: str) -> None:
        nonlocal calls
        calls += 1

    workers.open("one", Source("demo:penguins"))
    code = WRITE.format(f"\nwhile True: os.write(end, {data!r})\n")
    with pytest.raises(KlartextError) as caught:
        workers.ask("one", "case", {"code": code}, deadline=2, progress=count)
    assert caught.value.code == "worker-deadline"
    assert calls < 100  # however much is sent, the page is not redrawn more often


def test_a_trickle_of_bytes_ends_at_the_deadline(workers: Workers) -> None:
    started = time.monotonic()
    action = "\nos.write(end, b'\\x00\\x00\\x01\\x00' + bytes(8))\nwhile True: os.write(end, b' '); time.sleep(0.1)\n"
    assert said(workers, action, 2).code == "worker-deadline"
    assert time.monotonic() - started < 60


def test_an_answer_sent_in_advance_is_not_taken_for_another(workers: Workers) -> None:
    early = frame({"kind": "answer", "value": {"d": "Quality", "v": {}}, "arrays": []})
    workers.open("one", Source("demo:penguins"))
    with pytest.raises(KlartextError):
        workers.ask("one", "case", {"code": WRITE.format(f"os.write(end, {early + early!r})")})
    assert workers.ask("one", "case", {"case": "2"}).position == 2

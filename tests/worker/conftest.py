"""Workers whose program obeys the test: a question with `code` runs that code inside the locked-in process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
from doubles import LIMITS, Lent, obedient

from xai.errors import KlartextError
from xai.worker.client import Workers
from xai.worker.source import Source

# workers are locked in on Linux only
collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]


@pytest.fixture(scope="session")
def shared() -> Iterator[Workers]:
    """One set of workers for all tests: loading the libraries takes seconds."""
    made = Workers(LIMITS, own_files=True, starting=obedient())
    yield made
    made.close_all()


@pytest.fixture
def lent(shared: Workers) -> Lent:
    """For workers with limits of their own that need no process of their own to come from."""
    return Lent(shared._nursery)


@pytest.fixture
def workers(shared: Workers) -> Iterator[Workers]:
    """With no session left from another test."""
    yield shared
    for session in list(shared._sessions):
        shared.close(session)


@pytest.fixture
def inside(workers: Workers) -> Callable[[str], str]:
    """Runs an expression inside a worker: "OK: …" with its value, or the name of the error and its number."""
    workers.open("inside", Source("demo:penguins"))

    def run(code: str) -> str:
        with pytest.raises(KlartextError) as caught:
            workers.ask("inside", "case", {"code": code}, deadline=30)
        assert caught.value.code == "not-a-range", caught.value
        return caught.value.facts["text"]

    return run

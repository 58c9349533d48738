"""The memory of answers: computed once, bounded, and left in peace by whoever goes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui.answers import Answers


class LeftError(Exception):
    """A visitor went away."""


def no_matter() -> None:
    """Waits without a sign of life."""


def leave() -> None:
    raise LeftError


def test_many_who_ask_the_same_wait_for_one_computation() -> None:
    answers, started, computed = Answers(8), threading.Event(), []

    def compute() -> str:
        computed.append(1)
        started.wait(2)
        return "answer"

    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(answers.get, "key", compute, no_matter) for _ in range(6)]
        started.set()
        assert {each.result() for each in asked} == {"answer"}
    assert len(computed) == 1


def test_only_so_many_compute_at_once() -> None:
    answers, gate, running, most = Answers(8, at_once=2), threading.Lock(), [0], [0]
    together = threading.Barrier(2)

    def compute() -> None:
        with gate:
            running[0] += 1
            most[0] = max(most[0], running[0])
        together.wait(5)
        with gate:
            running[0] -= 1

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(answers.get, key, compute, no_matter) for key in range(4)]:
            each.result()
    assert most[0] == 2


def test_the_least_used_answer_goes_first() -> None:
    answers, computed = Answers(2), []
    for key in ("a", "b", "a", "c", "a", "b"):
        answers.get(key, lambda key=key: computed.append(key), no_matter)
    assert computed == ["a", "b", "c", "b"]


def test_whoever_waits_can_leave() -> None:
    answers, begun, done = Answers(8), threading.Event(), threading.Event()

    def compute() -> str:
        begun.set()
        done.wait(5)
        return "answer"

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(answers.get, "key", compute, no_matter)
        begun.wait(5)
        with pytest.raises(LeftError):
            answers.get("key", compute, leave)
        done.set()
        assert first.result() == "answer"


def test_a_computation_that_was_left_is_begun_again_by_the_next() -> None:
    answers = Answers(8)
    with pytest.raises(LeftError):
        answers.get("key", leave, no_matter)
    assert answers.get("key", lambda: "answer", no_matter) == "answer"

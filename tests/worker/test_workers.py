"""Workers from the app's side: crash, hang and hunger of one end in a sentence and are not noticed by the others."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from doubles import LIMITS, Lent, obedient

from xai.errors import OpeningError, QuestionError, WorkerError
from xai.opening.demos import demo
from xai.results import Attribution
from xai.worker.client import Workers
from xai.worker.source import Source

HANG = "while True: pass\n0"
HANG_IN_C = "__import__('re').match('(a+)+$', 'a' * 64 + 'b')"
CRASH = "ctypes.string_at(0)"
EAT = "kept = []\nwhile True: kept.append(bytearray(10 << 20))\n0"
CARS = Source("demo:cars")


def uploaded(name: str) -> Source:
    """A demo's files as somebody would upload them."""
    files = demo(name)
    model, data = files.model_path.read_bytes(), files.data_path.read_bytes()
    options = {"model_name": "m.joblib", "data_name": "d.csv", "target": files.target}
    return Source(model, data, options=options)


def code_of(workers: Workers, session: str, code: str, **more: Any) -> str:
    """The code of the error a question ends in."""
    with pytest.raises(WorkerError) as caught:
        workers.ask(session, "case", {"code": code}, **more)
    return caught.value.code


@pytest.mark.parametrize(("code", "expected"), [(CRASH, "worker-crashed"), (EAT, "worker-out-of-memory")])
def test_after_a_crash_the_same_files_are_open_again(workers: Workers, code: str, expected: str) -> None:
    workers.open("one", uploaded("cars"))
    workers.open("other", CARS)
    before = workers.ask("one", "case", {"case": "3"})
    other = workers._sessions["other"].worker
    assert code_of(workers, "one", code) == expected
    assert workers.ask("one", "case", {"case": "3"}) == before
    assert workers._sessions["other"].worker is other
    assert workers.ask("other", "case", {"case": "3"}).position == 3


def test_what_a_file_says_comes_before_it_is_opened_and_the_same_worker_opens_it(workers: Workers) -> None:
    source = uploaded("penguins")
    facts = workers.file_facts("one", source)
    assert str(facts.structure).endswith("→ LogisticRegression")
    assert (facts.classes, facts.columns[0]) == (("Adelie", "Chinstrap", "Gentoo"), "island")
    worker = workers._sessions["one"].worker
    assert workers.open("one", source).classes == facts.classes
    assert workers._sessions["one"].worker is worker
    assert workers.file_facts("one", source) == facts  # also while it is open
    assert workers.ask("one", "case", {"case": "3"}).position == 3


def test_what_a_file_says_is_told_after_its_worker_has_gone_as_well(workers: Workers) -> None:
    source = uploaded("penguins")
    workers.open("one", source)
    workers._places.end_idle(0)
    assert workers.file_facts("one", source).format == "joblib"
    assert workers.ask("one", "case", {"case": "3"}).position == 3


@pytest.mark.parametrize(
    ("model", "code"),
    [
        (b"404: Not Found", "error-body"),
        (b"a,b\n1,2\n", "table-as-model"),
        (b"\x80\x04cdill._dill\n_create_type\nN.", "code-inside"),
    ],
)
def test_a_file_that_is_no_model_is_refused_with_a_sentence(workers: Workers, model: bytes, code: str) -> None:
    before = workers.alive
    ask = workers.open if code == "code-inside" else workers.file_facts  # the first can be read, but not opened
    with pytest.raises(OpeningError) as caught:
        ask("one", Source(model))
    assert caught.value.code == code
    assert workers.alive == before


def test_files_of_boosting_libraries_open_in_a_locked_in_process(workers: Workers, tmp_path: Path) -> None:
    """CatBoost reads its JSON from files only, and a worker may write none."""
    catboost = pytest.importorskip("catboost")
    xgboost = pytest.importorskip("xgboost")
    rows, target = [[0.0, 1.0], [1.0, 0.0], [0.5, 0.2], [0.1, 0.9]] * 10, [0, 1, 1, 0] * 10
    told = {"iterations": 130, "verbose": 0, "allow_writing_files": False, "thread_count": 1}
    model = catboost.CatBoostClassifier(**told).fit(rows, target)
    table = b"a,b,y\n" + b"\n".join(b"%g,%g,%d" % (*row, y) for row, y in zip(rows, target, strict=True))
    files = {"xgboost json": bytes(xgboost.XGBClassifier(n_jobs=1).fit(rows, target).get_booster().save_raw("json"))}
    for form in ("cbm", "json"):
        model.save_model(str(tmp_path / form), format=form)
        files[f"catboost {form}"] = (tmp_path / form).read_bytes()
    assert len(files["catboost json"]) > 1 << 16  # more than a pipe holds
    for form, data in files.items():
        opened = workers.open(form, Source(data, table, options={"target": "y"}))
        assert (opened.format, opened.classes, opened.quality.metrics["accuracy"]) == (form, (0, 1), 1.0)


@pytest.mark.parametrize("code", [HANG, HANG_IN_C, "time.sleep(1000)"])
def test_a_hang_ends_at_the_deadline(workers: Workers, code: str) -> None:
    workers.open("one", CARS)
    assert code_of(workers, "one", code, deadline=0.5) == "worker-deadline"
    assert workers.ask("one", "case", {"case": "3"}).position == 3


def test_the_process_is_really_gone_after_a_cancel(workers: Workers) -> None:
    workers.open("one", CARS)
    with pytest.raises(QuestionError) as said:
        workers.ask("one", "case", {"code": "os.getpid()"})
    process = int(said.value.facts["text"].removeprefix("OK: "))
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(code_of, workers, "one", HANG)
        until(lambda: workers._sessions["one"].turn.locked())
        time.sleep(0.2)
        workers.cancel("one")
        assert answer.result(5) == "worker-cancelled"
    until(lambda: not Path(f"/proc/{process}").exists())


def test_what_progress_raises_ends_the_work_and_is_passed_on(workers: Workers) -> None:
    class Left(BaseException):
        """As Streamlit's own, not an Exception."""

    def leave(share: float, what: str) -> None:
        raise Left

    workers.open("one", CARS)
    with pytest.raises(Left):
        workers.ask("one", "case", {"code": HANG}, progress=leave)
    assert workers.ask("one", "case", {"case": "3"}).position == 3


def test_progress_arrives_in_order_and_as_shares(workers: Workers) -> None:
    heard: list[tuple[float, str]] = []
    workers.open("one", Source("demo:titanic"))
    workers.ask("one", "importance", {"rows": 300}, progress=lambda share, what: heard.append((share, what)))
    shares = [share for share, what in heard if what == "shap"]
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)


def test_errors_of_questions_cross_with_code_and_facts(workers: Workers) -> None:
    workers.open("one", CARS)
    with pytest.raises(QuestionError) as caught:
        workers.ask("one", "case", {"case": "99999"})
    assert caught.value.code == "no-such-row"
    assert caught.value.facts["row"] == "99999" or caught.value.facts["row"] == 99999


def test_a_foreign_error_becomes_a_sentence_and_the_worker_lives(workers: Workers) -> None:
    workers.open("one", CARS)
    worker = workers._sessions["one"].worker
    assert code_of(workers, "one", "1 / 0") == "question-failed"
    assert workers._sessions["one"].worker is worker


def test_files_that_do_not_open_leave_nothing_behind(workers: Workers) -> None:
    with pytest.raises(OpeningError):
        workers.open("one", Source(b"not a model", b"a,b\n1,2\n"))
    assert workers.alive == 0
    assert code_of(workers, "one", "0") == "nothing-opened"


def test_too_large_a_file_is_not_even_sent(workers: Workers) -> None:
    with pytest.raises(OpeningError) as caught:
        workers.open("one", Source(bytes(LIMITS.model_bytes + 1)))
    assert caught.value.code == "too-large"


def test_the_least_recently_used_idle_worker_makes_room(lent: Lent) -> None:
    workers = Workers(replace(LIMITS, workers=2), own_files=True, starting=lent)
    try:
        for session in ("first", "second"):
            workers.open(session, CARS)
        workers.ask("first", "case", {"case": "1"})
        workers.open("third", CARS)
        assert workers._sessions["second"].worker is None
        assert workers._sessions["first"].worker is not None
        assert workers.alive == 2
        assert workers.ask("second", "case", {"case": "1"}).position == 1  # comes back with its files
    finally:
        workers.close_all()


def test_without_a_free_place_one_waits_and_hears_of_it(lent: Lent) -> None:
    workers = Workers(replace(LIMITS, workers=1), own_files=True, starting=lent)
    heard = []
    try:
        workers.open("busy", CARS)
        with ThreadPoolExecutor(1) as pool:
            busy = pool.submit(code_of, workers, "busy", "time.sleep(1000)", deadline=1.5)
            until(lambda: workers._sessions["busy"].turn.locked())
            workers.open("waiting", CARS, progress=lambda share, what: heard.append(what))
            assert busy.result() == "worker-deadline"
        assert "waiting" in heard
        assert workers.ask("waiting", "case", {"case": "1"}).position == 1
    finally:
        workers.close_all()


def test_idle_workers_are_ended_and_come_back(lent: Lent) -> None:
    workers = Workers(replace(LIMITS, idle_seconds=0.2), own_files=True, starting=lent)
    try:
        workers.open("one", CARS)
        until(lambda: workers.alive == 0)
        assert workers.ask("one", "case", {"case": "1"}).position == 1
    finally:
        workers.close_all()


def test_no_descriptor_and_no_process_is_left(workers: Workers) -> None:
    workers.open("warm", CARS)
    workers.close("warm")
    before = len(os.listdir("/proc/self/fd"))
    for turn in range(4):
        workers.open("one", CARS)
        if turn % 2:
            code_of(workers, "one", CRASH)
        workers.close("one")
    until(lambda: len(os.listdir("/proc/self/fd")) <= before)
    until(lambda: not children(workers._nursery._zygote._process.pid))


def test_many_sessions_ask_at_once(workers: Workers) -> None:
    def visit(number: int) -> Attribution:
        workers.open(f"visitor {number}", Source("demo:penguins" if number % 2 else "demo:cars"))
        return workers.ask(f"visitor {number}", "explain", {"case": str(number)})

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(visit, range(10)))  # more than there are places
    assert [len(answer.data) for answer in answers] == [1] * 10


def test_after_its_zygote_died_the_next_question_is_answered() -> None:
    workers = Workers(LIMITS, own_files=True, starting=obedient())
    try:
        workers.open("one", CARS)
        process = workers._nursery._zygote._process.pid
        living = children(process)
        os.kill(process, signal.SIGKILL)
        until(lambda: not any(Path(f"/proc/{child}").exists() for child in living))
        assert workers.ask("one", "case", {"case": "3"}).position == 3
    finally:
        workers.close_all()


def test_two_threads_of_one_session_take_turns(workers: Workers) -> None:
    workers.open("one", CARS)
    found = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(workers.ask("one", "case", {"case": str(n)}).position))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(6))


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def until(holds: Any, seconds: float = 15.0) -> None:
    """Wait for something that happens soon; fail where it does not."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)

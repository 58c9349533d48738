"""The level of isolation is what was really refused, and uploads follow from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from doubles import LIMITS

from xai.errors import KlartextError, WorkerError
from xai.texts import LANGUAGES, Wording, catalogue
from xai.worker import attestation
from xai.worker.attestation import ATTEMPTS, SETTING, judge
from xai.worker.client import Workers
from xai.worker.source import Source

MODELS = Path(__file__).parents[2] / "models"

ROOT = Path(__file__).parents[2]
ALL = dict.fromkeys(ATTEMPTS, True)
ORDINARY = 65534  # the user nobody


def test_inside_a_worker_everything_is_refused(workers: Workers) -> None:
    found = workers.attestation()
    unavailable = [layer for layer in found.layers if layer.state != "on"]
    if unavailable:
        pytest.skip(f"this kernel or container lacks {unavailable}")
    assert found.level == "full"
    assert found.blocked == ALL
    assert found.uploads


@pytest.mark.parametrize(
    ("found", "level"),
    [
        (ALL, "full"),
        ({**ALL, "connect": False}, "partial"),
        ({**ALL, "fork": "inconclusive"}, "partial"),
        ({name: True for name in ATTEMPTS if name != "execute"}, "partial"),
        (dict.fromkeys(ATTEMPTS, False), "none"),
        ({}, "none"),
        (dict.fromkeys(ATTEMPTS, "yes"), "none"),
    ],
)
def test_only_refusals_count(found: dict[str, Any], level: str) -> None:
    assert judge(found, (), local=True, environment={}).level == level


@pytest.mark.parametrize(
    ("found", "local", "setting", "uploads", "reason"),
    [
        (ALL, False, "", True, "full"),
        (ALL, True, "off", False, "switched-off"),
        ({}, True, "", False, "incomplete"),
        ({}, False, "", False, "incomplete"),
        ({}, False, "allow-list-only", False, "not-local"),
        ({}, True, "allow-list-only", True, "allow-list-only"),
    ],
)
def test_uploads_need_the_lock_or_an_operator_on_this_machine(
    found: dict[str, Any], local: bool, setting: str, uploads: bool, reason: str
) -> None:
    judged = judge(found, (), local, {SETTING: setting})
    assert (judged.uploads, judged.reason) == (uploads, reason)


def test_an_unknown_setting_is_not_guessed() -> None:
    with pytest.raises(KlartextError):
        judge(ALL, (), True, {SETTING: "yes"})


def test_without_the_lock_a_served_app_opens_demos_only(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers._guard, "_own_files", False)
    monkeypatch.setattr(workers._guard, "_attested", judge({}, (), False, {}))
    with pytest.raises(WorkerError) as caught:
        workers.open("one", Source(b"anything", b"a\n1\n"))
    assert caught.value.code == "uploads-off"
    assert workers.open("one", Source("demo:cars")).task == "regression"
    files = [(MODELS / name).read_bytes() for name in ("cars.joblib", "cars.csv")]
    assert workers.open("one", Source(*files, trusted=True)).task == "regression"


def test_a_worker_with_fewer_locks_than_the_tried_one_gets_no_file(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers._guard, "_own_files", False)
    monkeypatch.setattr(workers._guard, "_attested", judge(ALL, (), False, {}))  # layers of another kernel
    with pytest.raises(WorkerError) as caught:
        workers.open("one", Source(b"anything", b"a\n1\n"))
    assert caught.value.code == "worker-unavailable"


def test_there_are_words_for_everything() -> None:
    from xai.sentences import isolation

    for language in LANGUAGES:
        for found in (ALL, {}):
            told = isolation.printed(judge(found, (), False, {}), Wording(language))
            assert "{" not in told
        reasons = catalogue(language).section("isolation.reason")
        assert set(reasons) == {"full", "incomplete", "allow-list-only", "not-local", "switched-off"}
        assert set(catalogue(language).section("isolation.blocked")) == set(attestation.ATTEMPTS)


def test_the_terminal_tells_it_as_one_object() -> None:
    told = json.loads(terminal())
    assert set(told) >= {"level", "blocked", "uploads"}
    assert told["uploads"] == (told["level"] == "full")
    assert told["limits"]["question_seconds"] == LIMITS.question_seconds
    assert told["limits"]["memory"] > 0  # what a worker really gets, not the 0 that means "from the machine"


def test_an_ordinary_user_is_locked_in_as_well() -> None:
    if os.getuid() != 0:
        pytest.skip("this is one")
    who = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}
    try:
        subprocess.run([sys.executable, "-c", "import xai.worker"], cwd=ROOT, check=True, capture_output=True, **who)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this interpreter is for its owner only")
    assert json.loads(terminal(**who))["level"] in ("full", "partial")


def terminal(**more: Any) -> str:
    arguments = [sys.executable, "-m", "xai", "attest", "--json"]
    environment = {**LIMITS.to_environment(), **os.environ}
    return subprocess.run(
        arguments, cwd=ROOT, check=True, capture_output=True, text=True, timeout=120, env=environment, **more
    ).stdout

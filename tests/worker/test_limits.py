"""Limits come from one place; the memory of a worker from what the machine or container really grants."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from xai.errors import KlartextError
from xai.limits import MEGABYTE, Limits
from xai.sentences.limits import stated
from xai.texts import LANGUAGES, Wording
from xai.worker.memory import Share, granted, share


def test_every_limit_can_be_set_from_outside() -> None:
    for field in fields(Limits):
        changed = Limits.from_environment({f"KLARTEXT_{field.name.upper()}": "7"})
        assert getattr(changed, field.name) == 7
    assert Limits.from_environment({}) == Limits()
    assert Limits.from_environment(Limits(workers=3).to_environment()) == Limits(workers=3)


@pytest.mark.parametrize("text", ["", "much", "-1", "1e99", "nan"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(KlartextError) as caught:
        Limits.from_environment({"KLARTEXT_QUESTION_SECONDS": text})
    assert caught.value.code == "bad-setting"


@pytest.mark.parametrize(("megabytes", "workers"), [(300, 1), (690, 1), (2700, 2), (16_000, 15)])
def test_one_worker_always_runs_and_many_where_there_is_room(megabytes: int, workers: int) -> None:
    divided = share(Limits(), megabytes * MEGABYTE)
    assert divided.workers == workers
    assert divided.memory >= Limits().memory_least
    if megabytes >= 690:  # what a free host guarantees: app, libraries and one worker fit
        assert Limits().reserved + divided.workers * divided.memory <= megabytes * MEGABYTE


def test_an_operator_may_say_both() -> None:
    divided = share(Limits(memory=100, workers=9), 1 << 40)
    assert (divided.memory, divided.workers) == (100, 9)


def machine(root: Path, groups: str, limits: dict[str, str], available: int) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(groups)
    (root / "proc/meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable: {available} kB\n")
    for name, text in limits.items():
        (root / "sys/fs/cgroup" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "sys/fs/cgroup" / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("groups", "limits", "expected"),
    [
        ("0::/app/one\n", {"app/one/memory.max": "max", "app/memory.max": "700000000\n"}, 700_000_000),
        ("0::/\n", {"memory.max": "500000000\n"}, 500_000_000),
        ("4:cpu,memory:/x\n", {"memory/x/memory.limit_in_bytes": "600000000\n"}, 600_000_000),
        ("4:memory:/x\n", {"memory/x/memory.limit_in_bytes": "9223372036854771712\n"}, 1_024_000_000),
        ("0::/gone\n", {}, 1_024_000_000),
        ("", {"memory.max": "garbage"}, 1_024_000_000),
    ],
)
def test_the_smallest_limit_counts(tmp_path: Path, groups: str, limits: dict[str, str], expected: int) -> None:
    assert granted(machine(tmp_path, groups, limits, 1_000_000)) == expected


def test_a_machine_that_says_nothing_is_taken_for_a_small_one(tmp_path: Path) -> None:
    assert granted(tmp_path) == 2048 * MEGABYTE


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_limits_in_force_are_told(language: str) -> None:
    changed = Limits(model_bytes=7 * MEGABYTE, question_seconds=11, idle_seconds=180, table_columns=13)
    told = " ".join(stated(changed, Share(5, 301 * MEGABYTE), Wording(language)))
    for figure in ("7\u00a0MB", "11", "13", "301\u00a0MB", "5", " 3 "):
        assert figure in told
    assert "{" not in told


def test_files_and_workers_have_their_limits_in_the_same_place() -> None:
    from xai.opening import containers

    assert containers.limits() == Limits.from_environment()

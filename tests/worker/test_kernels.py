"""Compiled kernels inside a locked-down worker: found, shared, run in threads, and picked up when they come later."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from doubles import LIMITS, obedient

from xai.compiled import building, place
from xai.errors import KlartextError
from xai.opening.both import open_both
from xai.worker.client import Workers
from xai.worker.source import Source

THERE = "from xai.compiled.loading import machine_code\nmachine_code() is not None"


@pytest.fixture(scope="module", autouse=True)
def compiled() -> Path:
    path = place.file()
    if path is None:
        pytest.skip("numba is not installed, or there is no folder to keep its code")
    building.build(path)
    return path


def test_a_worker_has_the_kernels_and_no_compiler(inside: Callable[[str], str]) -> None:
    assert inside(THERE) == "OK: True"
    assert inside("import sys\n'numba' in sys.modules") == "OK: False"


def test_a_worker_cannot_change_them(inside: Callable[[str], str], compiled: Path) -> None:
    assert inside(f"open({str(compiled)!r}, 'rb').read(4)").startswith("OK")
    assert inside(f"open({str(compiled)!r}, 'ab')") in ("EPERM", "EACCES")
    assert inside(f"os.unlink({str(compiled)!r})") in ("EPERM", "EACCES")


def test_threads_run_inside_and_the_numbers_are_the_same(workers: Workers) -> None:
    opened = open_both("demo:titanic", None)
    here = opened.explainer.importance(rows=300)
    workers.open("one", Source("demo:titanic"))
    there = workers.ask("one", "importance", {"rows": 300})
    assert there.algorithm == here.algorithm == "tree-exact"
    np.testing.assert_allclose(there.values, here.values, rtol=0, atol=1e-7)


def test_a_worker_that_was_there_first_picks_them_up(
    tmp_path: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first start: the worker answers with NumPy, and with the kernels once they are compiled."""
    folder = tmp_path / "kernels"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv(place.FOLDER, str(folder))
    monkeypatch.setattr(building, "begin", lambda: None)
    workers = Workers(LIMITS, own_files=True, starting=obedient())
    try:
        workers.open("first", Source("demo:titanic"))
        assert inside(workers, THERE) == "OK: False"
        before = workers.ask("first", "explain", {"case": "7"})
        shutil.copy(compiled, folder / compiled.name)
        assert inside(workers, THERE) == "OK: True"
        after = workers.ask("first", "explain", {"case": "7"})
    finally:
        workers.close_all()
    assert before.algorithm == after.algorithm == "tree-exact"
    np.testing.assert_allclose(before.values, after.values, rtol=0, atol=1e-12)
    np.testing.assert_allclose(before.spread, after.spread, rtol=0, atol=1e-12)


def inside(workers: Workers, code: str) -> str:
    with pytest.raises(KlartextError) as caught:
        workers.ask("first", "case", {"code": code}, deadline=30)
    return caught.value.facts["text"]

"""Compiled code: made once, tried before it is used, kept where nobody else can write, and never waited for."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from pipelines import curved, numbers
from sklearn.ensemble import RandomForestRegressor

from xai.attribution.trees.trial import agrees
from xai.compiled import building, loading, place
from xai.explainer import Explainer

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="rights of files as POSIX knows them")


def test_code_is_loaded_without_the_compiler(compiled):
    code = (
        "import sys\nfrom xai.compiled.loading import machine_code\nassert machine_code() is not None\n"
        "print('numba' in sys.modules, 'sklearn' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]


def test_code_that_gives_other_numbers_is_not_published(tmp_path: Path, compiled, monkeypatch: pytest.MonkeyPatch):
    class Wrong:
        def call(self, name, arrays, sizes):
            compiled.call(name, arrays, sizes)
            if name == "explain_rows":
                arrays[-1][0, 0] += 1e-6

    assert agrees(compiled)
    assert not agrees(Wrong())
    monkeypatch.setattr(building, "compiled", lambda: loading.packed(b"no object file", ["explain_rows"]))
    with pytest.raises(RuntimeError):
        building.build(tmp_path / "kernels.o")
    assert list(tmp_path.iterdir()) == []  # neither the code nor the draft nor the lock


def test_who_comes_second_waits_for_who_compiles(tmp_path: Path):
    path = tmp_path / "kernels.o"
    path.with_suffix(".lock").touch()
    waiting = threading.Thread(target=building.build, args=(path,))
    waiting.start()
    time.sleep(0.3)
    assert waiting.is_alive()
    path.write_bytes(b"there it is")
    waiting.join(5)
    assert not waiting.is_alive()
    assert path.read_bytes() == b"there it is"


def test_a_compiler_that_died_is_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "kernels.o"
    path.with_suffix(".lock").touch()
    os.utime(path.with_suffix(".lock"), (1, 1))
    monkeypatch.setattr(building, "_publish", lambda path: path.write_bytes(b"done again"))
    building.build(path)
    assert path.read_bytes() == b"done again"


@pytest.mark.parametrize("left", [0, 10, 500, -1])
def test_a_broken_file_leaves_the_work_to_numpy(tmp_path: Path, left: int, compiled, monkeypatch: pytest.MonkeyPatch):
    path, whole = tmp_path / "kernels.o", place.file()
    path.write_bytes(whole.read_bytes()[:left])
    monkeypatch.setattr(place, "file", lambda: path)
    assert loading.machine_code() is None
    frame = numbers()
    model = RandomForestRegressor(4, random_state=0).fit(frame, curved(frame))
    found = Explainer(model, frame, background=5).explain(row=1)
    assert found.algorithm == "tree-exact"
    assert found.base + found.values.sum() == pytest.approx(found.prediction)


@posix
def test_a_folder_that_others_can_write_to_is_not_used(tmp_path: Path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    assert place.folder({place.FOLDER: str(shared)}) is None
    shared.chmod(0o755)
    assert place.folder({place.FOLDER: str(shared)}) == shared
    own = tmp_path / "own"
    assert place.folder({place.FOLDER: str(own)}) == own
    assert own.stat().st_mode & 0o777 == 0o700


@posix
@pytest.mark.skipif(hasattr(os, "getuid") and os.getuid() == 0, reason="root may write anywhere")
def test_without_a_home_the_code_is_kept_beside_the_package(tmp_path: Path):
    tmp_path.chmod(0o500)
    assert place.folder({"HOME": str(tmp_path / "none")}) == Path(place.__file__).parent / "__pycache__"


def test_the_folder_is_one_of_the_users(tmp_path: Path):
    if sys.platform == "linux":
        assert place.folder({"HOME": str(tmp_path)}) == tmp_path / ".cache" / "klartext"
        assert place.folder({"HOME": "/", "XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "klartext"


def test_another_version_or_processor_is_another_file(monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("numba")
    names = [place._name.__wrapped__()]
    monkeypatch.setattr(place, "version", lambda package: f"9.{len(package)}")
    names.append(place._name.__wrapped__())
    from llvmlite import binding

    monkeypatch.setattr(binding, "get_host_cpu_name", lambda: "another")
    names.append(place._name.__wrapped__())
    assert len(set(names)) == 3


def test_nothing_is_compiled_where_that_is_forbidden(monkeypatch: pytest.MonkeyPatch):
    started = []
    monkeypatch.setattr(building, "_start", lambda *arguments: started.append(arguments))
    building._begin.cache_clear()
    monkeypatch.setenv(place.OFF, "off")
    building.begin()
    assert started == []
    monkeypatch.delenv(place.OFF)
    building.begin()
    building.begin()
    assert started == [("--politely",)]
    building._begin.cache_clear()


def test_arrays_of_another_kind_are_refused_before_they_reach_machine_code(compiled):
    with pytest.raises(ValueError, match="tuple"):
        compiled.call("find_sides", [np.zeros(3, dtype=np.int64)], [])
    with pytest.raises(ValueError, match="contiguous"):
        compiled.call("find_sides", [np.zeros((4, 4), dtype=np.int32)[:, ::2]], [])

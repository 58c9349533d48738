"""The guards hold in a model's own environment as well: there they read the file a second time, name by name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import hostile_code
import hostile_gadgets
import pytest

from xai.environments.opening import read_needs
from xai.errors import OpeningError
from xai.opening.reading import read_model_file

FILES = {**hostile_code.FILES, **hostile_gadgets.FILES}
ROOT = Path(__file__).parents[2]
# Refused after construction, by what looks at the finished model; in its own environment the walls are left.
AUDITED = {"reads-files", "corrupt-model", "corrupt-tree"}
OTHERS = ("own-version-cannot-open", "forbidden-global", "forbidden-call", "tampered-file")
READER = """
import json, sys, warnings
from xai.environments.inside.restoring import read
from xai.errors import KlartextError
warnings.simplefilter("ignore")
for line in sys.stdin:
    path, names = json.loads(line)
    try:
        read(open(path, "rb").read(), frozenset(names))
        said = "opened"
    except KlartextError as error:
        said = error.code
    print(said, flush=True)
"""


@pytest.fixture(scope="module")
def reader():
    """Reads files as the program does, but with nothing around it: what runs there leaves its mark."""
    process = subprocess.Popen(
        [sys.executable, "-c", READER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def read(path: Path, names: tuple[str, ...]) -> str:
        process.stdin.write(json.dumps([str(path), names]) + "\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    yield read
    process.kill()
    process.wait()


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_before_and_behind_the_door(name: str, reader, tmp_path: Path) -> None:
    marker, path = tmp_path / "marker", tmp_path / "hostile"
    path.write_bytes(FILES[name].make(marker))
    try:
        facts, raw = read_model_file(path.read_bytes())
    except OpeningError:
        return  # it is not even a file that could be sent
    path.write_bytes(raw)
    said = reader(path, facts.globals)  # as if every name had been granted
    assert not marker.exists(), said
    refused = {*FILES[name].codes, *OTHERS}
    assert said in refused or (said == "opened" and AUDITED & set(FILES[name].codes)), said


@pytest.mark.parametrize("name", hostile_code.FILES)
def test_a_name_that_runs_code_is_stopped_before_anything_is_sent(name: str, tmp_path: Path) -> None:
    if hostile_code.FILES[name].codes != hostile_code.NAME:
        pytest.skip("it asks for no forbidden name")
    path = tmp_path / "hostile"
    path.write_bytes(hostile_code.FILES[name].make(tmp_path / "marker"))
    with pytest.raises(OpeningError):
        read_needs((path, None))

"""Dashboards that others would pick, each in an environment of its own that is made when it is first needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(tempfile.gettempdir()) / f"klartext-peers-{os.getuid() if hasattr(os, 'getuid') else 0}"
PROGRAMS = Path(__file__).parent / "peer_programs"
DASHBOARDS = {"explainerdashboard": "explainerdashboard==0.5.8", "shapash": "shapash==2.10.0"}


def python_of(name: str) -> Path:
    """The interpreter of a dashboard's environment. It reads the same model files: scikit-learn is our version.

    Raises subprocess.CalledProcessError where the environment cannot be made.
    """
    home = FOLDER / name
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = home / "complete"
    if not done.exists():
        shutil.rmtree(home, ignore_errors=True)
        wanted = [DASHBOARDS[name], f"scikit-learn=={version('scikit-learn')}"]
        uv = shutil.which("uv")
        if uv:
            _run(uv, "venv", "--python", sys.executable, str(home))
            _run(uv, "pip", "install", "--python", str(python), *wanted)
        else:
            _run(sys.executable, "-m", "venv", str(home))
            _run(str(python), "-m", "pip", "install", *wanted)
        done.touch()
    return python


@contextmanager
def running(name: str, model: Path, table: Path, target: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A dashboard about a model on a port of this machine, started now; it ends with the block.

    What it says goes to a file beside the model: in a pipe that nobody reads it would soon stand still.
    """
    command = [str(python_of(name)), str(PROGRAMS / f"{name}_program.py"), str(model), str(table), target, str(port)]
    with said(name, model).open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def said(name: str, model: Path) -> Path:
    """The file of what a dashboard about a model says."""
    return model.with_suffix(f".{name}.log")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

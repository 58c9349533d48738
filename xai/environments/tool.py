"""uv: found, and run with an environment of its own. https://docs.astral.sh/uv/reference/cli

Only wheels are installed: nothing of a package is built or run while an environment is made.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_BEAT = 0.05  # seconds between two looks whether it has ended
# What uv needs of our environment: where it may write, how it gets out, whom it trusts.
_PASSED_ON = re.compile(
    "HOME|LANG|TMPDIR|LD_LIBRARY_PATH|NETRC|XDG_\\w+|UV_\\w+|SSL_CERT_FILE|SSL_CERT_DIR|"
    "(?:HTTP|HTTPS|ALL|NO)_PROXY|(?:http|https|all|no)_proxy"
)
# pip's own settings, where uv has none of its own.
_AS_PIP = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CERT": "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE": "SSL_CERT_FILE",
}
_OFFLINE = re.compile("dns error|error sending request|client error|timed out|[Nn]etwork")
_LONGEST = 300  # characters of what uv says


class Failed(Exception):
    """uv ended with an error; `said` is its last words."""

    def __init__(self, said: str) -> None:
        self.said = said
        self.offline = _OFFLINE.search(said) is not None
        super().__init__(said)


def find() -> Path | None:
    """uv as a package of this Python, or on the path; None where it is neither."""
    with contextlib.suppress(ImportError, FileNotFoundError):
        import uv

        return Path(uv.find_uv_bin())
    found = shutil.which("uv")
    return Path(found) if found else None


def environment(ours: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables uv gets; pip's settings under uv's names, and no folder of pyenv's stand-ins on the path."""
    passed = {name: value for name, value in ours.items() if _PASSED_ON.fullmatch(name)}
    for theirs, name in _AS_PIP.items():
        if ours.get(theirs):
            passed.setdefault(name, ours[theirs])
    # each of these fails unless its version is switched on, and uv gives up at the first that fails
    folders = [folder for folder in ours.get("PATH", "").split(os.pathsep) if Path(folder).name != "shims"]
    return {**passed, "PATH": os.pathsep.join(folders)}


def run(uv: Path, arguments: Sequence[str], folder: Path, alive: Callable[[], None]) -> str:
    """What uv says on its standard output. `alive` is called all the time; it may raise to end uv. Raises Failed."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        process = subprocess.Popen(
            [str(uv), *arguments, "--no-progress", "--color", "never"],
            env=environment(),
            cwd=folder,  # away from any project, whose settings uv would take for ours
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complained,
        )
        try:
            while process.poll() is None:
                alive()
                time.sleep(_BEAT)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise Failed(_last_words(_text(complained)))
        return _text(said)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _last_words(complaint: str) -> str:
    """uv's error in one line; remarks about other things come before it."""
    lines = [line.strip() for line in complaint.splitlines()]
    first = next((place for place, line in enumerate(lines) if line.startswith("error")), max(0, len(lines) - 3))
    return " ".join(" ".join(lines[first:]).split()).removeprefix("error: ")[:_LONGEST]

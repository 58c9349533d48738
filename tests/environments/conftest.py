"""Programs for tests: what runs here plays every version, so that nothing has to be loaded from the network."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from standing_in import converse, link

from xai.environments.conversation import Conversation
from xai.environments.settings import FOLDER, SWITCH

# neither locks of folders nor sockets that are handed on
collect_ignore_glob = ["test_*.py"] if sys.platform == "win32" else []


@pytest.fixture(scope="session")
def program() -> Iterator[Conversation]:
    """One program for all tests that leave it in good health."""
    found = converse()
    yield found
    found.close()


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes the environment that files need a link to the one of here; returns the folder of environments."""
    folder = tmp_path / "environments"
    folder.mkdir()
    monkeypatch.setenv(FOLDER, str(folder))
    monkeypatch.delenv(SWITCH, raising=False)

    def make(*files: Path) -> Path:
        link(folder, files)
        return folder

    return make


@pytest.fixture
def no_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, SWITCH, "off")

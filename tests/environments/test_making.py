"""Making an environment: whoever takes part may fail, be slow, or leave, and nothing half-made is left."""

from __future__ import annotations

import stat
import sys
import threading
import time
from pathlib import Path

import pytest
from standing_in import LIMITS

from xai.environments import interpreters, tool
from xai.environments.cache import Cache
from xai.environments.making import environment
from xai.environments.needs import Needs
from xai.environments.recipes import recipe
from xai.environments.settings import FOLDER, SWITCH, Settings
from xai.errors import KlartextError, OpeningError
from xai.limits import Limits
from xai.sentences import errors as sentences
from xai.texts import LANGUAGES, Wording

RECIPE = recipe(Needs("1.0.2", (), {}, ()))
MAKES = 'if [ "$1" = venv ]; then mkdir -p "$5/bin"; cp /bin/true "$5/bin/python"; fi'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(True, tmp_path / "environments")


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A script in uv's place; returns the file in which it notes what it was asked."""

    def be(script: str) -> Path:
        path = tmp_path / "uv"
        path.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/asked\n{script}\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(tool, "find", lambda: path)
        monkeypatch.setattr(interpreters, "locate", lambda *asked: "/a/python3.10")
        return tmp_path / "asked"

    return be


def code_of(settings: Settings, limits: Limits = LIMITS) -> str:
    with pytest.raises(OpeningError) as caught:
        environment(RECIPE, settings, limits)
    for language in LANGUAGES:  # and there are words for it, with the line to type
        remedy = sentences.remedy(caught.value, Wording(language))
        assert "{" not in sentences.message(caught.value, Wording(language)) + remedy
        assert "scikit-learn==1.0.2" in remedy
    return caught.value.code


def left(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.folder.glob("*") if path.suffix != ".lock")


def test_an_environment_is_made_once_and_kept(uv, settings: Settings) -> None:
    asked = uv(MAKES)
    for _ in range(2):
        found = environment(RECIPE, settings, LIMITS)
        assert found.python.is_file()
        found.release()
    lines = asked.read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["venv", "pip"]
    assert "--only-binary :all:" in lines[1]
    assert "--exclude-newer 2022-05-12T00:00:00Z" in lines[1]
    assert left(settings) == [RECIPE.name]


FAILING = {
    "environment-no-python": "echo 'error: No download found for request: cpython-3.10' >&2; exit 2",
    "environment-offline": f"""
        if [ "$1" = pip ]; then echo "error: Request failed" >&2; echo "  cause: dns error" >&2; exit 1; fi
        {MAKES}""",
    "environment-failed": f"""
        if [ "$1" = pip ]; then echo "error: No solution found" >&2; exit 1; fi
        {MAKES}""",
}


@pytest.mark.parametrize(("code", "script"), FAILING.items())
def test_what_uv_cannot_do_is_said_and_nothing_is_left(uv, settings: Settings, code: str, script: str) -> None:
    uv(script)
    assert code_of(settings) == code
    assert left(settings) == []


def test_without_uv_it_says_how_to_get_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "find", lambda: None)
    assert code_of(settings) == "environment-no-tool"


def test_where_it_is_switched_off_nothing_is_made(settings: Settings) -> None:
    assert code_of(Settings(False, settings.folder)) == "environments-off"
    assert not settings.folder.exists()


def test_a_system_without_locks_is_told_apart(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cache, "works", lambda: False)
    assert code_of(settings) == "environment-not-here"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert code_of(Settings(True, tmp_path / "file" / "x")) == "environment-no-folder"


def test_what_takes_too_long_is_stopped(uv, settings: Settings) -> None:
    uv("sleep 600")
    assert code_of(settings, Limits(environment_seconds=0.3)) == "environment-too-slow"
    assert left(settings) == []


def test_whoever_leaves_ends_uv_and_leaves_nothing(uv, settings: Settings, tmp_path: Path) -> None:
    class Left(BaseException):
        pass

    def leave(share: float, what: str) -> None:
        heard.append(what)
        raise Left

    heard: list[str] = []
    uv(f"echo $$ > {tmp_path}/process; exec sleep 600")
    with pytest.raises(Left):
        environment(RECIPE, settings, LIMITS, leave)
    assert heard == ["environment-python"]
    assert left(settings) == []


def test_two_who_want_the_same_wait_for_one(settings: Settings) -> None:
    cache, made, heard = Cache(settings.folder, 3), [], []
    inside = threading.Event()

    def make(folder: Path) -> None:
        made.append(folder)
        inside.set()
        deadline = time.monotonic() + 10
        while not heard and time.monotonic() < deadline:
            time.sleep(0.01)
        usable(folder)

    first = threading.Thread(target=lambda: cache.get("one", make, lambda: None).release())
    first.start()
    inside.wait(10)
    second = cache.get("one", make, lambda: heard.append("waiting"))
    first.join()
    second.release()
    assert len(made) == 1
    assert heard


def test_the_one_not_used_for_longest_makes_room_unless_it_is_in_use(settings: Settings) -> None:
    cache = Cache(settings.folder, 2)
    used = cache.get("used", usable, lambda: None)
    for name in ("old", "new", "newest"):
        cache.get(name, usable, lambda: None).release()
        time.sleep(0.02)  # for another moment in the file system
    assert cache.names() == ["used", "new", "newest"]
    used.release()
    cache.get("last", usable, lambda: None).release()
    assert cache.names() == ["newest", "last"]


def test_one_whose_python_is_gone_is_made_anew(settings: Settings) -> None:
    cache = Cache(settings.folder, 2)
    cache.get("one", usable, lambda: None).release()
    (settings.folder / "one" / "bin" / "python").unlink()
    again = cache.get("one", usable, lambda: None)
    assert again.python.is_file()
    again.release()


def usable(folder: Path) -> None:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").write_text("#!/bin/sh\n")
    (folder / "bin" / "python").chmod(0o755)


# --- settings and surroundings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("local", "said", "allowed"),
    [(True, None, True), (False, None, False), (True, "off", False), (False, "on", True), (False, "", False)],
)
def test_a_served_app_makes_none_unless_its_operator_wants_it(local: bool, said: str | None, allowed: bool) -> None:
    given = {} if said is None else {SWITCH: said}
    assert Settings.from_environment(local, given).allowed is allowed


def test_an_unknown_word_is_not_guessed() -> None:
    with pytest.raises(KlartextError, match="bad-switch"):
        Settings.from_environment(True, {SWITCH: "yes"})


def test_the_folder_can_be_named(tmp_path: Path) -> None:
    assert Settings.from_environment(True, {FOLDER: str(tmp_path)}).folder == tmp_path
    default = Settings.from_environment(True, {"HOME": "/home/me"}).folder
    assert default.is_relative_to("/home/me")
    assert not default.is_relative_to(Path(__file__).parents[2])


def test_uv_gets_what_it_needs_and_nothing_else() -> None:
    ours = {
        "PATH": "/home/me/.pyenv/shims:/usr/bin",
        "SSL_CERT_FILE": "/certs.pem",
        "HTTPS_PROXY": "http://proxy",
        "UV_CACHE_DIR": "/cache",
        "PIP_INDEX_URL": "https://mirror/simple",
        "SECRET_TOKEN": "x",
        "PYTHONPATH": "/app",
    }
    assert tool.environment(ours) == {
        "PATH": "/usr/bin",
        "SSL_CERT_FILE": "/certs.pem",
        "HTTPS_PROXY": "http://proxy",
        "UV_CACHE_DIR": "/cache",
        "UV_DEFAULT_INDEX": "https://mirror/simple",
    }
    assert tool.environment({**ours, "UV_DEFAULT_INDEX": "https://own"})["UV_DEFAULT_INDEX"] == "https://own"


def test_pythons_of_pyenv_are_found(tmp_path: Path) -> None:
    for version in ("3.10.9", "3.10.13", "3.1.4"):
        folder = tmp_path / "versions" / version / "bin"
        folder.mkdir(parents=True)
        (folder / "python3.10").write_text("")
        (folder / "python3.10").chmod(0o755)
    (tmp_path / "versions" / "3.10.14" / "bin").mkdir(parents=True)  # without an interpreter
    found = interpreters.of_pyenv("3.10", {"PYENV_ROOT": str(tmp_path)})
    assert found == tmp_path / "versions" / "3.10.13" / "bin" / "python3.10"
    assert interpreters.of_pyenv("3.9", {"PYENV_ROOT": str(tmp_path)}) is None


def test_the_python_of_here_needs_no_search() -> None:
    found = interpreters.of_this_process("{}.{}".format(*sys.version_info))
    assert found is not None
    assert found.is_relative_to(sys.base_prefix)
    assert interpreters.of_this_process("2.7") is None

"""The folder of environments: each made aside and put in place in one step, held while it is used, the oldest removed.

Any number of processes may share the folder. A lock beside each environment is held together by all who use it, and
alone by the one who makes or removes it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_BEAT = 0.25  # seconds between two tries
_MAKING = ".making-"

Alive = Callable[[], None]


@dataclass
class Environment:
    """One environment that stays where it is until `release`."""

    folder: Path
    _lock: IO[bytes] = field(repr=False)

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def release(self) -> None:
        """From now on it may be removed."""
        self._lock.close()


class Cache:
    """Environments by name, at most `most` of them beside those in use."""

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._most = most

    @staticmethod
    def works() -> bool:
        """Whether this system has the locks."""
        return fcntl is not None

    def get(self, name: str, make: Callable[[Path], None], alive: Alive) -> Environment:
        """The environment of that name. `make` fills the folder it is given, unless somebody has done so before.

        `alive` is called while others make the same one; it may raise to leave. Raises OSError where the folder
        cannot be used, and what `make` raises; nothing is left behind then.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = (self._folder / f"{name}.lock").open("wb")
        try:
            place = self._folder / name
            _acquire(lock, fcntl.LOCK_SH, alive)
            if not _usable(place):
                _acquire(lock, fcntl.LOCK_EX, alive)
                if not _usable(place):
                    self._make(place, make)
                    self._remove_oldest(place)
                _acquire(lock, fcntl.LOCK_SH, alive)
            os.utime(place, follow_symlinks=False)  # when it was used last
            return Environment(place, lock)
        except BaseException:
            lock.close()
            raise

    def names(self) -> list[str]:
        """What is there, the one that was used last at the end."""
        found = [path for path in self._folder.glob("*") if path.is_dir() and not path.name.startswith(_MAKING)]
        return [path.name for path in sorted(found, key=lambda path: path.lstat().st_mtime)]

    def _make(self, place: Path, make: Callable[[Path], None]) -> None:
        aside = place.with_name(_MAKING + place.name)
        for left in (aside, place):  # whoever made them is gone: the lock is ours alone
            shutil.rmtree(left, ignore_errors=True)
        try:
            make(aside)
            aside.rename(place)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _remove_oldest(self, new: Path) -> None:
        room = self._most - 1
        for name in reversed([name for name in self.names() if name != new.name]):
            with _alone(self._folder / f"{name}.lock") as mine:
                if not mine:
                    continue
                if room > 0:
                    room -= 1
                else:
                    shutil.rmtree(self._folder / name, ignore_errors=True)


def _usable(place: Path) -> bool:
    """It is there, and the Python it was made with still is."""
    return os.access(place / "bin" / "python", os.X_OK)


def _acquire(lock: IO[bytes], kind: int, alive: Alive) -> None:
    last = 0.0
    while True:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() - last >= _BEAT:
                last = time.monotonic()
                alive()
            time.sleep(_BEAT / 5)


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether nobody uses what this lock stands for; nobody can until this is over."""
    with path.open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True

"""Try everything that is forbidden, from inside a worker, and tell what happened.

Only a refusal counts: a file that is missing or a server that does not answer proves nothing about the lock.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

_REFUSED = (errno.EPERM, errno.EACCES)
_TRACE, _SEIZE = {"x86_64": 101, "aarch64": 117}, 0x4206


def try_everything(asked: Mapping[str, Any], tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Name -> True (refused), False (it worked) or "inconclusive".

    `asked` holds the app's process number, a canary file that the app can read, a folder it can write, and a port it
    listens on. `tell` hears of what was found before the last attempt, which replaces the whole process if it works.
    """
    app, port = int(asked["app"]), int(asked["port"])
    attempts: dict[str, Callable[[], Any]] = {
        "read_app_file": lambda: _read(asked["canary"]),
        "read_app_environment": lambda: _read(f"/proc/{app}/environ"),
        "read_parent_environment": lambda: _read(f"/proc/{os.getppid()}/environ"),
        "write_temporary_file": lambda: _write(os.path.join(asked["folder"], f"klartext-{os.getpid()}")),
        "write_shared_memory": lambda: _write(f"/dev/shm/klartext-{os.getpid()}"),
        "open_network_socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(),
        "open_local_socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close(),
        "connect": lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close(),
        "fork": _fork,
        "signal_app": lambda: os.kill(app, 0),
        "signal_parent": lambda: os.kill(os.getppid(), 0),
        "trace_parent": _trace_parent,
    }
    found: dict[str, Any] = {name: _refused(attempt) for name, attempt in attempts.items()}
    tell({**found, "execute": False})
    return {**found, "execute": _refused(lambda: os.execv(sys.executable, [sys.executable, "-c", ""]))}


def _refused(attempt: Callable[[], Any]) -> bool | str:
    try:
        attempt()
    except OSError as error:
        return True if error.errno in _REFUSED else "inconclusive"
    except (ValueError, AttributeError, KeyError):  # this system does not even have such a thing
        return "inconclusive"
    return False


def _read(path: str) -> None:
    with open(path, "rb") as file:
        file.read(1)


def _write(path: str) -> None:
    with open(path, "wb") as file:
        file.write(b"x")
    os.unlink(path)


def _fork() -> None:
    process = os.fork()
    if process == 0:
        os._exit(0)
    os.waitpid(process, 0)


def _trace_parent() -> None:
    number = _TRACE[os.uname().machine]
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_long(0)
    if libc.syscall(ctypes.c_long(number), ctypes.c_long(_SEIZE), ctypes.c_long(os.getppid()), zero, zero) == -1:
        raise OSError(ctypes.get_errno(), "ptrace")

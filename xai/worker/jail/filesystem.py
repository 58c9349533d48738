"""Landlock: what a worker may read. Nothing may be written, started, or reached by name beyond that.

https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Iterable

from xai.worker.jail import libc
from xai.worker.jail.layer import Unavailable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
_ASK_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
# version -> how many kinds of access to files it knows (execute, write, read, …, refer, truncate, ioctl on devices)
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NETWORK = 0b11  # bind and connect with TCP, since version 4
_SCOPES = 0b11  # abstract Unix sockets and signals to processes outside, since version 6


def restrict(readable: Iterable[str]) -> None:
    """Allow reading below the given paths and nothing else. Paths that do not exist are left out."""
    version = _version()
    rules = struct.pack(
        "<QQQ",
        (1 << _FILE_RIGHTS[min(version, 5)]) - 1,
        _NETWORK if version >= 4 else 0,
        _SCOPES if version >= 6 else 0,
    )
    known = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.system_call(_CREATE_RULESET, ctypes.c_char_p(rules), ctypes.c_size_t(known), ctypes.c_uint32(0))
    try:
        for path in dict.fromkeys(readable):
            _allow(ruleset, path)
        libc.system_call(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _version() -> int:
    try:
        return libc.system_call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM):
            raise Unavailable(f"this kernel has no Landlock ({errno.errorcode[error.errno]})") from error
        raise


def _allow(ruleset: int, path: str) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this machine, or not for this user
        return
    try:
        folder = stat.S_ISDIR(os.fstat(place).st_mode)
        rule = struct.pack("<Qi", _READ_FILE | _READ_FOLDER if folder else _READ_FILE, place)
        kind = ctypes.c_int(_PATH_BENEATH)
        libc.system_call(_ADD_RULE, ctypes.c_int(ruleset), kind, ctypes.c_char_p(rule), ctypes.c_uint32(0))
    finally:
        os.close(place)

"""The few calls of the C library for which Python has no function."""

from __future__ import annotations

import ctypes
import os
import sys

from xai.worker.jail.layer import Unavailable

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def call(name: str, *arguments: object) -> int:
    """Call a function of the C library; OSError where it returns -1."""
    if _LIBC is None:
        raise Unavailable("only Linux has it")
    ctypes.set_errno(0)
    result = getattr(_LIBC, name)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def system_call(number: int, *arguments: object) -> int:
    """Make a system call by its number."""
    return call("syscall", ctypes.c_long(number), *arguments)


def control(option: int, value: int) -> None:
    """`prctl` with one value."""
    zero = ctypes.c_ulong(0)
    call("prctl", ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero)

"""seccomp: a list of the system calls that are allowed; everything else is denied with EPERM.

No sockets, no processes, no programs, no files opened for writing, no signals to and no limits on other processes.
"""

from __future__ import annotations

import ctypes
import os
import platform

from xai.worker.jail import filter_program as program
from xai.worker.jail import libc
from xai.worker.jail.call_numbers import AARCH64, ABSENT, CHECKED, HARMLESS, X86_64
from xai.worker.jail.layer import Unavailable

_MACHINES = {"x86_64": (X86_64, 0xC000003E), "aarch64": (AARCH64, 0xC00000B7)}
_SET_SECCOMP, _FILTER = 22, 2

_THREAD = 0x00010000
_NEW_NAMESPACE = 0x7E020000 | 0x00000080
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SHARED = 0x01  # memory that is not charged to the process
_TERMINAL_QUERY, _CLOSE_ON_EXEC, _KEEP_ON_EXEC, _WAITING_BYTES = 0x5401, 0x5451, 0x5450, 0x541B
_FCNTL_OWN = (0, 1, 2, 3, 4, 1030)  # duplicate, flags; not F_SETOWN, which sends signals to others
_NAME_THREAD = (15, 16)


def restrict() -> None:
    """Install the filter for this process and all its threads, for good."""
    if platform.machine() not in _MACHINES:
        raise Unavailable(f"no list of calls for {platform.machine()}")
    steps = _program(*_MACHINES[platform.machine()], own=os.getpid())

    class Filter(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    kept = ctypes.create_string_buffer(steps)  # must live until the kernel has copied it
    whole = Filter(len(steps) // 8, ctypes.addressof(kept))
    zero = ctypes.c_ulong(0)
    libc.call("prctl", ctypes.c_int(_SET_SECCOMP), ctypes.c_ulong(_FILTER), ctypes.byref(whole), zero, zero)


def _program(table: int, architecture: int, own: int) -> bytes:
    parts = [program.start(architecture)]
    for numbers in ABSENT.values():
        if (number := numbers[table]) is not None:
            parts.append(program.answer(number, program.ABSENT))
    # the most frequent first: the program is run from the top for every call
    for numbers in HARMLESS.values():
        if (number := numbers[table]) is not None:
            parts.append(program.answer(number, program.ALLOW))
    for name, tests in _tests(own).items():
        if (number := CHECKED[name][table]) is not None:
            parts.append(program.checked(number, tests))
    return b"".join([*parts, program.end()])


def _tests(own: int) -> dict[str, tuple[program.Test, ...]]:
    """What the arguments of a call must be."""
    return {
        "clone": (("bit", 0, (_THREAD,)), ("none of", 0, (_NEW_NAMESPACE,))),
        "openat": (("none of", 2, (_WRITING,)),),
        "open": (("none of", 1, (_WRITING,)),),
        "mmap": (("none of", 3, (_SHARED,)),),
        "ioctl": (("one of", 1, (_TERMINAL_QUERY, _CLOSE_ON_EXEC, _KEEP_ON_EXEC, _WAITING_BYTES)),),
        "fcntl": (("one of", 1, _FCNTL_OWN),),
        "prctl": (("one of", 0, _NAME_THREAD),),
        "prlimit64": (("one of", 0, (0, own)), ("zero", 2, ())),
        "tgkill": (("one of", 0, (own,)),),
    }

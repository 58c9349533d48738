"""A program in the kernel's packet-filter language that looks at each system call: a list of what is allowed.

https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in what the kernel hands to the program
ALLOW, KILL = 0x7FFF0000, 0x80000000
DENY, ABSENT = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
_OTHER_TABLE = 0x40000000  # x86-64 has a second table of calls above this number

if TYPE_CHECKING:
    Test = tuple[str, int, Sequence[int]]
    """(kind, argument's position, values): "one of" the values; a "bit" set; "none of" these bits; "zero" (64 bits)."""


def start(architecture: int) -> bytes:
    """Another architecture's calls have other meanings: end the process."""
    return b"".join(
        (
            _step(_LOAD, _ARCHITECTURE),
            _step(_JUMP_EQUAL, architecture, yes=1),
            _step(_RETURN, KILL),
            _step(_LOAD, _NUMBER),
            _step(_JUMP_AT_LEAST, _OTHER_TABLE, no=1),
            _step(_RETURN, KILL),
        )
    )


def answer(number: int, result: int) -> bytes:
    """Answer one call with `result`, whatever its arguments."""
    return _step(_JUMP_EQUAL, number, no=1) + _step(_RETURN, result)


def checked(number: int, tests: Sequence[Test]) -> bytes:
    """Allow one call where all tests hold, deny it otherwise."""
    body = b"".join(_tested(test) for test in tests) + _step(_RETURN, ALLOW)
    return _step(_JUMP_EQUAL, number, no=len(body) // 8) + body


def end() -> bytes:
    """What is not on the list is denied."""
    return _step(_RETURN, DENY)


def _tested(test: Test) -> bytes:
    kind, position, values = test
    low = _step(_LOAD, _ARGUMENTS + 8 * position)
    high = _step(_LOAD, _ARGUMENTS + 8 * position + 4)
    deny = _step(_RETURN, DENY)
    if kind == "zero":
        return low + _step(_JUMP_EQUAL, 0, yes=1) + deny + high + _step(_JUMP_EQUAL, 0, yes=1) + deny
    if kind == "bit":
        return low + _step(_JUMP_ANY_BIT, values[0], yes=1) + deny
    if kind == "none of":
        (bits,) = values
        return low + _step(_JUMP_ANY_BIT, bits, no=1) + deny
    if kind == "one of":
        count = len(values)
        jumps = [_step(_JUMP_EQUAL, value, yes=count - k) for k, value in enumerate(values)]
        return low + b"".join(jumps) + deny
    raise ValueError(kind)


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("<HBBI", code, yes, no, value)

"""What a worker is towards other processes: it ends with its parent, cannot be looked into, and gains no rights."""

from __future__ import annotations

import ctypes
import os
import signal
import struct

from xai.worker.jail import libc

_SET_PARENT_DEATH_SIGNAL, _SET_DUMPABLE, _SET_NO_NEW_PRIVILEGES, _DROP_FROM_BOUNDING_SET = 1, 4, 38, 24
_CAPABILITY_VERSION = 0x20080522  # capability sets of 64 bits, as two words


def end_with_parent() -> None:
    """Be killed when the parent ends, however it ends."""
    parent = os.getppid()
    libc.control(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it ended a moment before it was asked for


def hide() -> None:
    """No debugger may attach, no memory is dumped, and other processes cannot read this one's files in /proc."""
    libc.control(_SET_DUMPABLE, 0)


def no_new_privileges() -> None:
    """Programs that run with their owner's rights (setuid) no longer do."""
    libc.control(_SET_NO_NEW_PRIVILEGES, 1)


def drop_capabilities() -> None:
    """Give up every special right, also those that root or the owner of a user namespace has."""
    for capability in range(64):
        try:
            libc.control(_DROP_FROM_BOUNDING_SET, capability)
        except OSError:  # an ordinary user may not, and has none; beyond the last one there are no more
            break
    header = ctypes.create_string_buffer(struct.pack("<Ii", _CAPABILITY_VERSION, 0))
    libc.call("capset", header, ctypes.create_string_buffer(bytes(24)))

"""A network, messages and names of its own: the worker is in none of the machine's networks any more."""

from __future__ import annotations

import ctypes
import errno

from xai.worker.jail import libc
from xai.worker.jail.layer import Unavailable

_NEW_USER, _NEW_NETWORK, _NEW_IPC, _NEW_NAMES = 0x10000000, 0x40000000, 0x08000000, 0x04000000


def leave() -> None:
    """Enter new, empty namespaces. Unavailable where an ordinary user may not."""
    try:
        libc.call("unshare", ctypes.c_int(_NEW_USER | _NEW_NETWORK | _NEW_IPC | _NEW_NAMES))
    except OSError as error:
        if error.errno in (errno.EPERM, errno.ENOSYS, errno.ENOSPC, errno.EUSERS):
            raise Unavailable(f"not allowed here ({errno.errorcode[error.errno]})") from error
        raise

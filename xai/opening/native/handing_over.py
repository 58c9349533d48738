"""Bytes for a library that reads files only, in a process that may not write any: through a pipe."""

from __future__ import annotations

import ctypes
import os
import select
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WAIT = 10.0  # seconds until the first bytes are in the pipe
_FULLY_BUFFERED = 0  # _IOFBF


@contextmanager
def as_file(raw: bytes) -> Iterator[str]:
    """A path at which these bytes can be read once, from the beginning to the end."""
    if not Path("/proc/self/fd").is_dir():  # elsewhere than on Linux no worker is kept from writing
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            path.write_bytes(raw)
            yield str(path)
        return
    reading, writing = os.pipe()
    try:
        _feed(writing, raw)
        select.select([reading], [], [], _WAIT)
        yield f"/proc/self/fd/{reading}"
    finally:
        os.close(reading)


def _feed(writing: int, raw: bytes) -> None:
    """Write everything and close, in one call of the C library that needs no lock of Python's.

    The reading library keeps Python's lock, so a thread that has to come back to Python in between never gets on.
    """
    library = ctypes.CDLL(None)
    library.fdopen.restype = ctypes.c_void_p
    library.fwrite.argtypes = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p)
    library.setvbuf.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_size_t)
    library.fclose.argtypes = (ctypes.c_void_p,)
    stream = library.fdopen(writing, b"w")
    buffer = ctypes.create_string_buffer(len(raw) + 1)  # one more than is written: nothing leaves it before the end
    library.setvbuf(stream, buffer, _FULLY_BUFFERED, len(buffer))
    library.fwrite(raw, 1, len(raw), stream)
    # the buffer must outlive the call
    threading.Thread(target=lambda: (library.fclose(stream), buffer), daemon=True).start()

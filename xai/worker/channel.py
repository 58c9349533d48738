"""The worker's end of its socket, by plain reading and writing: a worker may not make the other calls sockets have."""

from __future__ import annotations

import os
import socket
from typing import Any


class Channel:
    """Sends and receives whole pieces; EOFError when the app has closed its end."""

    def __init__(self, end: int | socket.socket) -> None:
        self._end = end

    @property
    def kept(self) -> tuple[int, ...]:
        """The file descriptor to keep open."""
        return (self._end if isinstance(self._end, int) else self._end.fileno(),)

    def send(self, data: Any) -> None:
        left = memoryview(data)
        while left:
            sent = os.write(self._end, left) if isinstance(self._end, int) else self._end.send(left)
            left = left[sent:]

    def receive(self, count: int) -> bytearray:
        data = bytearray(count)
        view, got = memoryview(data), 0
        while got < count:
            rest = view[got:]
            # Windows: a socket is no file there
            read = os.readv(self._end, [rest]) if isinstance(self._end, int) else self._end.recv_into(rest)
            if not read:
                raise EOFError
            got += read
        return data

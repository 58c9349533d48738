"""As much of FlatBuffers as it takes to read one: tables with optional fields, vectors, numbers.

https://flatbuffers.dev/internals/
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Table:
    """A table in a buffer. Fields are asked for by their number in the schema."""

    buffer: bytes
    place: int

    def number(self, field: int, kind: str, default: float = 0) -> float:
        """A number of a struct kind such as "<i"."""
        place = self._field(field)
        return struct.unpack_from(kind, self.buffer, place)[0] if place else default

    def table(self, field: int) -> Table:
        place = self._field(field)
        return Table(self.buffer, place + self._offset(place))

    def tables(self, field: int) -> list[Table]:
        """A vector of tables."""
        start, count = self._vector(field)
        places = [start + 4 * k for k in range(count)]
        return [Table(self.buffer, place + self._offset(place)) for place in places]

    def array(self, field: int, kind: str) -> np.ndarray:
        """A vector of numbers of a NumPy type."""
        start, count = self._vector(field)
        return np.frombuffer(self.buffer, dtype=kind, count=count, offset=start)

    def _field(self, field: int) -> int:
        """Where a field is; 0 where it was left out."""
        known = self.place - struct.unpack_from("<i", self.buffer, self.place)[0]
        entry = 4 + 2 * field
        if entry >= struct.unpack_from("<H", self.buffer, known)[0]:
            return 0
        inside = struct.unpack_from("<H", self.buffer, known + entry)[0]
        return self.place + inside if inside else 0

    def _vector(self, field: int) -> tuple[int, int]:
        place = self._field(field)
        if not place:
            return 0, 0
        start = place + self._offset(place)
        return start + 4, struct.unpack_from("<I", self.buffer, start)[0]

    def _offset(self, place: int) -> int:
        return struct.unpack_from("<I", self.buffer, place)[0]


def root(buffer: bytes) -> Table:
    """The outermost table."""
    return Table(buffer, struct.unpack_from("<I", buffer, 0)[0])

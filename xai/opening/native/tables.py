"""Reading a FlatBuffer without trusting its offsets: tables, texts, and vectors of numbers, as far as they exist.

https://flatbuffers.dev/internals: little-endian; a table begins with the way back to the list of its fields.
"""

from __future__ import annotations

import struct

import numpy as np


class Table:
    """A table at a place in the bytes. Raises ValueError wherever an offset leads out of them."""

    def __init__(self, raw: bytes, place: int) -> None:
        self.raw = raw
        self.place = place
        self.fields = place - self._number("<i", place)
        self.length = self._number("<H", self.fields)

    @classmethod
    def root(cls, raw: bytes) -> Table:
        """The outermost table."""
        return cls(raw, _unpack(raw, "<I", 0))

    def table(self, field: int) -> Table | None:
        found = self._follow(field)
        return None if found is None else Table(self.raw, found)

    def tables(self, field: int) -> list[Table]:
        """A vector of tables; [] where there is none."""
        start, count = self._vector(field, 4)
        places = [start + 4 * k for k in range(count)]
        return [Table(self.raw, place + self._number("<I", place)) for place in places]

    def text(self, field: int) -> str:
        start, count = self._vector(field, 1)
        return self.raw[start : start + count].decode("utf-8", "replace")

    def numbers(self, field: int, kind: str) -> np.ndarray:
        """A vector of numbers of one of NumPy's types."""
        own = np.dtype(kind)
        start, count = self._vector(field, own.itemsize)
        return np.frombuffer(self.raw, own, count, start) if count else np.array([], own)

    def whole(self, field: int, default: int) -> int:
        """A whole number of four bytes."""
        place = self._place(field)
        return default if place is None else self._number("<i", place)

    def count(self, field: int) -> int:
        """How many entries a vector of tables or texts has."""
        return self._vector(field, 4)[1]

    def _place(self, field: int) -> int | None:
        entry = 4 + 2 * field
        if entry + 2 > self.length:
            return None
        offset = self._number("<H", self.fields + entry)
        return self.place + offset if offset else None

    def _follow(self, field: int) -> int | None:
        place = self._place(field)
        return None if place is None else place + self._number("<I", place)

    def _vector(self, field: int, size: int) -> tuple[int, int]:
        """Where the entries begin, and how many there are."""
        place = self._follow(field)
        if place is None:
            return 0, 0
        count = self._number("<I", place)
        if place + 4 + count * size > len(self.raw):
            raise ValueError("a vector beyond the end")
        return place + 4, count

    def _number(self, form: str, place: int) -> int:
        return _unpack(self.raw, form, place)


def _unpack(raw: bytes, form: str, place: int) -> int:
    if place < 0 or place + struct.calcsize(form) > len(raw):
        raise ValueError("an offset beyond the end")
    return struct.unpack_from(form, raw, place)[0]

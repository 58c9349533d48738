"""Reading a pickle without believing its claims: lengths, depths and opcodes that no model needs.

Both readers of a file stand on this: the one that only looks (scanning) and the one that constructs. Python's own
unpickler is extended because the compiled one cannot be, at the level of opcodes.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterable
from io import BytesIO
from typing import Any, ClassVar

from xai.errors import OpeningError
from xai.limits import limits

# Old-style instances, extension codes, persistent ids, buffers outside the file: nothing that saves models writes them.
_REFUSED = ("INST", "OBJ", "EXT1", "EXT2", "EXT4", "PERSID", "BINPERSID", "NEXT_BUFFER", "READONLY_BUFFER")
_SET_TYPES = (set,)


def tampered(found: str) -> OpeningError:
    """The error for what no program writes when it saves a model."""
    return OpeningError("tampered-file", found=found)


class BoundedUnpickler(pickle._Unpickler):
    """Reads a pickle from memory within limits. Raises OpeningError "tampered-file" and "too-deep"."""

    dispatch: ClassVar = dict(pickle._Unpickler.dispatch)

    def __init__(self, stream: BytesIO, level: int = 0) -> None:
        if level > limits().nested_pickles:
            raise OpeningError("too-deep", limit=limits().nested_pickles)
        super().__init__(stream)
        self.stream = stream
        self.level = level
        self.size = stream.getbuffer().nbytes

    def persistent_load(self, identity: Any) -> Any:
        raise tampered("PERSID")

    def get_extension(self, code: int) -> Any:
        raise tampered(f"EXT {code}")

    def _refuse(self) -> None:
        raise tampered("opcode INST, OBJ, EXT, PERSID or BUFFER")

    for _name in _REFUSED:
        dispatch[getattr(pickle, _name)[0]] = _refuse

    # --- lengths: compared with the file before anything is reserved

    def load_bytearray8(self) -> None:
        (length,) = struct.unpack("<Q", self.read(8))
        if length > self.size:
            raise EOFError(f"an array of bytes claims {length} of them")
        self.append(bytearray(self.read(length)))

    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8

    def load_long(self) -> None:
        self.append(_whole(self.readline()[:-1].rstrip(b"L")))

    dispatch[pickle.LONG[0]] = load_long

    def load_int(self) -> None:
        text = self.readline()[:-1]
        # protocol 0 writes truth values as whole numbers
        self.append({b"00": False, b"01": True}[text] if text in (b"00", b"01") else _whole(text))

    dispatch[pickle.INT[0]] = load_int

    # --- hashing: a tuple of shared tuples takes 2^depth steps

    def load_setitem(self) -> None:
        _check_keys(self.stack[-2:-1])
        self._check_target(self.stack[-3], (dict,))
        super().load_setitem()

    dispatch[pickle.SETITEM[0]] = load_setitem

    def load_setitems(self) -> None:
        _check_keys(self.stack[::2])
        self._check_target(self.metastack[-1][-1], (dict,))
        super().load_setitems()

    dispatch[pickle.SETITEMS[0]] = load_setitems

    def load_dict(self) -> None:
        _check_keys(self.stack[::2])
        super().load_dict()

    dispatch[pickle.DICT[0]] = load_dict

    def load_additems(self) -> None:
        _check_keys(self.stack)
        self._check_target(self.metastack[-1][-1], _SET_TYPES)
        super().load_additems()

    dispatch[pickle.ADDITEMS[0]] = load_additems

    def load_frozenset(self) -> None:
        _check_keys(self.stack)
        super().load_frozenset()

    dispatch[pickle.FROZENSET[0]] = load_frozenset

    # --- containers: only they are filled; every other object would run its own append, extend, add or __setitem__

    def load_append(self) -> None:
        self._check_target(self.stack[-2], (list,))
        super().load_append()

    dispatch[pickle.APPEND[0]] = load_append

    def load_appends(self) -> None:
        self._check_target(self.metastack[-1][-1], (list,))
        super().load_appends()

    dispatch[pickle.APPENDS[0]] = load_appends

    def _check_target(self, target: Any, kinds: tuple[type, ...]) -> None:
        if not isinstance(target, kinds):
            raise tampered(f"items for {type(target).__name__}")

    # --- depth

    def load_mark(self) -> None:
        if len(self.metastack) > limits().nesting:
            raise OpeningError("too-deep", limit=limits().nesting)
        super().load_mark()

    dispatch[pickle.MARK[0]] = load_mark

    def load_empty_list(self) -> None:
        self._check_stack()
        super().load_empty_list()

    dispatch[pickle.EMPTY_LIST[0]] = load_empty_list

    def load_empty_tuple(self) -> None:
        self._check_stack()
        super().load_empty_tuple()

    dispatch[pickle.EMPTY_TUPLE[0]] = load_empty_tuple

    def load_empty_dictionary(self) -> None:
        self._check_stack()
        super().load_empty_dictionary()

    dispatch[pickle.EMPTY_DICT[0]] = load_empty_dictionary

    def _check_stack(self) -> None:
        if len(self.stack) > limits().operands:
            raise OpeningError("too-deep", limit=limits().operands)


def _whole(text: bytes) -> int:
    """Reading a decimal number takes the square of its length."""
    if len(text) > limits().long_digits:
        raise tampered(f"a number of {len(text)} digits")
    return int(text, 0)


def _check_keys(keys: Iterable[Any], depth: int = 0) -> None:
    for key in keys:
        if type(key) is tuple or type(key) is frozenset:
            if depth > limits().key_depth or len(key) > limits().key_items:
                raise OpeningError("too-deep", limit=limits().key_depth)
            _check_keys(key, depth + 1)

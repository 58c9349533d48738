"""Machine code from its file into this process. numba is not needed, and nothing is ever compiled here."""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from xai.compiled import place

# numba's own functions for errors that cannot happen in code that neither allocates nor raises; they are not loaded
_UNREACHABLE = (
    "numba_gil_ensure",
    "numba_gil_release",
    "numba_unpickle",
    "numba_runtime_build_excinfo_struct",
    "numba_do_raise",
    "NRT_Free",
    "NRT_MemInfo_call_dtor",
)
SYMBOL = "klartext_"  # and the name of the function: what it is called in the object file
_KINDS = (np.dtype(np.int32), np.dtype(np.uint64), np.dtype(np.float64))
_ENTRY = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)


class MachineCode:
    """Compiled functions by their names. Calls hold no lock of Python's: threads really run side by side."""

    def __init__(self, content: bytes, names: Sequence[str]) -> None:
        from llvmlite import binding

        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        for name in _UNREACHABLE:
            binding.add_symbol(name, _address_of_abort())
        machine = binding.Target.from_default_triple().create_target_machine(codemodel="jitdefault")
        self._engine = binding.create_mcjit_compiler(binding.parse_assembly(""), machine)
        self._engine.add_object_file(binding.ObjectFileRef.from_data(content))
        self._engine.finalize_object()
        self._entries = {name: _ENTRY(self._engine.get_function_address(SYMBOL + name)) for name in names}

    def call(self, name: str, arrays: Sequence[np.ndarray], sizes: Sequence[int]) -> None:
        """Run a function. Arrays are contiguous int32, uint64 or float64, in the order the function wants of each."""
        addresses: tuple[list[int], ...] = ([], [], [])
        for array in arrays:
            if not array.flags.c_contiguous:
                raise ValueError("an array that is not contiguous")
            addresses[_KINDS.index(array.dtype)].append(array.__array_interface__["data"][0])
        tables = [(ctypes.c_void_p * max(1, len(each)))(*each) for each in addresses]
        self._entries[name](*tables, (ctypes.c_int64 * len(sizes))(*sizes))


def machine_code() -> MachineCode | None:
    """This machine's compiled code; None while it is not there, or where it cannot be used."""
    path = place.file()
    return _loaded(path) if path is not None and path.exists() else None


@cache
def _loaded(path: Path) -> MachineCode | None:
    """Once for each process; code does not change under its name."""
    try:
        return read(path)
    except (OSError, RuntimeError, ValueError):  # not a whole file, or memory that may not be executed
        return None


def read(path: Path) -> MachineCode:
    """The code of a file. Raises ValueError where the file is not whole: LLVM would take the process down with it."""
    head, _, content = path.read_bytes().partition(b"\n")
    digest, *names = head.decode().split() or [""]
    if digest != hashlib.sha256(content).hexdigest():
        raise ValueError("not a whole file of compiled code")
    return MachineCode(content, names)


def packed(content: bytes, names: Sequence[str]) -> bytes:
    """A file of code: a line with the digest of what follows and the names of its functions, then an object file."""
    return " ".join([hashlib.sha256(content).hexdigest(), *names]).encode() + b"\n" + content


def _address_of_abort() -> int:
    library = ctypes.CDLL("msvcrt" if os.name == "nt" else None)
    return ctypes.cast(library.abort, ctypes.c_void_p).value or 0

"""Compile the kernels with numba, try them, and put them where `loading` finds them. Seconds of work, done once."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from xai.compiled import loading, place

_PACKAGE = Path(__file__).parents[1]
_PATIENCE = 600.0  # seconds after which whoever was compiling is taken for dead


def begin() -> None:
    """See to it that the code will be there some time: start to compile in the background unless that was done."""
    if os.environ.get(place.OFF) != "off":
        _begin()


@cache  # once for each process: what fails now fails again
def _begin() -> None:
    with contextlib.suppress(OSError):  # no programs can be started here: NumPy has to do
        _start("--politely")  # which ends at once where the code is there already


def build(path: Path) -> None:
    """Compile into `path`. Returns when the code is there, whoever made it; RuntimeError where it does not work."""
    while not path.exists():
        with _turn(path) as mine:
            if mine and not path.exists():
                _publish(path)
        if not mine:
            time.sleep(0.2)


@contextlib.contextmanager
def _turn(path: Path) -> Iterator[bool]:
    """Whether it is this process that compiles; only one does at a time."""
    lock = path.with_suffix(".lock")
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        with contextlib.suppress(FileNotFoundError):
            if time.time() - lock.stat().st_mtime > _PATIENCE:
                lock.unlink()
        yield False
        return
    try:
        yield True
    finally:
        lock.unlink(missing_ok=True)


def _publish(path: Path) -> None:
    """Compile under another name, try the code in a process of its own (it might crash), then give it its name."""
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        draft.write_bytes(compiled())
        draft.chmod(0o600)
        if _start("--try", str(draft)).wait() != 0:
            raise RuntimeError("the compiled kernels do not give the numbers they should")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def compiled() -> bytes:
    """The kernels as a file for `loading`."""
    from llvmlite import binding
    from numba import cfunc, types

    from xai.attribution.trees.kernels.entries import ENTRIES

    table = types.CPointer
    signature = types.void(
        table(table(types.int32)), table(table(types.uint64)), table(table(types.float64)), table(types.int64)
    )
    whole = binding.parse_assembly("")
    for entry in ENTRIES:
        code = cfunc(signature, error_model="numpy")(entry)
        named = code.inspect_llvm().replace(code.native_name, loading.SYMBOL + entry.__name__)
        whole.link_in(binding.parse_assembly(named))
    machine = binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=3,
        codemodel="jitdefault",
    )
    return loading.packed(machine.emit_object(whole), [entry.__name__ for entry in ENTRIES])


def try_out(path: Path) -> bool:
    """Whether the code in a file gives the numbers that NumPy gives."""
    from xai.attribution.trees.trial import agrees

    return agrees(loading.read(path))


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    paths = [str(_PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", "xai.compiled", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )

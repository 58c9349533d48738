"""What a worker's program is started with: an environment made from scratch, and the list of what it may read."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from xai.limits import PREFIX, Limits

PACKAGE = Path(__file__).parents[1]
_PASSED_ON = ("LD_LIBRARY_PATH", "SYSTEMROOT")  # without them some interpreters do not start
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
)
_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/null",
    "/dev/urandom",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup",
)


def environment(limits: Limits, app: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables of a worker's program. Nothing of the app's own environment is in it but where libraries lie."""
    from xai.compiled import place  # only here: a model's own environment runs this file, without kernels

    nowhere, kernels = "/nonexistent", place.folder(app)
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": nowhere,
        "MPLCONFIGDIR": nowhere,
        "MPLBACKEND": "Agg",
        "PYTHONPATH": os.pathsep.join([str(PACKAGE.parent), *_added_paths(app)]),
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        # its thread pools need semaphores in shared memory, which a worker must not have: everything runs in one thread
        "JOBLIB_MULTIPROCESSING": "0",
        "ARROW_DEFAULT_MEMORY_POOL": "system",  # its own allocators reserve a gigabyte at once, beyond the limit
        # and one of them starts a thread, but a process with threads must not fork
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        **dict.fromkeys(_ONE_THREAD, "1"),
        # compiled kernels are found where the app keeps them, and only the app has them compiled
        **({} if kernels is None else {place.FOLDER: str(kernels)}),
        place.OFF: "off",
        **{name: app[name] for name in _PASSED_ON if name in app},
        **{name: value for name, value in limits.to_environment().items() if name.startswith(PREFIX)},
    }


def readable() -> tuple[str, ...]:
    """Files and folders a worker may read: Python, its packages, system libraries, this package and its kernels, demos.

    Not the app's folder: its pages, settings and secrets are none of a worker's business.
    """
    from xai.compiled import place

    kernels = place.folder()
    own = [str(PACKAGE), str(PACKAGE.parent / "models"), *([] if kernels is None else [str(kernels)])]
    return (*libraries(), *own)


def libraries() -> tuple[str, ...]:
    """Of that, what belongs to this Python and to the system."""
    paths = sysconfig.get_paths()
    python = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    packages = [entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages", "lib-dynload")]
    return (*python, *packages, *_library_folders(), *_SYSTEM)


def forget_the_app() -> None:
    """Nothing beside this package can be imported from the app's folder any more."""
    sys.path[:] = [entry for entry in sys.path if entry and Path(entry) != PACKAGE.parent]


def _added_paths(app: Mapping[str, str]) -> list[str]:
    """Packages the operator added through PYTHONPATH; a folder of the app is not among them."""
    added = [entry for entry in app.get("PYTHONPATH", "").split(os.pathsep) if entry]
    return [entry for entry in added if Path(entry).name in ("site-packages", "dist-packages")]


def _library_folders() -> list[str]:
    """Folders of the shared libraries that are loaded: the interpreter's own may lie anywhere."""
    try:
        lines = Path("/proc/self/maps").read_text().splitlines()
    except OSError:
        return []
    files = {line.split(maxsplit=5)[5] for line in lines if ".so" in line and len(line.split(maxsplit=5)) == 6}
    return sorted({str(Path(file).parent) for file in files})

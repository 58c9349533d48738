"""Where machine code is kept: one file for each version of the sources, of the compiler and of the processor."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

FOLDER = "KLARTEXT_KERNELS"
"""The setting that names the folder; by default it is one of the user's, or beside the package, or a temporary one."""
OFF = "KLARTEXT_COMPILE"
"""The setting that forbids to compile where it is "off"; workers have it, as they may not start programs."""
_TREES = Path(__file__).parents[1] / "attribution" / "trees"
# what is compiled, the constants it uses, and who compiles and loads it
_SOURCES = (_TREES / "ensemble.py", _TREES / "kernels", Path(__file__).parent)


def file(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file that holds this machine's code, once it is there; None where it cannot be kept or never used."""
    name, where = _name(), folder(environment)
    return where / name if name and where else None


def folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The first possible folder that belongs to this user and to nobody else, made if need be."""
    if FOLDER in environment:
        return _own(Path(environment[FOLDER]))
    temporary = Path(tempfile.gettempdir()) / f"klartext-{_user()}"
    possible = (_user_cache(environment), Path(__file__).parent / "__pycache__", temporary)
    return next((found for each in possible if each is not None and (found := _own(each))), None)


def _own(path: Path) -> Path | None:
    """The folder, if nobody else can put code into it: what lies there will be run."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
    except OSError:
        return None
    if os.name == "posix" and (found.st_uid not in (_user(), 0) or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
        return None
    return path


def _user_cache(environment: Mapping[str, str]) -> Path | None:
    if sys.platform == "win32":
        base = environment.get("LOCALAPPDATA")
        return Path(base) / "klartext" if base else None
    if "XDG_CACHE_HOME" in environment:
        return Path(environment["XDG_CACHE_HOME"]) / "klartext"
    home = environment.get("HOME")
    caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path(home) / caches / "klartext" if home else None


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


@cache
def _name() -> str | None:
    """A name that changes with everything the code depends on; None without numba and its LLVM."""
    try:
        from llvmlite import binding

        used = [version("numba"), version("llvmlite"), sys.platform, binding.get_process_triple()]
    except (ImportError, PackageNotFoundError, OSError):
        return None
    used += [binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()]
    digest = hashlib.sha256("\n".join(used).encode())
    for path in _SOURCES:
        for source in sorted(path.glob("*.py")) if path.is_dir() else [path]:
            digest.update(source.read_bytes())
    return f"kernels-{digest.hexdigest()[:24]}.o"

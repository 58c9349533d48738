"""The locks a worker puts on itself, in this order, before it reads its first byte. None can be taken off again.

Each step says what became of it, because kernels and containers differ; what it is worth is tried out in `attest`.
"""

from __future__ import annotations

import errno
from collections.abc import Callable

from xai.worker.jail import descriptors, filesystem, namespaces, process, resources, system_calls
from xai.worker.jail.layer import Confinement, Layer, Unavailable

__all__ = ["Confinement", "Layer", "lock_down"]


def lock_down(confinement: Confinement) -> tuple[Layer, ...]:
    """Apply every layer this kernel has. Never raises: a layer that could not be applied is reported as such."""
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("descriptors", lambda: descriptors.close_others(confinement.kept)),
        ("resources", lambda: resources.limit(confinement)),
        ("ends-with-parent", process.end_with_parent),
        ("not-dumpable", process.hide),
        # A process with threads cannot enter new namespaces, so they come before anything that might start one.
        ("namespaces", namespaces.leave),
        ("threads", lambda: resources.limit_threads(confinement.threads)),
        ("capabilities", process.drop_capabilities),
        ("no-new-privileges", process.no_new_privileges),
        ("filesystem", lambda: filesystem.restrict(confinement.readable)),
        ("system-calls", system_calls.restrict),
    )
    return tuple(_apply(name, step) for name, step in steps)


def _apply(name: str, step: Callable[[], None]) -> Layer:
    try:
        step()
    except Unavailable as missing:
        return Layer(name, "unavailable", str(missing))
    except OSError as error:
        return Layer(name, "failed", errno.errorcode.get(error.errno or 0, str(error)))
    except (ValueError, AttributeError, ImportError) as error:  # no such limit, no such function in this C library
        return Layer(name, "failed", f"{type(error).__name__}: {error}")
    return Layer(name, "on")

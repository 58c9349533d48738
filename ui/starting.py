"""What is begun before the first visit needs it. As little as possible is loaded for that."""

from __future__ import annotations

import contextlib
import gc
import importlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from xai.errors import KlartextError
from xai.limits import Limits
from xai.worker import nursery as nurseries


@cache
def nursery() -> nurseries.Nursery:
    """Where the app's workers come from; it loads what they need from the moment it is first asked for."""
    found = nurseries.nursery(Limits.from_environment())
    found.prepare()
    return found


def begin() -> None:
    """When the program is started. What is wrong with a setting is told to whoever visits."""
    gc.disable()  # until everything is loaded: none of it is garbage, and looking for some takes a fifth longer
    with contextlib.suppress(KlartextError):
        nursery()


def load() -> None:
    """Before the server listens: what the first visit needs. While it serves, both would take several times as long."""
    importlib.import_module("ui.frame")


@asynccontextmanager
async def before_anybody_comes(_: Any) -> AsyncIterator[None]:
    """When it listens: ask what the first visitor is going to ask."""
    gc.freeze()  # what is loaded stays, and need not be looked at again
    gc.enable()
    threading.Thread(target=_ask, name="klartext-start", daemon=True).start()
    yield


def _ask() -> None:
    with contextlib.suppress(KlartextError):  # told to whoever visits
        importlib.import_module("ui.beforehand").ask()

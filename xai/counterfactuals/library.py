"""A heavy library that is imported beside other work, so that importing it does not use up somebody's time limit."""

from __future__ import annotations

import importlib
import sys
import threading


class Library:
    """One module by its name. Safe for several threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Start to import it, unless that has happened."""
        with self._lock:
            if self._name not in sys.modules and self._thread is None:
                self._thread = threading.Thread(target=importlib.import_module, args=(self._name,), name=self._name)
                self._thread.start()

    def ready(self, seconds: float) -> bool:
        """Whether it can be used, after waiting for it at most so long."""
        self.begin()
        if self._thread is not None:
            self._thread.join(seconds)
            return not self._thread.is_alive()
        return True

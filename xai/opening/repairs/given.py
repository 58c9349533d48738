"""The names of earlier versions while a file is read: where they are today, or what stands in for them."""

from __future__ import annotations

from typing import Any

from xai.opening.guards.names import Given, trouble_with
from xai.opening.repairs import names
from xai.opening.repairs.notes import Notes


class RepairedNames(Given):
    """Gives a file of an earlier version what its names mean today, and notes which those were."""

    def __init__(self, notes: Notes | None = None) -> None:
        super().__init__()
        self.notes = notes or Notes()

    def give(self, module: str, name: str) -> Any:
        """The object of a listed name, under whatever name it is there today."""
        if (error := trouble_with(module, name)) is not None:
            raise error
        wanted = self.allowed.today(module, name)
        if module.startswith(("numpy.core", "numpy._core")):
            self.notes.numpy = 1 if module.startswith("numpy.core") else 2
        repaired = wanted in self.allowed.repaired
        today = wanted == (module, name) and (not repaired or names.unchanged(module, name))
        if module.split(".")[0] in ("sklearn", "_loss") and not today:
            gone = repaired and not names.moved(*wanted)
            self.notes.note("gone-names" if gone else "moved-names", name)
        return self.note(wanted, names.answer(*wanted)) if repaired else super().give(module, name)

"""May environments be made here, where are they kept, and how many? `KLARTEXT_ENVIRONMENTS` and what follows it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xai.errors import KlartextError

SWITCH, FOLDER = "KLARTEXT_ENVIRONMENTS", "KLARTEXT_ENVIRONMENTS_FOLDER"


@dataclass(frozen=True)
class Settings:
    """What an operator decides about environments."""

    allowed: bool  # making one loads packages from the network: up to a gigabyte for one model
    folder: Path

    @classmethod
    def from_environment(cls, local: bool, environment: Mapping[str, str] = os.environ) -> Settings:
        """On by default where only this machine can reach the app (and in a terminal), off for a served app.

        Raises KlartextError("bad-switch") for anything but "on" and "off".
        """
        said = environment.get(SWITCH, "") or ("on" if local else "off")
        if said not in ("on", "off"):
            raise KlartextError("bad-switch", name=SWITCH, value=said, known="on, off")
        asked = environment.get(FOLDER)
        return cls(said == "on", Path(asked) if asked else cache_folder(environment) / "environments")


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where this system keeps what can be made again; never inside the project."""
    home = Path(environment.get("HOME") or tempfile.gettempdir())
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "klartext"
    return Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / "klartext"

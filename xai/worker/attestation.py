"""How far a worker is really locked in, and what follows from it: may strangers upload files here?"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from xai.errors import KlartextError
from xai.results import Result
from xai.worker.jail import Layer

Level = Literal["full", "partial", "none"]
SETTING, KNOWINGLY = "KLARTEXT_UPLOADS", "allow-list-only"
ATTEMPTS = (
    "read_app_file",
    "read_app_environment",
    "read_parent_environment",
    "write_temporary_file",
    "write_shared_memory",
    "open_network_socket",
    "open_local_socket",
    "connect",
    "fork",
    "signal_app",
    "signal_parent",
    "trace_parent",
    "execute",
)


@dataclass(frozen=True)
class Attestation(Result):
    """What was tried from inside a worker, and whether files of strangers may be opened on that ground."""

    level: Level
    blocked: Mapping[str, bool | Literal["inconclusive"]]  # only a refusal (EPERM, EACCES) is True
    layers: tuple[Layer, ...]
    uploads: bool
    reason: str  # catalogue key under `isolation.`: why uploads are on or off

    def to_dict(self) -> dict[str, Any]:
        layers = {layer.name: layer.state + (f" ({layer.reason})" if layer.reason else "") for layer in self.layers}
        return {
            "level": self.level,
            "blocked": dict(self.blocked),
            "layers": layers,
            "uploads": self.uploads,
            "reason": self.reason,
        }


def judge(
    found: Mapping[str, Any], layers: tuple[Layer, ...], local: bool, environment: Mapping[str, str] = os.environ
) -> Attestation:
    """The level from what was tried; `local`: the app can be reached from this machine only."""
    blocked = {name: found[name] if isinstance(found.get(name), bool) else "inconclusive" for name in ATTEMPTS}
    held = [name for name in ATTEMPTS if blocked[name] is True]
    level: Level = "full" if len(held) == len(ATTEMPTS) else "partial" if held else "none"
    uploads, reason = _uploads(level, local, environment.get(SETTING, ""))
    return Attestation(level, blocked, layers, uploads, reason)


def _uploads(level: Level, local: bool, setting: str) -> tuple[bool, str]:
    """An operator may knowingly rely on the allow-list alone, but only where nobody else can reach the app."""
    if setting not in ("", "off", KNOWINGLY):
        raise KlartextError("bad-setting", name=SETTING, value=setting)
    if setting == "off":
        return False, "switched-off"
    if level == "full":
        return True, "full"
    if setting == KNOWINGLY and local:
        return True, "allow-list-only"
    return False, "not-local" if setting == KNOWINGLY else "incomplete"

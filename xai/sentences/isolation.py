"""How far uploaded files are locked in, in words."""

from __future__ import annotations

from xai.texts import Wording
from xai.worker.attestation import Attestation

_VERDICTS = {True: "yes", False: "no", "inconclusive": "unclear"}


def headline(attestation: Attestation, wording: Wording) -> str:
    """The level in one line."""
    return wording.say("isolation.headline", level=wording.say(f"isolation.{attestation.level}"))


def uploads(attestation: Attestation, wording: Wording) -> str:
    """Whether own files can be opened, and why."""
    permitted = wording.say("isolation.uploads_on" if attestation.uploads else "isolation.uploads_off")
    return f"{permitted} {wording.say(f'isolation.reason.{attestation.reason}')}"


def attempts(attestation: Attestation, wording: Wording) -> list[tuple[str, str]]:
    """(what was tried from inside, what came of it), for a table."""
    return [
        (wording.say(f"isolation.blocked.{name}"), wording.say(f"isolation.verdict.{_VERDICTS[result]}"))
        for name, result in attestation.blocked.items()
    ]


def printed(attestation: Attestation, wording: Wording) -> str:
    """Everything, for a terminal."""
    tried = attempts(attestation, wording)
    width = max(len(what) for what, _ in tried)
    lines = [f"  {what:<{width}}  {verdict}" for what, verdict in tried]
    layers = [f"  {layer.name}: {layer.state} {layer.reason}".rstrip() for layer in attestation.layers]
    return "\n".join((headline(attestation, wording), uploads(attestation, wording), "", *lines, "", *layers))

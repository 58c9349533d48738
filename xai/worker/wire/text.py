"""Text that a worker sent is data: bounded, and without characters that only steer a terminal or a page."""

from __future__ import annotations

import re

from xai.worker.wire.errors import WireError

LONGEST = 32_768  # characters of one text; what is longer is cut and ends with …
_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
# control characters but tab and line ends, and halves of characters that no encoding can write
_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str, longest: int = LONGEST) -> str:
    """The same text; control characters are dropped."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return text if text.isprintable() else _STEERING.sub("", text)


def code(text: object) -> str:
    """A catalogue key's name, such as "out-of-range"."""
    if not isinstance(text, str) or not _CODE.fullmatch(text):
        raise WireError("not a code")
    return text

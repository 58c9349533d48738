"""From bytes to text: which encoding a table was written in."""

from __future__ import annotations

import codecs

from xai.errors import DataError
from xai.results import Notice

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(raw: bytes) -> tuple[str, str, tuple[Notice, ...]]:
    """The text, its encoding, and a notice where the encoding had to be guessed.

    UTF-8 unless a byte order mark says otherwise; what is not valid UTF-8 is read as Windows-1252.
    Raises DataError "zero-bytes" (with the line), "unknown-encoding".
    """
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    if encoding != "utf-16" and (place := raw.find(b"\x00")) >= 0:
        # pandas reads zero bytes without a word and cuts the values there
        raise DataError("zero-bytes", line=raw.count(b"\n", 0, place) + 1)
    try:
        return raw.decode(encoding), encoding, ()
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise DataError("unknown-encoding", tried=encoding) from error
        line = raw.count(b"\n", 0, error.start) + 1
    try:
        return raw.decode("cp1252"), "cp1252", (Notice("encoding-guessed", {"encoding": "Windows-1252", "line": line}),)
    except UnicodeDecodeError as error:
        raise DataError("unknown-encoding", tried="UTF-8, Windows-1252") from error

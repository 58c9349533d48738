"""Vectorizers can be told to read files: then a table's words would be paths on this machine."""

from __future__ import annotations

from typing import Any

from xai.errors import OpeningError


def check_vectorizer(vectorizer: Any) -> None:
    """Raises OpeningError "reads-files"."""
    if vectorizer.__dict__.get("input", "content") != "content":
        setting = f"input={vectorizer.__dict__['input']!r}"[:80]
        raise OpeningError("reads-files", model=type(vectorizer).__name__, setting=setting)

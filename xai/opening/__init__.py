"""From files to a model and its data: read (execute nothing), audit, construct, and fit the columns to the model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from xai.opening.auditing import audit
from xai.opening.choosing import choose
from xai.opening.constructing import construct
from xai.opening.reading import FileFacts, load_bytes, read_model_file
from xai.opening.repairs import Repair
from xai.results import Notice


@dataclass(frozen=True)
class OpenedFile:
    """A fitted estimator and how it came out of its file."""

    estimator: Any
    facts: FileFacts
    how: Literal["as is", "repaired"]
    repairs: tuple[Repair, ...]
    warnings: tuple[Notice, ...]


def open_estimator(source: bytes | Path, name: str | None = None, object_key: str | None = None) -> OpenedFile:
    """Open a model file (joblib, pickle, skops) in this process: for files that are trusted.

    `object_key` names the model where the file holds a dictionary (or the position in a list).
    Raises OpeningError; see `reading`, `auditing`, `constructing` and `choosing` for the codes.
    """
    data, name = load_bytes(source, name)
    facts, raw = read_model_file(data, name)
    audit(facts)
    thing, repairs, warnings = construct(facts, raw)
    estimator, picked = choose(thing, object_key)
    trailing = (Notice("trailing-data", {"bytes": facts.trailing}),) if facts.trailing else ()
    return OpenedFile(estimator, facts, "repaired" if repairs else "as is", repairs, (*picked, *trailing, *warnings))


__all__ = ["FileFacts", "OpenedFile", "Repair", "open_estimator"]

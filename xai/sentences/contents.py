"""What a model file says about itself, in words: one line, and its details."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xai.contents import Entry, FileFacts
from xai.opening.containers import size_text
from xai.texts import Wording

_MOST_ENTRIES = 6
_MOST_NAMES = 12


def line(facts: FileFacts, wording: Wording) -> str:
    """ "Pipeline → ColumnTransformer → RandomForestRegressor, saved with scikit-learn 1.6.1" """
    versions = wording.listing([wording.raw(f"{library} {said}") for library, said in facts.saved_with.items()])
    known = "" if versions else "-unknown"
    if facts.structure is None and facts.entries:
        entries = [f"{_path(entry, wording)} ({_what(entry, wording)})" for entry in facts.entries[:_MOST_ENTRIES]]
        more = ", …" if len(facts.entries) > _MOST_ENTRIES else ""
        return wording.say(f"contents.bundle{known}", entries=", ".join(entries) + more, versions=versions)
    what = facts.top_class.rsplit(".", 1)[-1] if facts.structure is None else str(facts.structure)
    return wording.say(f"contents.model{known}", steps=wording.raw(what), versions=versions)


def details(facts: FileFacts, wording: Wording) -> list[str]:
    """Format and size, columns, classes, target, age, and the objects of a bundle. First words are bold (**)."""
    return [wording.say(f"contents.detail.{key}", **said) for key, said in _details(facts, wording)]


def _details(facts: FileFacts, wording: Wording) -> Iterator[tuple[str, Mapping[str, Any]]]:
    file = {"format": facts.format, "size": size_text(facts.size)}
    packed = {**file, "packing": facts.compression} if facts.compression else None
    yield ("packed", packed) if packed else ("file", file)
    if facts.columns:
        yield "columns", _names(facts.columns, wording)
    elif facts.column_count is not None:
        yield "column-count", {"count": wording.number(facts.column_count, 0)}
    if facts.classes:
        yield "classes", _names([str(label) for label in facts.classes], wording)
    if facts.target:
        yield "target", {"target": wording.raw(facts.target)}
    if facts.eras:
        eras = ", ".join(f"{library} {version}" for library, version in facts.eras.items())
        yield "eras", {"eras": wording.raw(eras)}
    for entry in facts.entries[: 2 * _MOST_ENTRIES]:
        yield "entry", {"path": _path(entry, wording), "what": _what(entry, wording)}


def _path(entry: Entry, wording: Wording) -> str:
    """What the file calls it; a score by its name."""
    score = f"sentences.scores.{entry.path}"
    if entry.role != "number" or score not in wording.catalogue:
        return wording.raw(entry.path)
    name = wording.say(score)
    return name[:1].upper() + name[1:]


def _what(entry: Entry, wording: Wording) -> str:
    """A number in the reader's format; the rest as the file has it."""
    try:
        return wording.value("", float(entry.what)) if entry.role == "number" else wording.raw(entry.what)
    except ValueError:  # True and False are numbers, too
        return wording.raw(entry.what)


def _names(names: Sequence[str], wording: Wording) -> dict[str, str]:
    shown = [wording.raw(name) for name in names[:_MOST_NAMES]]
    more = ", …" if len(names) > _MOST_NAMES else ""
    return {"count": wording.number(len(names), 0), "names": ", ".join(shown) + more}


def of_error(facts: Mapping[str, Any], wording: Wording) -> str | None:
    """What the file of an error says about itself, where it could be read that far; None else."""
    steps, keys = str(facts.get("file_steps", "")), facts.get("file_keys")
    versions = str(facts.get("file_saved_with", ""))
    if not steps and isinstance(keys, list) and keys:
        steps = ", ".join(map(str, keys))
    if not steps:
        return None
    known = "" if versions else "-unknown"
    said = wording.say(f"contents.model{known}", steps=wording.raw(steps), versions=wording.raw(versions))
    return wording.say("contents.in-file", line=said)

"""Fitting the table's columns to the model: by name, or by position where the model knows no names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from xai.data import missing_columns
from xai.errors import MatchError
from xai.results import Notice


@dataclass(frozen=True)
class Matched:
    """A table whose columns fit the model."""

    frame: pd.DataFrame  # the model's columns, in its order and under its names (n rows)
    renamed: Mapping[str, str]  # name in the table -> name in the model
    ignored: tuple[str, ...]  # columns of the table the model does not use (the target among them)
    notices: tuple[Notice, ...] = ()


def match(
    columns: Sequence[str] | None,
    feature_count: int | None,
    frame: pd.DataFrame,
    renames: Mapping[str, str] | None = None,
    target: str | None = None,
) -> Matched:
    """The model's columns out of a table.

    Parameters
    ----------
    columns : the names the model was fitted with; None where it saw a plain array.
    feature_count : how many columns it was fitted with, where it says so.
    renames : column of the table -> column of the model; applied only when given, never guessed.
    target : the table's target; it is not counted when columns are taken by position.

    Raises MatchError: "missing-columns" (missing, similar, found), "column-count" (wanted, found),
    "unknown-rename" (column, found), "text-without-names" (columns).
    """
    renames = dict(renames or {})
    names = [str(name) for name in frame.columns]
    if strangers := [name for name in renames if name not in names]:
        raise MatchError("unknown-rename", column=", ".join(strangers), found=", ".join(names))
    if columns is None:
        return _by_position(feature_count, frame, target)
    wanted = [str(name) for name in columns]
    renames |= _trimmed(wanted, names, renames)
    named = frame.rename(columns=renames)
    missing = [name for name in wanted if name not in named.columns]
    if missing:
        free = [name for name in map(str, named.columns) if name not in wanted and name != target]
        raise missing_columns(missing, free)
    ignored = tuple(name for name in map(str, named.columns) if name not in wanted)
    notices = [Notice("columns-renamed", {"pairs": _pairs(renames)})] if renames else []
    chosen = named.loc[:, ~named.columns.duplicated(keep="last")] if renames else named
    return Matched(chosen[wanted], renames, ignored, tuple(notices))


def _by_position(feature_count: int | None, frame: pd.DataFrame, target: str | None) -> Matched:
    """Without names only the number can be compared; which column is which stays the reader's responsibility."""
    inputs = [str(name) for name in frame.columns if name != target]
    if feature_count is None or len(inputs) != feature_count:
        raise MatchError("column-count", wanted=feature_count or "–", found=len(inputs), columns=", ".join(inputs))
    taken = frame[inputs]
    words = [name for name in inputs if not pd.api.types.is_numeric_dtype(taken[name])]
    if words:  # an array of numbers was fitted: text cannot stand at any position of it
        raise MatchError("text-without-names", columns=", ".join(words), wanted=feature_count)
    ignored = () if target is None else (target,)
    return Matched(taken, {}, ignored, (Notice("by-position", {"count": feature_count}),))


def _trimmed(wanted: list[str], names: list[str], renames: Mapping[str, str]) -> dict[str, str]:
    """Reading a table takes the blanks off its names; a model may have been fitted with them."""
    reached = set(renames.values()) | set(names)
    return {
        name.strip(): name
        for name in wanted
        if name not in reached and name != name.strip() and name.strip() in names and name.strip() not in wanted
    }


def _pairs(renames: Mapping[str, str]) -> str:
    return ", ".join(f"{old} → {new}" for old, new in renames.items())

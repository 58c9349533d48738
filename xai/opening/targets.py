"""Which column of a table is the outcome, and how it is compared with the model's classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from xai.data import nearest_name
from xai.errors import DataError
from xai.labels import find_label, label_text, spellings
from xai.results import Label, Notice, Task, plain_scalar

Reason = Literal["asked", "file", "only-one", "name", "values", "predicted", "last", "none"]

# In the order of how sure the name is; x, y and z may be coordinates, so "y" comes last.
_TARGET_NAMES = (
    "target", "label", "outcome", "class", "ziel", "zielgröße", "zielvariable", "klasse", "ergebnis", "result",
    "response", "diagnosis", "price", "preis", "survived", "churn", "exited", "default", "species", "quality",
    "salary", "charges", "medv", "y",
)  # fmt: skip
_TRUE = frozenset({"1", "true", "yes", "ja", "y", "j", "wahr"})
_FALSE = frozenset({"0", "false", "no", "nein", "n", "falsch"})
_FEWEST_TO_COUNT = 10  # rows
NONE = ""
"""`asked=""`: the table has no outcome, whatever its columns are called."""


@dataclass(frozen=True)
class Target:
    """The column with the outcome, and why it was taken."""

    name: str | None
    reason: Reason
    candidates: tuple[str, ...] = ()  # all columns it could have been
    rivals: tuple[str, ...] = ()  # where it is a guess: those that fit as well as this one, itself among them

    @property
    def guessed(self) -> bool:
        return self.reason in ("predicted", "last")

    @property
    def others(self) -> tuple[str, ...]:
        """What else it may be."""
        return tuple(name for name in self.rivals or self.candidates if name != self.name)


def detect_target(
    frame: pd.DataFrame,
    inputs: Sequence[str] | None,
    asked: str | None = None,
    task: Task | None = None,
    classes: Sequence[Label] = (),
    feature_count: int | None = None,
) -> Target:
    """Find the outcome among the columns the model does not use.

    Parameters
    ----------
    inputs : the model's columns, as the table calls them; None where the model knows no names (then `feature_count`
        tells whether a column is left over at all).
    asked : the reader's choice; it wins. "" says that there is none.
    task, classes : the model's; only columns that fit them are considered.

    Raises DataError: "unknown-target" (target, found, similar), "target-is-input", "target-one-class".
    """
    names = [str(name) for name in frame.columns]
    if asked == NONE:
        return Target(None, "none")
    if asked is not None:
        return Target(_asked(asked, names, inputs, frame), "asked", tuple(n for n in names if n not in (inputs or ())))
    unused = [name for name in names if name not in (inputs or ()) and not _like_an_index(name, frame[name])]
    if (
        inputs is None and len(names) == feature_count
    ):  # all of them go in, unless one has the very words of the classes
        said = [name for name in unused if _says(frame[name], classes)]
        return Target(said[0], "values", tuple(unused)) if len(said) == 1 else Target(None, "none", tuple(unused))
    fitting = [name for name in unused if _fits(frame[name], task, classes)]
    if not any(_varies(frame, name) for name in fitting):
        counted = [name for name in unused if coded_names(frame[name], classes)]
        fitting = [name for name in counted if _varies(frame, name)] or fitting or counted
    fitting = [name for name in fitting if _varies(frame, name)] or fitting
    name, reason, rivals = _prefer(fitting, frame, classes)
    if name is not None:
        _check_varies(frame, name)
    return Target(name, reason, tuple(unused), tuple(rivals))


def _asked(asked: str, names: list[str], inputs: Sequence[str] | None, frame: pd.DataFrame) -> str:
    if asked not in names:
        similar = nearest_name(asked, names) or "–"
        raise DataError("unknown-target", target=asked, found=", ".join(names), similar=similar)
    if inputs is not None and asked in inputs:
        raise DataError("target-is-input", target=asked)
    _check_varies(frame, asked)
    return asked


def _check_varies(frame: pd.DataFrame, name: str) -> None:
    """One case alone has one outcome; several rows with the same outcome cannot tell whether a model is any good."""
    if not _varies(frame, name):
        value = frame[name].dropna().iloc[0]
        raise DataError("target-one-class", target=name, value=str(plain_scalar(value)), rows=len(frame))


def _varies(frame: pd.DataFrame, name: str) -> bool:
    return len(frame) == 1 or len(frame[name].dropna().unique()) != 1


def counts_rows(name: str, column: pd.Series) -> bool:
    """Whether a column only counts the rows, as an index that was saved along does."""
    bare = name.strip().lower()
    if not pd.api.types.is_integer_dtype(column):
        return False
    if bare in ("", "index") or bare.startswith("unnamed:"):
        return column.is_unique
    first = column.iloc[0] if len(column) >= _FEWEST_TO_COUNT else None
    return first in (0, 1) and bool((column.to_numpy() == np.arange(first, first + len(column))).all())


def _like_an_index(name: str, column: pd.Series) -> bool:
    bare = name.strip().lower()
    if bare in ("", "index", "id") or bare.startswith("unnamed:") or counts_rows(name, column):
        return True
    named_so = bare.endswith(("_id", " id", "-id", "nummer", "_nr"))
    return named_so and column.nunique() == len(column)


def _fits(column: pd.Series, task: Task | None, classes: Sequence[Label]) -> bool:
    present = column.dropna()
    if not len(present):
        return False
    if task == "regression":
        return pd.api.types.is_numeric_dtype(present) and not pd.api.types.is_bool_dtype(present)
    if classes:
        return _translation(present.unique(), classes) is not None
    return True


def _says(column: pd.Series, classes: Sequence[Label]) -> bool:
    """Whether the values are the model's classes, and those are words."""
    words = {label for label in classes if isinstance(label, str)}
    return len(words) == len(classes) > 0 and set(column.dropna().unique()) == words


def _prefer(names: list[str], frame: pd.DataFrame, classes: Sequence[Label]) -> tuple[str | None, Reason, list[str]]:
    """The likeliest one, why, and, where that is the last resort, all that are as likely."""
    if not names:
        return None, "none", []
    if len(names) == 1:
        return names[0], "only-one", []
    bare = {name: "".join(c for c in name.lower() if c.isalnum()) for name in names}
    for wanted in _TARGET_NAMES:
        for name in names:
            if bare[name] == wanted:
                return name, "name", []
    said = [name for name in names if _says(frame[name], classes)]
    if len(said) == 1:
        return said[0], "values", []
    whole = [name for name in names if classes and _translation(frame[name].dropna().unique(), classes, whole=True)]
    if len(whole) == 1:
        return whole[0], "values", []
    rivals = whole or names
    return rivals[-1], "last", rivals


# --- comparing with the classes --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Aligned:
    """The outcome in the model's own labels; values the model has no class for are missing."""

    series: pd.Series  # (n,) object: labels of the model, or NaN
    notices: tuple[Notice, ...] = ()


def align_target(series: pd.Series, classes: Sequence[Label]) -> Aligned:
    """Make an outcome comparable with the model's classes: 1, 1.0, "1", True, "yes" and "ja" may mean the same.

    Without classes (regression) it must be numbers.
    Raises DataError "target-mismatch" (target, found, classes) or "target-not-numbers" where nothing of it fits.
    """
    if not classes:
        return _numbers(series)
    present = series.dropna().unique()
    found = _translation(present, classes)
    if found is None:
        raise _mismatch(series, classes)
    aligned = series.map(lambda value: np.nan if pd.isna(value) else found.get(label_text(value), np.nan)).astype(
        object
    )
    notices: list[Notice] = []
    translated = {f"{key} → {label}" for key, label in found.items() if key != label_text(label)}
    if translated:
        notices.append(Notice("target-translated", {"pairs": ", ".join(sorted(translated))}))
    lost = [label_text(value) for value in present if label_text(value) not in found]
    if lost:
        rows = int(series.map(lambda value: not pd.isna(value) and label_text(value) in lost).sum())
        notices.append(Notice("target-unknown-values", {"values": ", ".join(sorted(lost)[:5]), "rows": rows}))
    return Aligned(aligned, tuple(notices))


def coded_names(column: pd.Series, classes: Sequence[Label]) -> tuple[str, ...] | None:
    """The table's words for classes 0, 1, 2, …, if it has as many: LabelEncoder numbers them from A to Z.

    In the order of the classes; None where they are comparable as they are.
    """
    numbered = [label for label in classes if isinstance(label, int) and not isinstance(label, bool)]
    if not numbered or len(numbered) != len(classes) or sorted(numbered) != list(range(len(classes))):
        return None
    found = sorted(column.dropna().unique(), key=str)
    if len(found) != len(classes) or not all(isinstance(value, str) for value in found):
        return None
    return None if _translation(found, classes) is not None else tuple(found[label] for label in numbered)


def _numbers(series: pd.Series) -> Aligned:
    numbers = pd.to_numeric(series, errors="coerce").astype(float)
    lost = series[numbers.isna() & series.notna()]
    if len(lost) == series.notna().sum():
        raise DataError("target-not-numbers", target=str(series.name))
    values = ", ".join(dict.fromkeys(str(value) for value in lost.head(5)))
    return Aligned(
        numbers, (Notice("target-unknown-values", {"values": values, "rows": len(lost)}),) if len(lost) else ()
    )


def _mismatch(series: pd.Series, classes: Sequence[Label]) -> DataError:
    values = series.dropna().unique()
    shown = ", ".join(str(plain_scalar(value)) for value in values[:5]) + (", …" if len(values) > 5 else "")
    return DataError("target-mismatch", target=str(series.name), found=shown, classes=", ".join(map(str, classes)))


def _translation(values: Sequence[Any], classes: Sequence[Label], whole: bool = False) -> dict[str, Label] | None:
    """Text of a value -> the class it means. None where fewer than half (`whole`: not all) of the values have one."""
    for known in (spellings(classes), _yes_and_no(classes)):
        meant = {label_text(value): find_label(value, known) for value in values}
        found = {text: label for text, label in meant.items() if label is not None}
        if found and len(found) >= (len(meant) if whole else len(meant) / 2):
            return found
    return None


def _yes_and_no(classes: Sequence[Label]) -> dict[str, Label]:
    """Every word for yes and no -> the class, where the classes are such words themselves ("ja", True, 1)."""
    said = {label_text(label).lower(): label for label in classes}
    pairs = [(words, label) for words in (_TRUE, _FALSE) for text, label in said.items() if text in words]
    return {word: label for words, label in pairs for word in words} if len(pairs) == len(said) == 2 else {}

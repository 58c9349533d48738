"""From nodes and arrays back to columns and tables; every length, code and name is checked before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from xai.worker.wire.errors import WireError
from xai.worker.wire.text import clean

MOST_TEXT = 1 << 28  # characters of one column, repeated values counted each time
_KINDS = ("plain", "category", "text", "object")
# before pandas 3, a column of text was one of objects, and "str" would write out its gaps as "nan"
_TEXT: Any = "str" if int(pd.__version__.split(".")[0]) >= 3 else object


class Arrays:
    """The arrays of one frame, taken by position."""

    def __init__(self, arrays: Sequence[np.ndarray]) -> None:
        self._arrays = arrays

    def take(self, position: Any, kinds: str, dimensions: int | None = None) -> np.ndarray:
        """An array whose type is one of `kinds` (NumPy's letters). WireError otherwise."""
        if type(position) is not int or not 0 <= position < len(self._arrays):
            raise WireError("no such array")
        array = self._arrays[position]
        if array.dtype.kind not in kinds or (dimensions is not None and array.ndim != dimensions):
            raise WireError("an array of another type")
        return array


def texts(node: Any, arrays: Arrays) -> list[str]:
    """A list of texts."""
    if isinstance(node, list):
        if not all(type(text) is str for text in node):
            raise WireError("not a list of texts")
        return [clean(text) for text in node]
    if not isinstance(node, dict) or set(node) != {"n", "b"}:
        raise WireError("not a list of texts")
    lengths = arrays.take(node["n"], "u", 1).astype(np.int64)
    raw = arrays.take(node["b"], "u", 1)
    if raw.dtype != np.uint8:
        raise WireError("text is not bytes")
    try:
        joined = raw.tobytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise WireError("text is not UTF-8") from error
    ends = lengths.cumsum()
    if (int(ends[-1]) if len(ends) else 0) != len(joined):
        raise WireError("texts and their lengths differ")
    return [clean(joined[end - length : end]) for end, length in zip(ends.tolist(), lengths.tolist())]


def scalars(node: Any, arrays: Arrays) -> list[Any]:
    """A list of labels: texts, numbers, truth values."""
    if isinstance(node, dict) and set(node) == {"a"}:
        return arrays.take(node["a"], "biuf", 1).tolist()
    if isinstance(node, list):
        return [clean(value) if type(value) is str else number(value) for value in node]
    return list(texts(node, arrays))


def number(value: Any) -> int | float | bool | None:
    """A plain scalar that is not text."""
    if value is None or type(value) in (bool, float):
        return value
    if type(value) is int and -(1 << 63) <= value < 1 << 64:
        return value
    raise WireError("not a scalar")


def column(node: Any, arrays: Arrays) -> pd.Series:
    """One column of a table."""
    if not isinstance(node, dict) or node.get("k") not in _KINDS:
        raise WireError("not a column")
    if node["k"] == "plain":
        return pd.Series(_numbers(node, arrays))
    if set(node) != {"k", "a", "v"} | ({"ordered"} if node["k"] == "category" else set()):
        raise WireError("not a column")
    codes, values = arrays.take(node["a"], "i", 1), scalars(node["v"], arrays)
    if len(codes) and not -2 <= int(codes.min()) <= int(codes.max()) < len(values):
        raise WireError("a code without a value")
    _check_size(codes, values)
    if node["k"] == "category":
        return _category(codes, values, node["ordered"])
    looked_up = np.empty(len(values) + 2, dtype=object)
    looked_up[:-2] = values
    looked_up[-2:] = (None, np.nan)  # codes -2 and -1 count from the end
    found = looked_up[codes]
    if node["k"] == "object":
        return pd.Series(found, dtype=object)
    if not all(type(value) is str for value in values):
        raise WireError("not text")
    return pd.Series(found, dtype=_TEXT)


def frame(node: Any, arrays: Arrays) -> pd.DataFrame:
    """A table: columns of one length, each with a name of its own."""
    if not isinstance(node, dict) or set(node) != {"rows", "index", "names", "columns"}:
        raise WireError("not a table")
    names, columns, rows = texts(node["names"], arrays), node["columns"], node["rows"]
    if type(rows) is not int or not isinstance(columns, list) or len(names) != len(columns):
        raise WireError("not a table")
    if len(set(names)) != len(names):
        raise WireError("two columns of one name")
    index = pd.RangeIndex(_length(rows)) if node["index"] is None else pd.Index(arrays.take(node["index"], "iu", 1))
    found = [_numbers(each, arrays) if _is_plain(each) else column(each, arrays) for each in columns]
    if any(len(values) != rows for values in found) or len(index) != rows:
        raise WireError("columns of different lengths")
    # labels as Series with the table's own index: from arrays pandas would guess their type anew
    found = [values.set_axis(index) if isinstance(values, pd.Series) else values for values in found]
    made = pd.DataFrame(dict(enumerate(found)), index=index)
    made.columns = pd.Index(names, dtype=_TEXT)
    return made


def _is_plain(node: Any) -> bool:
    return isinstance(node, dict) and node.get("k") == "plain"


def _numbers(node: dict[str, Any], arrays: Arrays) -> np.ndarray:
    if set(node) != {"k", "a"}:
        raise WireError("not a column")
    return arrays.take(node["a"], "biufMm", 1)


def _category(codes: np.ndarray, values: list[Any], ordered: Any) -> pd.Series:
    if type(ordered) is not bool or len(set(values)) != len(values) or any(value != value for value in values):
        raise WireError("not a set of categories")
    try:
        kind = pd.CategoricalDtype(values, ordered)
        return pd.Series(pd.Categorical.from_codes(np.maximum(codes, -1), dtype=kind))
    except (ValueError, TypeError, OverflowError) as error:
        raise WireError("not a set of categories") from error


def _check_size(codes: np.ndarray, values: list[Any]) -> None:
    """A long text that many rows refer to costs nothing on the wire, but all of it once it is written out."""
    sizes = np.array([len(value) if type(value) is str else 8 for value in values], dtype=np.int64)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    if int((sizes * counts).sum()) > MOST_TEXT:
        raise WireError("a column of too much text")


def _length(rows: int) -> int:
    if not 0 <= rows < 1 << 27:
        raise WireError("not a number of rows")
    return rows

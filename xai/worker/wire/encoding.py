"""From results to plain nodes and raw arrays. Every node that is not a bare scalar says what it is.

{"t": [...]} a tuple, {"m": [[key, value], …]} a mapping, {"a": n} the n-th array, {"o": column} an array of labels,
{"f": {...}} a table, {"d": name, "v": {field: node}} a dataclass; a JSON list is a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

from xai.scalars import plain_scalar

_SHORT = 64  # so many values are written into the header; more become arrays
_LARGEST = 1 << 63


class Encoder:
    """Collects the arrays of one answer while its nodes are made."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []

    def node(self, value: Any) -> Any:
        """Raises TypeError for what does not cross the wire."""
        if isinstance(value, tuple):
            return {"t": self._texts(list(value)) if _all(value, str) else self._items(value)}
        if isinstance(value, list):
            return [self.node(item) for item in value]
        if isinstance(value, Mapping):
            return {"m": [[self.node(key), self.node(item)] for key, item in value.items()]}
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, pd.DataFrame):
            return self._frame(value)
        if is_dataclass(value) and not isinstance(value, type):
            return {"d": type(value).__name__, "v": {f.name: self.node(getattr(value, f.name)) for f in fields(value)}}
        return scalar(value)

    def _items(self, values: Sequence[Any]) -> Any:
        if len(values) > _SHORT and (_all(values, int) or _all(values, float)):
            return {"a": self._keep(np.asarray(values))}
        return [self.node(item) for item in values]

    def _texts(self, texts: list[str]) -> Any:
        """A few texts as they are; many as one run of bytes and the length of each in characters."""
        if len(texts) <= _SHORT:
            return texts
        joined = "".join(texts).encode("utf-8", "replace")
        lengths = np.array([len(text) for text in texts], dtype=np.uint32)
        return {"n": self._keep(lengths), "b": self._keep(np.frombuffer(joined, dtype=np.uint8))}

    def _array(self, array: np.ndarray) -> Any:
        if array.dtype.kind in "OUT":
            if array.ndim != 1:
                raise TypeError("arrays of labels have one dimension")
            return {"o": self._column(pd.Series(array, dtype=object))}
        return {"a": self._keep(array)}

    def _frame(self, frame: pd.DataFrame) -> Any:
        index = None
        if not isinstance(frame.index, pd.RangeIndex) and frame.index.dtype.kind in "iu":
            index = self._keep(frame.index.to_numpy())
        names = self._texts([str(name) for name in frame.columns])
        columns = [self._column(series) for _, series in frame.items()]
        return {"f": {"rows": len(frame), "index": index, "names": names, "columns": columns}}

    def _column(self, series: pd.Series) -> dict[str, Any]:
        """Numbers as they are; everything else as codes into its distinct values. -1: missing, -2: None."""
        kind = series.dtype
        if isinstance(kind, np.dtype) and kind.kind in "biufMm":
            return {"k": "plain", "a": self._keep(series.to_numpy())}
        if isinstance(kind, pd.CategoricalDtype):
            codes, values = series.cat.codes.to_numpy(), list(series.cat.categories)
            more = {"ordered": bool(series.cat.ordered)}
        elif isinstance(kind, pd.StringDtype):
            codes, distinct = series.array.factorize()
            values, more = distinct.tolist(), {}
        else:
            codes, values = _distinct(series.astype(object))
            more = {}
        name = "category" if more else "text" if isinstance(kind, pd.StringDtype) else "object"
        return {"k": name, "a": self._keep(codes.astype(np.int32)), "v": self._values(values), **more}

    def _values(self, values: list[Any]) -> Any:
        plain = [scalar(value) for value in values]
        return self._texts(plain) if _all(plain, str) else self._items(plain)

    def _keep(self, array: np.ndarray) -> int:
        self.arrays.append(array)
        return len(self.arrays) - 1


def scalar(value: Any) -> Any:
    """One value as JSON has it. Unlike in a table for people, numbers that are not finite stay what they are."""
    if isinstance(value, (np.floating, float)):
        return float(value)
    value = plain_scalar(value)
    return float(value) if isinstance(value, int) and not -_LARGEST <= value < _LARGEST else value


def _distinct(series: pd.Series) -> tuple[np.ndarray, list[Any]]:
    """Codes and distinct values; True, 1 and 1.0 are three values here."""
    kinds = set(map(type, series.array))
    if len(kinds) == 1 and kinds <= {str, bool, int}:  # the usual case, fast
        codes, values = pd.factorize(series.to_numpy())
        return codes, list(values)
    known: dict[tuple[type, Any], int] = {}
    missing = series.isna().to_numpy()
    codes = np.empty(len(series), dtype=np.int32)
    for position, value in enumerate(series.array):
        if missing[position]:
            codes[position] = -2 if value is None else -1
        else:
            value = scalar(value)
            codes[position] = known.setdefault((type(value), value), len(known))
    return codes, [value for _, value in known]


def _all(values: Sequence[Any], kind: type) -> bool:
    return bool(values) and all(type(value) is kind for value in values)

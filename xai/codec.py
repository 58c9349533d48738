"""Codec: rows of the original columns as a plain matrix, and back.

LIME and DiCE handle numbers only, and both stumble over text, missing values and narrow types. They get the matrix;
the model always gets the decoded frame, with the data's own types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from xai.data import Dataset
from xai.results import plain_scalar

MISSING = -1.0  # the code of a missing category; missing numbers stay nan
_DAY = 86_400_000_000  # microseconds
UNKNOWN = -2.0  # no code: a category the codec was not made with


@dataclass(frozen=True, eq=False)  # it is itself only: it is a key
class Codec:
    """Numbers stay numbers, dates may become days; everything else becomes its position among the known values.

    Shapes: R rows, C original columns.
    """

    names: tuple[str, ...]
    numeric: np.ndarray  # (C,) bool; dates that are coded as days among them
    whole: np.ndarray  # (C,) bool: only integers occur
    levels: tuple[pd.Series | None, ...]  # the known values of each column that is not numeric
    types: tuple[Any, ...]
    blanks: tuple[Any, ...]  # how each column of text writes a missing value (None and nan differ for some imputers)
    dated: np.ndarray  # (C,) bool: dates, coded as days since 1970

    @cached_property
    def indexes(self) -> tuple[pd.Index | None, ...]:
        """The known values of each column that is not numeric, to be looked up."""
        return tuple(None if level is None else pd.Index(level, dtype=object) for level in self.levels)

    def knowing(self, frame: pd.DataFrame) -> tuple[Codec, np.ndarray]:
        """This codec, or one that knows the values of further rows as well; and their codes (R, C).

        What this codec knows keeps its codes.
        """
        matrix = self._coded(frame)
        numbers = matrix[:, self.numeric]
        whole = self.whole.copy()
        whole[self.numeric] &= (np.isnan(numbers) | (numbers == np.floor(numbers))).all(axis=0)
        unknown = np.flatnonzero((matrix == UNKNOWN).any(axis=0) & ~self.numeric)
        levels = list(self.levels)
        for place in unknown:
            order = tuple(plain_scalar(value) for value in levels[place])
            levels[place] = _levels([levels[place], frame[self.names[place]]], order)
        if not len(unknown) and (whole == self.whole).all():
            return self, matrix
        wider = replace(self, whole=whole, levels=tuple(levels))
        return wider, wider._coded(frame) if len(unknown) else matrix

    def encode(self, frame: pd.DataFrame) -> np.ndarray:
        """(R, C) float matrix. ValueError for a category that the codec was not made with."""
        matrix = self._coded(frame)
        for place in np.flatnonzero((matrix == UNKNOWN).any(axis=0) & ~self.numeric):
            value = frame[self.names[place]][matrix[:, place] == UNKNOWN].iloc[0]
            raise ValueError(f"{self.names[place]}: not among the codec's values: {value!r}")
        return matrix

    def _coded(self, frame: pd.DataFrame) -> np.ndarray:
        matrix = np.empty((len(frame), len(self.names)))
        row = _row(frame)
        for place, (name, index) in enumerate(zip(self.names, self.indexes, strict=True)):
            if self.dated[place]:
                matrix[:, place] = days(frame[name])
            elif row is not None and index is not None:
                matrix[:, place] = _code(row[name], index)
            elif row is not None and isinstance(row[name], float | np.floating | np.integer):
                matrix[:, place] = row[name]
            else:
                matrix[:, place] = _floats(frame[name]) if index is None else _codes(frame[name], index)
        return matrix

    def decode(self, matrix: np.ndarray, names: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows in the data's own types, or only some of their columns.

        Columns of integers are rounded, as the model only knows integers there.
        """
        columns = {
            name: self._numbers(matrix[:, place], place)
            if self.levels[place] is None
            else _values(matrix[:, place], self.levels[place], self.blanks[place])
            for place, name in enumerate(self.names)
            if names is None or name in names
        }
        return pd.DataFrame(columns)

    def numbers(self, matrix: np.ndarray, names: Sequence[str]) -> np.ndarray | None:
        """(R, names) the same for columns of numbers, as they are computed with; None where that is another kind."""
        places = [self.names.index(name) for name in names]
        if not all(self._plain(place) for place in places):
            return None
        found = matrix[:, places]
        whole = self.whole[places]
        found[:, whole] = np.rint(found[:, whole])
        return found

    def _plain(self, place: int) -> bool:
        kind = self.types[place]
        if self.levels[place] is not None or not isinstance(kind, np.dtype):
            return False
        return kind == np.float64 or kind.kind in "iu"

    def value(self, place: int, code: float) -> Any:
        """One decoded value as a plain Python object; None where it is missing."""
        levels = self.levels[place]
        if levels is not None:
            return None if code == MISSING else plain_scalar(levels.iloc[int(code)])
        if np.isnan(code):
            return None
        if self.dated[place]:
            return plain_scalar(self._dates(np.array([code]), place).iloc[0])
        return round(code) if self.whole[place] else float(code)

    def _dates(self, numbers: np.ndarray, place: int) -> pd.Series:
        kind = self.types[place]
        since = pd.Series(pd.to_timedelta(np.rint(numbers * _DAY), unit="us")) + pd.Timestamp(0)
        zone = getattr(kind, "tz", None)
        return (since if zone is None else since.dt.tz_localize("UTC").dt.tz_convert(zone)).astype(kind)

    def _numbers(self, numbers: np.ndarray, place: int) -> pd.Series:
        if self.dated[place]:
            return self._dates(numbers, place)
        series = pd.Series(np.rint(numbers) if self.whole[place] else numbers)
        kind = self.types[place]
        if not pd.api.types.is_integer_dtype(kind):
            return series.astype(kind)
        if isinstance(kind, np.dtype):
            # a perturbed number may lie outside a narrow type; a missing one and a fraction have no place in any
            return series.astype(np.int64) if self.whole[place] and not series.isna().any() else series
        return series.astype("Int64" if self.whole[place] else "Float64")


def codec(data: Dataset, *others: pd.DataFrame, dates: bool = False) -> Codec:
    """The codec for `data`. `others` (the explained row) may bring categories of their own.

    `dates`: code dates as days, so that one can be nearer than another; else each date is a category.
    """
    found = codec_of(data, dates) if dates else data.codec
    for other in others:
        found, _ = found.knowing(other)
    return found


def codec_of(data: Dataset, dates: bool = False) -> Codec:
    """The codec of the data alone; `data.codec` is the same without dates, made once."""
    dated = np.array([dates and data.frame[column.name].dtype.kind == "M" for column in data.columns])
    numeric = np.array([column.numeric for column in data.columns]) | dated
    return Codec(
        names=tuple(column.name for column in data.columns),
        numeric=numeric,
        whole=np.array([column.kind == "integer" for column in data.columns]),
        levels=tuple(
            None if numbers else _levels([data.frame[column.name]], column.categories)
            for column, numbers in zip(data.columns, numeric, strict=True)
        ),
        types=tuple(data.frame.dtypes),
        blanks=tuple(_blank(data.frame[column.name]) for column in data.columns),
        dated=dated,
    )


def days(series: pd.Series) -> np.ndarray:
    """(n,) dates as days since 1970, parts of days as fractions; nan where there is none."""
    zone = getattr(series.dtype, "tz", None)
    plain = series if zone is None else series.dt.tz_convert("UTC").dt.tz_localize(None)
    return ((plain - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy(dtype=float)


def _row(frame: pd.DataFrame) -> dict[Any, Any] | None:
    """The values of a single row, taken at once: column by column takes longer than coding them.

    None for several rows, and where pandas might look for a common type of the columns that cannot hold all values.
    """
    if len(frame) != 1 or not all(_keeps(kind) for kind in frame.dtypes.array):
        return None
    return dict(zip(frame.columns.tolist(), frame.iloc[0].tolist(), strict=True))


def _keeps(kind: Any) -> bool:
    """Whether values of this type are kept beside any others: numbers, text and objects."""
    return isinstance(kind, pd.StringDtype) or (isinstance(kind, np.dtype) and kind.kind in "biufO")


def _floats(series: pd.Series) -> np.ndarray:
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iuf":
        return series.to_numpy(dtype=float)
    return pd.to_numeric(series).to_numpy(dtype=float, na_value=np.nan)


def _levels(parts: Sequence[pd.Series], order: tuple[Any, ...]) -> pd.Series:
    """The distinct values in a fixed order: the data's categories sorted, then values only the explained row has."""
    values = pd.concat([part.dropna().drop_duplicates() for part in parts], ignore_index=True).drop_duplicates()
    if isinstance(kind := parts[0].dtype, pd.CategoricalDtype):
        new = [value for value in values if value not in kind.categories]
        values = values.astype(pd.CategoricalDtype([*kind.categories, *new], kind.ordered) if new else kind)
    elif len(values) and parts[0].dtype != values.dtype and values.isin(parts[0].unique()).all():
        values = values.astype(parts[0].dtype)
    rank = {value: place for place, value in enumerate(order)}
    places = [rank.get(plain_scalar(value), len(rank)) for value in values]
    return values.iloc[np.argsort(places, kind="stable")].reset_index(drop=True)


def _codes(series: pd.Series, index: pd.Index) -> np.ndarray:
    """The position of each value; `MISSING` or `UNKNOWN` where it has none."""
    if len(series) == 1:  # an index of it would take longer than the search
        return np.array([_code(series.iloc[0], index)])
    codes = index.get_indexer(pd.Index(series.to_numpy(dtype=object), dtype=object)).astype(float)
    nowhere = codes < 0
    if nowhere.any():
        codes[nowhere] = np.where(series.isna().to_numpy()[nowhere], MISSING, UNKNOWN)
    return codes


def _code(value: Any, index: pd.Index) -> float:
    """The same for a single value."""
    if value in index:
        return float(index.get_loc(value))
    return MISSING if pd.isna(value) else UNKNOWN


def _blank(series: pd.Series) -> Any:
    if series.dtype != object:
        return None
    blanks = series[series.isna()]
    return blanks.iloc[0] if len(blanks) else np.nan


def _values(codes: np.ndarray, levels: pd.Series, blank: Any) -> pd.Series:
    places = np.rint(codes).astype(np.int64)
    if not isinstance(levels.dtype, np.dtype):
        return pd.Series(levels.array.take(places, allow_fill=True))
    missing = places < 0
    if missing.any():
        levels = levels.astype(object)  # NumPy's booleans have no missing value
    values = levels.to_numpy()[np.where(missing, 0, places)] if len(levels) else np.empty(len(places), object)
    if missing.any():
        values[missing] = blank
    return pd.Series(values, dtype=levels.dtype)

"""Dataset and Column: the table as the model sees it, and what its columns contain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from xai.errors import DataError, MatchError
from xai.results import plain_scalar

if TYPE_CHECKING:
    from xai.codec import Codec
    from xai.trust.neighbours import Neighbours

_LONGEST_HEADER = 1000  # characters

Kind = Literal["number", "integer", "category", "boolean"]


@dataclass(frozen=True)
class Column:
    """One original column: its kind, its range, its categories, its missing values."""

    name: str
    kind: Kind
    missing: int
    distinct: int
    low: float | None  # smallest and largest value; None for categories
    high: float | None
    q01: float | None  # 1 % and 99 % quantile: the range in which most rows lie
    q99: float | None
    step: float | None  # smallest sensible step of a control
    categories: tuple[Any, ...]  # observed raw values, sorted; () for numbers
    typical: Any  # median, or the most frequent value
    dated: bool = False  # the categories are dates, as text

    @property
    def numeric(self) -> bool:
        return self.kind in ("number", "integer")

    def contains(self, value: Any) -> bool:
        """Whether the data has such a value: inside the range, or one of the categories."""
        if pd.isna(value):
            return self.missing > 0
        if self.numeric:
            return self.low is not None and self.low <= float(value) <= self.high
        return plain_scalar(value) in self.categories


@dataclass(frozen=True)
class Dataset:
    """The rows, restricted to the model's columns; the target beside them; the rest kept for later questions."""

    frame: pd.DataFrame
    target: pd.Series | None
    target_name: str | None
    columns: tuple[Column, ...]
    rest: pd.DataFrame
    held_out_from: int | None = None  # rows from this position on were not used for training (where known)

    @cached_property
    def surroundings(self) -> Neighbours:
        """What is near in this data: measured once."""
        from xai.trust.neighbours import neighbours

        return neighbours(self.codec.encode(self.frame), self.codec.numeric, seed=0)

    @cached_property
    def codec(self) -> Codec:
        """Its rows as numbers, and back."""
        from xai.codec import codec_of

        return codec_of(self)

    @cached_property
    def kinds(self) -> dict[str, Any]:
        """Column -> its type."""
        return dict(self.frame.dtypes)

    @property
    def unused(self) -> tuple[str, ...]:
        return tuple(map(str, self.rest.columns))

    def column(self, name: str) -> Column:
        """The column of that name; MatchError with near names otherwise."""
        for column in self.columns:
            if column.name == name:
                return column
        raise unknown_column(name, [column.name for column in self.columns])


def dataset(
    frame: pd.DataFrame, columns: tuple[str, ...], target: str | None = None, held_out_from: int | None = None
) -> Dataset:
    """Split `frame` into the model's columns, the target and the rest.

    Raises MatchError("missing-columns"), DataError("empty-table"), ("unknown-target"), ("duplicate-columns").
    """
    frame = named_by_text(frame)
    if not len(frame):
        raise DataError("empty-table")
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise missing_columns(missing, [name for name in frame.columns if name not in columns], columns)
    if target is not None and target not in frame.columns:
        raise DataError("unknown-target", target=target, found=", ".join(map(str, frame.columns)))
    inputs = frame[list(columns)].reset_index(drop=True)
    outcome = None if target is None else frame[target].reset_index(drop=True)
    rest = frame.drop(columns=[*columns, *([] if target in (None, *columns) else [target])]).reset_index(drop=True)
    described = tuple(describe(inputs[name]) for name in columns)
    return Dataset(inputs, outcome, target, described, rest, held_out_from)


def named_by_text(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with text as column names: 0, 1, … are "0", "1", …  Raises DataError("duplicate-columns")."""
    given = frame.columns.tolist()
    names = [str(name) for name in given]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise DataError("duplicate-columns", columns=", ".join(twice))
    return frame if all(isinstance(name, str) for name in given) else frame.set_axis(names, axis=1)


def sample_rows(frame: pd.DataFrame, count: int | None, seed: int) -> pd.DataFrame:
    """`count` rows without replacement (None: all of them), in the data's order."""
    if count is None or count >= len(frame):
        return frame
    place = np.sort(np.random.default_rng(seed).choice(len(frame), size=count, replace=False))
    return frame.iloc[place]


def like_the_data(frame: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """Rows from elsewhere, in the data's columns and, where the values allow it, the data's types.

    Raises MatchError("missing-columns"), DataError("not-a-number"), ("not-yes-or-no"), ("duplicate-columns").
    """
    frame, names = named_by_text(frame), [column.name for column in data.columns]
    if frame.columns.tolist() != names:
        missing = [name for name in names if name not in frame.columns]
        if missing:
            raise missing_columns(missing, [name for name in frame.columns if name not in names], names)
        frame = frame[names]
    frame, kinds, known = frame.reset_index(drop=True), frame.dtypes.array, data.kinds
    others = [column for column, kind in zip(data.columns, kinds, strict=True) if not _alike(kind, known[column.name])]
    typed = {column.name: _typed(frame[column.name], column, data.frame[column.name]) for column in others}
    return frame.assign(**typed) if typed else frame


def _alike(kind: Any, known: Any) -> bool:
    """The same type, or both are numbers."""
    return kind == known or all(
        pd.api.types.is_numeric_dtype(each) and not pd.api.types.is_bool_dtype(each) for each in (kind, known)
    )


def _typed(series: pd.Series, column: Column, known: pd.Series) -> pd.Series:
    values = [to_column_type(value, column, known) for value in series.tolist()]
    return pd.Series(values, dtype=_dtype_for(values, known), index=series.index)


def describe(series: pd.Series) -> Column:
    """Kind, range and categories of one column."""
    present = series.dropna()
    kind = kind_of(present)
    missing = int(series.isna().sum())
    distinct = int(present.nunique())
    name = str(series.name)
    if kind in ("category", "boolean") or not len(present):
        categories = tuple(sorted((plain_scalar(value) for value in present.unique()), key=_sort_key))
        typical = plain_scalar(present.mode().iloc[0]) if len(present) else None
        dated = present.dtype.kind == "M"
        return Column(name, kind, missing, distinct, None, None, None, None, None, categories, typical, dated)
    values = present.to_numpy(float)
    low, high = float(values.min()), float(values.max())
    q01, q99 = (float(q) for q in np.quantile(values, [0.01, 0.99]))
    whole = kind == "integer"
    typical = float(np.median(values))
    return Column(
        name,
        kind,
        missing,
        distinct,
        low,
        high,
        q01,
        q99,
        1.0 if whole else _step(low, high),
        (),
        int(typical) if whole else typical,
    )


def kind_of(present: pd.Series) -> Kind:
    """The kind of a column without its missing values. Text that happens to hold digits stays a category."""
    if pd.api.types.is_bool_dtype(present) or (
        present.dtype == object and len(present) and present.map(lambda value: isinstance(value, bool | np.bool_)).all()
    ):
        return "boolean"
    if not pd.api.types.is_numeric_dtype(present):
        return "category"
    if pd.api.types.is_integer_dtype(present):
        return "integer"
    values = present.to_numpy(float)
    return "integer" if len(values) and np.isfinite(values).all() and (values == np.floor(values)).all() else "number"


def to_column_type(value: Any, column: Column, series: pd.Series) -> Any:
    """`value`, perhaps text from a form or a terminal, as a value of this column.

    Raises DataError("not-a-number"), ("not-yes-or-no"), ("not-a-date"). A category that the data does not have is kept.
    """
    if value is None or (not isinstance(value, str) and pd.isna(value)) or (isinstance(value, str) and not value):
        return np.nan if column.numeric or series.dtype == object else None
    if column.numeric:
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise DataError("not-a-number", column=column.name, value=str(value)) from error
        if np.isinf(number):
            raise DataError("not-a-number", column=column.name, value=str(value))
        whole = pd.api.types.is_integer_dtype(series) and number.is_integer()
        return int(number) if whole else number
    if column.kind == "boolean":
        text = str(value).strip().lower()
        if text in ("true", "1", "1.0", "yes", "ja"):
            return True
        if text in ("false", "0", "0.0", "no", "nein"):
            return False
        raise DataError("not-yes-or-no", column=column.name, value=str(value))
    if series.dtype.kind in "mM":
        try:
            return pd.to_datetime(value) if series.dtype.kind == "M" else pd.to_timedelta(value)
        except (ValueError, TypeError) as error:
            raise DataError("not-a-date", column=column.name, value=str(value)) from error
    same = [known for known in column.categories if str(known) == str(value)]
    text = pd.api.types.is_string_dtype(series) and series.dtype != object
    return same[0] if same else str(value) if text else value


def with_values(row: pd.DataFrame, changes: dict[str, Any], data: Dataset) -> pd.DataFrame:
    """A copy of `row` (one row, the data's dtypes) with some columns changed.

    An integer column widens to float for a fraction, and a categorical one accepts a new category.
    """
    changed = row.copy()
    for name, value in changes.items():
        value = to_column_type(value, data.column(name), data.frame[name])
        changed[name] = pd.Series([value] * len(row), index=row.index, dtype=_dtype_for([value], data.frame[name]))
    return changed


def missing_columns(
    missing: Sequence[str], others: Sequence[Any], wanted: Sequence[str], similar: Mapping[str, str] | None = None
) -> MatchError:
    """What is missing of the `wanted` columns, which of the `others` is called most alike, and a header that fits."""
    if similar is None:
        named = ((name, nearest_name(name, list(map(str, others)))) for name in missing)
        similar = {name: match for name, match in named if match}
    near = [f"{name} ~ {match}" for name, match in similar.items()]
    return MatchError(
        "missing-columns",
        missing=", ".join(map(str, missing)),
        similar=", ".join(near) or "–",
        found=", ".join(map(str, others)) or "–",
        count=len(missing),
        template=",".join(map(str, wanted))[:_LONGEST_HEADER],
    )


def unknown_column(name: str, known: list[str]) -> MatchError:
    near = nearest_name(name, known)
    return MatchError("unknown-column", column=name, similar=near or "–", known=", ".join(known))


def nearest_name(name: str, known: list[str]) -> str | None:
    """The most similar name: equal but for case and punctuation first, then by spelling."""
    import difflib

    def bare(text: str) -> str:
        return "".join(character for character in text.lower() if character.isalnum())

    for other in known:
        if bare(other) == bare(name):
            return other
    close = difflib.get_close_matches(bare(name), [bare(other) for other in known], n=1, cutoff=0.75)
    return next((other for other in known if close and bare(other) == close[0]), None)


def _dtype_for(values: list[Any], series: pd.Series) -> Any:
    """The type of `series`, or a wider one that can hold the values."""
    kind = series.dtype
    if isinstance(kind, pd.CategoricalDtype):
        new = dict.fromkeys(value for value in values if not pd.isna(value) and value not in kind.categories)
        return pd.CategoricalDtype([*kind.categories, *new], kind.ordered) if new else kind
    if pd.api.types.is_integer_dtype(kind):
        bounds = np.iinfo(getattr(kind, "numpy_dtype", kind))
        fit = all(isinstance(value, int | np.integer) and bounds.min <= value <= bounds.max for value in values)
        return kind if fit else float
    if pd.api.types.is_bool_dtype(kind):
        return kind if all(isinstance(value, bool | np.bool_) for value in values) else object
    if isinstance(kind, np.dtype) and kind.kind == "f":
        return kind if all(pd.isna(value) or abs(value) <= float(np.finfo(kind).max) for value in values) else float
    return kind


def _step(low: float, high: float) -> float:
    """A round step of about a hundredth of the range."""
    span = high - low
    return 10.0 ** np.floor(np.log10(span / 100)) if span > 0 else 1.0


def _sort_key(value: Any) -> tuple[str, Any]:
    return (type(value).__name__, value)

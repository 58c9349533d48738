"""How one column of the model is made of one column of the table: what each step does, and the same in plain pandas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from xai.adjustment import Step


def make(column: pd.Series, steps: Sequence[Step]) -> pd.Series:
    """The column after all steps, with the same index. ValueError for a value that has no code."""
    for step in steps:
        column = _DOING[step.code](column, **step.facts)
    return column


def source(steps: Sequence[Step], literal: Callable[[Any], str]) -> str:
    """The same as a pandas expression of `column`."""
    written = "column"
    for step in steps:
        facts = {name: literal(fact) for name, fact in step.facts.items()}
        written = _SAYING[step.code].format(written, **facts)
    return written


class Maker:
    """A function of one column, made of steps: for `xai.inputs.Inputs`."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)

    def __call__(self, column: pd.Series) -> pd.Series:
        return make(column, self.steps)


def _equals(column: pd.Series, value: Any) -> pd.Series:
    return (column == value).astype(float)


def _missing(column: pd.Series) -> pd.Series:
    return column.isna().astype(float)


def _codes(column: pd.Series, codes: Mapping[Any, Any]) -> pd.Series:
    found = column.astype(object).map(dict(codes))
    lost = column[found.isna() & column.notna()]
    if len(lost):
        raise ValueError(f"{column.name}: no code for {lost.iloc[0]!r}")
    return found.astype(float) if all(isinstance(code, int | float) for code in codes.values()) else found


def _scaled(column: pd.Series, center: float, scale: float) -> pd.Series:
    return (column - center) / scale


def _category(column: pd.Series, categories: Sequence[Any]) -> pd.Series:
    return column.astype(pd.CategoricalDtype(list(categories)))


def _date_part(column: pd.Series, part: str) -> pd.Series:
    return getattr(pd.to_datetime(column).dt, part).astype(float)


def _days(column: pd.Series) -> pd.Series:
    return (pd.to_datetime(column) - pd.Timestamp(0)).dt.total_seconds() / 86_400


_DOING: Mapping[str, Callable[..., pd.Series]] = {
    "equals": _equals,
    "missing": _missing,
    "codes": _codes,
    "scaled": _scaled,
    "category": _category,
    "date-part": _date_part,
    "days": _days,
}
_SAYING: Mapping[str, str] = {
    "equals": "({0} == {value}).astype(float)",
    "missing": "{0}.isna().astype(float)",
    "codes": "{0}.map({codes})",
    "scaled": "({0} - {center}) / {scale}",
    "category": "{0}.astype(pd.CategoricalDtype({categories}))",
    "date-part": "getattr(pd.to_datetime({0}).dt, {part}).astype(float)",
    "days": "(pd.to_datetime({0}) - pd.Timestamp(0)).dt.total_seconds() / 86_400",
}

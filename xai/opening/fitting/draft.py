"""A table on its way to a model: what has been done so far, what is offered, and which column goes where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from xai.adjustment import Adjustment, Made, Step
from xai.opening.cells import Reading
from xai.opening.fitting.decisions import Decisions
from xai.opening.fitting.wanted import Wanted
from xai.results import Label


@dataclass
class Draft:
    """Grows from stage to stage and then becomes a `Fit`; nothing outside this folder sees it."""

    wanted: Wanted
    decisions: Decisions
    frame: pd.DataFrame  # the table; what is exact or was asked for is done to it
    readings: Mapping[str, Reading]  # columns of text that were read as numbers
    target: str | None = None
    headless: bool = False  # the columns are called by values: what they are called leads nowhere
    strict: bool = False  # the model refused text: where nothing else is known, it wants numbers
    sources: dict[str, str] = field(default_factory=dict)  # column of the model -> column of the table
    steps: dict[str, tuple[Step, ...]] = field(default_factory=dict)  # column of the model -> what is done to it
    aliases: dict[str, str] = field(default_factory=dict)  # column of the table -> what the reader calls it
    adjustments: list[Adjustment] = field(default_factory=list)
    offers: list[Adjustment] = field(default_factory=list)
    claimed: dict[str, str] = field(default_factory=dict)  # column of the model -> of the table: by an open offer
    coded: set[str] = field(default_factory=set)  # columns of the model that an open offer has codes for
    flippable: set[str] = field(default_factory=set)  # columns of the table with two codes
    unknown: dict[str, Mapping[Any, int]] = field(default_factory=dict)  # column -> value -> rows the encoder lacks
    classes: tuple[Label, ...] = ()  # what the model's classes are called, where that is not what it calls them
    answers: str | None = None  # code of the function that brings answers into the table's unit

    def does(self, adjustment: Adjustment, by_itself: bool = False) -> bool:
        """Note an adjustment as done or as offered; whether it is to be done."""
        undone = self.decisions.undoes(adjustment)
        if not undone and (by_itself or self.decisions.accepts(adjustment)):
            self.adjustments.append(replace(adjustment, asked=not by_itself))
            return True
        self.offers.append(replace(adjustment, needed=adjustment.needed or by_itself))
        return False

    @property
    def names(self) -> list[str]:
        """The table's columns."""
        return [str(name) for name in self.frame.columns]

    @property
    def missing(self) -> list[str]:
        """Columns the model needs and nothing is found for."""
        return [name for name in self.wanted.needed if name not in self.sources]

    @property
    def free(self) -> list[str]:
        """Columns of the table that go nowhere yet, without the target."""
        used = {*self.sources.values(), self.target}
        return [name for name in self.names if name not in used]

    @property
    def unexplained(self) -> list[str]:
        """Missing columns that no offer explains."""
        return [name for name in self.missing if name not in self.claimed]

    @property
    def unclaimed(self) -> list[str]:
        """Free columns that no offer needs."""
        return [name for name in self.free if name not in self.claimed.values()]

    def claim(self, column: str, names: Iterable[str]) -> None:
        """An offer would make these columns of the model of that one of the table."""
        self.claimed |= dict.fromkeys(names, column)

    @property
    def as_text(self) -> pd.DataFrame:
        """The table with the texts that were read as numbers."""
        return self.frame.assign(**{name: reading.text for name, reading in self.readings.items()})

    def replace_column(self, name: str, column: pd.Series) -> None:
        self.frame = self.frame.assign(**{name: column})

    def turned(self, column: str, codes: Mapping[Any, Any]) -> dict[Any, Any]:
        """The codes of a column; two of them change places where somebody asked for it."""
        if len(codes) == 2 and self.decisions.accepts(Adjustment("flip", column)):
            return dict(zip(codes, reversed(list(codes.values())), strict=True))
        return dict(codes)

    def encode(self, wanted: str, codes: Mapping[Any, Any]) -> None:
        """The model gets numbers, or its own categories, for the values of a column."""
        if len(codes) == 2:
            self.flippable.add(self.sources[wanted])
        self.steps[wanted] = (Step("codes", {"codes": dict(codes)}),)

    @property
    def made(self) -> tuple[Made, ...]:
        """How each column of the model is made, in the model's order; () where the table's go in as they are."""
        order = self.wanted.needed if self.wanted.names is not None else tuple(self.sources)
        if any(name not in self.sources for name in order):
            return ()
        made = tuple(Made(name, self.sources[name], self.steps.get(name, ())) for name in order)
        same_names = self.wanted.names is None or all(one.name == one.column for one in made)
        return () if same_names and not any(one.steps for one in made) else made


def is_text(column: pd.Series) -> bool:
    """Whether a column holds words: nothing a model of numbers can take."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return not pd.api.types.is_numeric_dtype(column.cat.categories.dtype)
    if isinstance(column.dtype, pd.StringDtype):
        return True
    return column.dtype == object and any(isinstance(value, str) for value in column.dropna())


def distinct(column: pd.Series, most: int) -> list[Any] | None:
    """The values without the missing ones, sorted as text; None where there are more than `most`."""
    values = column.dropna().unique()
    if len(values) > most:
        return None
    return sorted((value.item() if hasattr(value, "item") else value for value in values), key=str)


def named(names: Sequence[str], most: int = 50) -> str:
    """Names for the facts of a sentence."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "") or "–"

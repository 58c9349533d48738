"""The phrases the sentences share: quoted outcomes, what is predicted, sizes, changes, counted nouns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from xai.results import Label
from xai.texts import Wording
from xai.texts.numbers import digits_for
from xai.texts.wording import text_of

MOST_NAMED = 3  # more columns or changes than these are counted, not listed


def quoted(wording: Wording, label: Any) -> str:
    """An outcome in the quotation marks of the language."""
    return wording.say("sentences.shared.quoted", text=wording.outcome(label))


def rows(wording: Wording) -> str:
    """What rows are called, in the plural: "passengers", else "cases"."""
    return wording.raw(wording.labels.rows) if wording.labels.rows else wording.say("sentences.shared.rows")


def rows_after_of(wording: Wording) -> str:
    """The same after "von 100": a German dative plural ends in n, unless the plural ends in n or s already."""
    name = rows(wording)
    return name + "n" if wording.language == "de" and not name.endswith(("n", "s")) else name


def speaks_of_chance(wording: Wording, unit: str, target_class: Label | None) -> bool:
    """Whether the friendly name of the probability ("chance of survival") belongs to this class."""
    labels = wording.labels
    return unit == "probability" and bool(labels.chance) and labels.positive == text_of(target_class)


def quantity(wording: Wording, unit: str, target_class: Label | None) -> str:
    """What the shown number is: "chance of survival", "probability of “yes”", "prediction"."""
    if speaks_of_chance(wording, unit, target_class):
        return wording.raw(wording.labels.chance)
    if unit == "target":
        return wording.say("sentences.shared.target")
    if target_class is None:
        return wording.say(f"sentences.shared.{unit}_alone")
    return wording.say(f"sentences.shared.{unit}", label=quoted(wording, target_class))


def amount(wording: Wording, x: float, unit: str, scale: float | None = None) -> str:
    """A prediction: whole per cents, but with a decimal where "50 %" would hide on which side of one half it is."""
    close = unit == "probability" and x != 0.5 and abs(x - 0.5) < 0.005
    return wording.amount(x, unit, digits=1 if close else 0, scale=scale)


def size(wording: Wording, x: float, unit: str, digits: int = 0, scale: float | None = None, sign: bool = False) -> str:
    """The size of a difference of predictions: "14 points", "382"; with its sign only where that is asked for."""
    x = x if sign else abs(x)
    if unit != "probability":
        return wording.number(x, digits_for(x if scale is None else scale), sign)
    number = wording.number(100 * x, digits, sign)
    one = number.lstrip("+−") == "1"
    return wording.say(f"sentences.shared.points{'_one' if one else ''}", n=number)


def name(wording: Wording, column: str, among: bool) -> str:
    """A column's name; in quotation marks where it has a comma of its own and stands `among` others."""
    called = wording.column(column)
    return wording.say("sentences.shared.quoted", text=called) if among and "," in called else called


def change(wording: Wording, column: str, before: Any, after: Any, among: bool = False) -> str:
    """ "Class 1 → 3"."""
    return wording.say(
        "sentences.shared.change",
        column=name(wording, column, among),
        before=wording.value(column, before),
        after=wording.value(column, after),
    )


def changes(wording: Wording, changed: Mapping[str, tuple[Any, Any]]) -> str:
    """ "Class 1 → 3 and Age 22 → 40"; the fourth and further ones are counted."""
    items = [change(wording, column, *values, among=len(changed) > 1) for column, values in changed.items()]
    return shortened(wording, items, "more_changes")


def columns(wording: Wording, names: Iterable[str]) -> str:
    """ "Age, Sex and Class"; the fourth and further ones are counted."""
    names = list(names)
    return shortened(wording, [name(wording, column, among=len(names) > 1) for column in names], "more")


def shortened(wording: Wording, items: Sequence[str], more: str) -> str:
    """The first items and how many more there are."""
    rest = len(items) - MOST_NAMED
    if rest <= 0:
        return wording.listing(items)
    return wording.listing([*items[:MOST_NAMED], counted(wording, f"shared.{more}", rest)])


def counted(wording: Wording, key: str, n: int, **facts: Any) -> str:
    """`sentences.<key>` or `sentences.<key>_one`, by the number."""
    return wording.say(f"sentences.{key}{'_one' if n == 1 else ''}", n=wording.number(n, 0), **facts)


def shared_scale(*numbers: float) -> float:
    """One scale for numbers that stand side by side, so that they get the same decimals."""
    sizes = [abs(x) for x in numbers if np.isfinite(x)]
    return max(sizes, default=0.0)


def sample(wording: Wording, used: int, total: int, seed: int) -> str:
    """ "500 of 1,309 rows, drawn at random with seed 0"."""
    if used == total:
        return counted(wording, "importance.sample_all", total, seed=seed)
    facts = {"used": wording.number(used, 0), "total": wording.number(total, 0), "seed": seed}
    return wording.say("sentences.importance.sample_some", **facts)

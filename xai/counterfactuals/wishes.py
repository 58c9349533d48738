"""The constraints as they were asked, and those that hold by default because nobody spoke about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xai.errors import QuestionError
from xai.sensitive import sensitive

Group = tuple[str, ...]


@dataclass(frozen=True)
class Wishes:
    """What may change. `held` and `bound` hold by default; `free` lifts them."""

    keep: tuple[str, ...] = ()  # columns that must not change
    free: tuple[str, ...] = ()  # columns that may, although they would be kept or bound by default
    # column -> (low, high), or the allowed values of a category; a row outside of them has to change
    ranges: Mapping[str, Any] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)  # column -> "up" or "down", for numbers and dates
    at_most: int | None = None  # changed columns
    together: tuple[Group, ...] = ()  # columns that only take values which one row of the data has together
    only_seen: bool = False  # no two values side by side that no row of the data has
    held: tuple[str, ...] = ()  # sensitive columns, kept without being asked
    bound: tuple[Group, ...] = ()  # groups that were found in the data

    @property
    def fixed(self) -> tuple[str, ...]:
        """All columns that may not change."""
        return (*self.keep, *self.held)

    @property
    def groups(self) -> tuple[Group, ...]:
        return (*self.together, *self.bound)

    def columns(self) -> Iterable[str]:
        """Every column that is spoken of."""
        yield from (*self.keep, *self.free, *self.ranges, *self.directions)
        for group in self.together:
            yield from group

    def each(self) -> list[tuple[str, Group]]:
        """Kind and columns of every single constraint, the default ones among them."""
        kinds = {"keep": self.keep, "sensitive": self.held, "range": self.ranges, "direction": self.directions}
        found: list[tuple[str, Group]] = [(kind, (name,)) for kind, names in kinds.items() for name in names]
        found += [("together", group) for group in self.groups]
        found += [("at_most", ())] if self.at_most is not None else []
        return found + ([("only_seen", ())] if self.only_seen else [])

    def without(self, kind: str, columns: Group) -> Wishes:
        """The same constraints but one."""
        match kind:
            case "keep":
                return replace(self, keep=_less(self.keep, columns))
            case "sensitive":
                return replace(self, held=_less(self.held, columns))
            case "range":
                return replace(self, ranges={name: ends for name, ends in self.ranges.items() if name not in columns})
            case "direction":
                ways = {name: way for name, way in self.directions.items() if name not in columns}
                return replace(self, directions=ways)
            case "together":
                others = (
                    tuple(group for group in groups if group != columns) for groups in (self.together, self.bound)
                )
                return replace(self, together=next(others), bound=next(others))
            case "at_most":
                return replace(self, at_most=None)
        return replace(self, only_seen=False)

    def settled(self, names: Sequence[str], found: Sequence[Group]) -> Wishes:
        """With what holds by default: sensitive columns nobody spoke of are kept; groups `found` in the data hold."""
        spoken = {*self.keep, *self.free, *self.ranges, *self.directions}
        held = tuple(name for name in names if name not in spoken and sensitive(name))
        return replace(self, held=held, bound=tuple(group for group in found if not set(group) & set(self.free)))


def wishes(
    keep: Sequence[str] | str,
    free: Sequence[str] | str,
    ranges: Mapping[str, Any] | None,
    directions: Mapping[str, str] | None,
    at_most: int | None,
    together: Sequence[Sequence[str]],
    only_seen: bool,
) -> Wishes:
    """The constraints as somebody asks them. QuestionError("kept-and-free"), ("too-few-changes"), ("lone-column")."""
    keep, free = ([names] if isinstance(names, str) else names for names in (keep, free))
    both = [name for name in keep if name in free]
    if both:
        raise QuestionError("kept-and-free", column=both[0])
    if at_most is not None and (type(at_most) is not int or at_most < 1):
        raise QuestionError("too-few-changes", asked=str(at_most))
    groups = tuple(tuple(dict.fromkeys(group)) for group in together)
    for group in groups:
        if len(group) < 2:
            raise QuestionError("lone-column", columns=", ".join(group))
    unique = (tuple(dict.fromkeys(names)) for names in (keep, free))
    return Wishes(*unique, dict(ranges or {}), dict(directions or {}), at_most, groups, bool(only_seen))


def _less(names: tuple[str, ...], without: Group) -> tuple[str, ...]:
    return tuple(name for name in names if name not in without)

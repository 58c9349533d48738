"""How one object gets another formula: a class of its own, derived from that formula and from today's class."""

from __future__ import annotations

from functools import cache
from typing import Any


def become(model: Any, formula: type) -> list[str]:
    """Give this object, and no other, the methods of `formula`."""
    kind = type(model)
    model.__class__ = _with(formula, kind)
    return [kind.__name__]


class Former:
    """What all classes with a former formula share: they can be copied and saved, though no module has them."""

    def __reduce__(self) -> tuple:
        formula, _, kind = type(self).__bases__
        return remade, (formula, kind), self.__dict__


def remade(formula: type, kind: type) -> Any:
    """An empty object of a class with a former formula."""
    made = _with(formula, kind)
    return made.__new__(made)


@cache
def _with(formula: type, kind: type) -> type:
    return type(kind.__name__, (formula, Former, kind), {"__module__": __name__, "__doc__": kind.__doc__})

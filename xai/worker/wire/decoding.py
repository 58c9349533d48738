"""From nodes back to results, driven by the annotations of the result's own class: nothing else can come out."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from xai.worker.wire import tables
from xai.worker.wire.consistency import check
from xai.worker.wire.errors import WireError
from xai.worker.wire.tables import Arrays
from xai.worker.wire.text import clean

MOST_DEEP = 12  # an answer within an answer within …; a what-if holds two attributions, each with its trust

Decode = Callable[[Any, Arrays], Any]


def decode(node: Any, kind: Any, arrays: Sequence[np.ndarray]) -> Any:
    """The value of type `kind` that `node` stands for. WireError where it is anything else."""
    try:
        return decoder(kind)(node, Arrays(arrays))
    except (RecursionError, MemoryError) as error:
        raise WireError("an answer without end") from error


@cache
def decoder(kind: Any) -> Decode:
    """How to read one annotated type."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return _plain
    if origin in (Union, types.UnionType):
        return _one_of(inner)
    if origin is Literal:
        return _literal(inner)
    if origin is tuple:
        return _tuple(inner)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(*inner)
    if is_dataclass(kind):
        return _dataclass(kind)
    simple = {str: _text, bool: _truth, int: _whole, float: _real, type(None): _nothing}
    arrays = {np.ndarray: _array, pd.DataFrame: _frame}
    return {**simple, **arrays}[kind]


def plain(node: Any) -> Any:
    """A plain value: scalars, lists, tuples and mappings of such; never an array or an object."""
    return _plain(node, Arrays(()))


def _plain(node: Any, arrays: Arrays, deep: int = 0) -> Any:
    if deep > MOST_DEEP:
        raise WireError("an answer without end")
    if type(node) is str:
        return clean(node)
    if isinstance(node, list):
        return [_plain(item, arrays, deep + 1) for item in node]
    if not isinstance(node, dict):
        return tables.number(node)
    if set(node) == {"t"}:
        return tuple(_plain(item, arrays, deep + 1) for item in _items(node["t"], arrays))
    if set(node) == {"m"}:
        return {_key(key): _plain(item, arrays, deep + 1) for key, item in _pairs(node["m"])}
    raise WireError("not a plain value")


def _one_of(kinds: tuple[Any, ...]) -> Decode:
    # whole numbers before others: 1 is an int wherever that is allowed
    ordered = sorted(kinds, key=lambda kind: kind is float)

    def decode_one(node: Any, arrays: Arrays) -> Any:
        for kind in ordered:
            try:
                return decoder(kind)(node, arrays)
            except WireError:
                continue
        raise WireError("none of the types that are allowed here")

    return decode_one


def _literal(allowed: tuple[Any, ...]) -> Decode:
    def decode_literal(node: Any, arrays: Arrays) -> Any:
        for value in allowed:
            if type(node) is type(value) and node == value:
                return value
        raise WireError("not one of the words that are allowed here")

    return decode_literal


def _tuple(inner: tuple[Any, ...]) -> Decode:
    def decode_tuple(node: Any, arrays: Arrays) -> tuple[Any, ...]:
        items = _items(node["t"], arrays) if isinstance(node, dict) and set(node) == {"t"} else node
        if not isinstance(items, list):
            raise WireError("not a tuple")
        if len(inner) == 2 and inner[1] is Ellipsis:
            each = decoder(inner[0])
            return tuple(each(item, arrays) for item in items)
        if len(items) != len(inner):
            raise WireError("a tuple of another length")
        return tuple(decoder(kind)(item, arrays) for kind, item in zip(inner, items, strict=True))

    return decode_tuple


def _mapping(key: Any, value: Any) -> Decode:
    def decode_mapping(node: Any, arrays: Arrays) -> dict[Any, Any]:
        if not isinstance(node, dict) or set(node) != {"m"}:
            raise WireError("not a mapping")
        return {decoder(key)(k, arrays): decoder(value)(v, arrays) for k, v in _pairs(node["m"])}

    return decode_mapping


def _dataclass(kind: Any) -> Decode:
    hints = get_type_hints(kind)
    wanted = {field.name: hints[field.name] for field in fields(kind)}

    def decode_dataclass(node: Any, arrays: Arrays) -> Any:
        if not isinstance(node, dict) or set(node) != {"d", "v"} or node["d"] != kind.__name__:
            raise WireError(f"not a {kind.__name__}")
        given = node["v"]
        if not isinstance(given, dict) or set(given) != set(wanted):
            raise WireError(f"not the fields of a {kind.__name__}")
        made = kind(**{name: decoder(wanted[name])(given[name], arrays) for name in wanted})
        check(made)
        return made

    return decode_dataclass


def _items(node: Any, arrays: Arrays) -> list[Any]:
    """The items of a tuple: nodes, or many scalars of one kind as an array."""
    return node if isinstance(node, list) else tables.scalars(node, arrays)


def _pairs(node: Any) -> list[list[Any]]:
    if not isinstance(node, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in node):
        raise WireError("not pairs")
    return node


def _key(node: Any) -> Any:
    if type(node) is str:
        return clean(node)
    return tables.number(node)


def _text(node: Any, arrays: Arrays) -> str:
    if type(node) is not str:
        raise WireError("not text")
    return clean(node)


def _truth(node: Any, arrays: Arrays) -> bool:
    if type(node) is not bool:
        raise WireError("not a truth value")
    return node


def _whole(node: Any, arrays: Arrays) -> int:
    if type(node) is not int or not -(1 << 63) <= node < 1 << 64:
        raise WireError("not a whole number")
    return node


def _real(node: Any, arrays: Arrays) -> float:
    if type(node) not in (int, float):
        raise WireError("not a number")
    return float(_whole(node, arrays) if type(node) is int else node)


def _nothing(node: Any, arrays: Arrays) -> None:
    if node is not None:
        raise WireError("not nothing")


def _array(node: Any, arrays: Arrays) -> np.ndarray:
    if isinstance(node, dict) and set(node) == {"a"}:
        return arrays.take(node["a"], "biufMm")
    if isinstance(node, dict) and set(node) == {"o"}:
        labels = tables.column(node["o"], arrays).to_numpy(object)
        labels.setflags(write=False)
        return labels
    raise WireError("not an array")


def _frame(node: Any, arrays: Arrays) -> pd.DataFrame:
    if not isinstance(node, dict) or set(node) != {"f"}:
        raise WireError("not a table")
    return tables.frame(node["f"], arrays)

"""What real models ask a pickle for: every global, and what is done with it."""

from __future__ import annotations

import datetime
import io
import pickle
import warnings
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterator
from typing import Any, ClassVar
from unittest import SkipTest

import everyday
import everyday_of_libraries
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils import all_estimators
from sklearn.utils._test_common.instance_generator import _construct_instances

PROTOCOLS = (0, 1, 2, 4, 5)
Name = tuple[str, str]


class Record:
    """Names that were asked for, those called, made with arguments, and the kinds of state given to classes."""

    def __init__(self) -> None:
        self.asked: set[Name] = set()
        self.called: dict[Name, set[str]] = defaultdict(set)  # with what kinds of arguments
        self.made: dict[Name, set[str]] = defaultdict(set)
        self.states: dict[Name, set[str]] = defaultdict(set)
        self.bare: set[Name] = set()  # neither called nor made


class Recorder(pickle._Unpickler):
    """Loads like pickle does, and takes notes. Only for models made here."""

    dispatch: ClassVar = dict(pickle._Unpickler.dispatch)

    def __init__(self, stream: io.BytesIO, record: Record) -> None:
        super().__init__(stream)
        self.record = record
        self.names: dict[int, Name] = {}
        self.kept: list[Any] = []
        self.unused: set[Name] = set()

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        self.record.asked.add((module, name))
        self.kept.append(found)
        self.names[id(found)] = (module, name)
        self.unused.add((module, name))
        return found

    def _note(self, thing: Any, table: dict[Name, set[str]], arguments: Any) -> None:
        name = self.names[id(thing)]
        self.unused.discard(name)
        table[name].add(f"{_kinds(arguments)}")
        for argument in arguments if isinstance(arguments, tuple) else ():
            if id(argument) in self.names:
                self.unused.discard(self.names[id(argument)])

    def load_reduce(self) -> None:
        self._note(self.stack[-2], self.record.called, self.stack[-1])
        super().load_reduce()

    dispatch[pickle.REDUCE[0]] = load_reduce

    def load_newobj(self) -> None:
        self._note(self.stack[-2], self.record.made, self.stack[-1])
        super().load_newobj()

    dispatch[pickle.NEWOBJ[0]] = load_newobj

    def load_newobj_ex(self) -> None:
        self._note(self.stack[-3], self.record.made, (self.stack[-2], self.stack[-1]))
        super().load_newobj_ex()

    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex

    def load_build(self) -> None:
        kind = type(self.stack[-2])
        self.record.states[(kind.__module__, kind.__qualname__)].add(_kinds(self.stack[-1]))
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build

    def load(self) -> Any:
        thing = super().load()
        self.record.bare |= self.unused
        return thing


def _kinds(arguments: Any) -> str:
    if not isinstance(arguments, tuple):
        return type(arguments).__name__
    return "(" + ", ".join(getattr(a, "__name__", None) or type(a).__name__ for a in arguments) + ")"


def record() -> Record:
    notes = Record()
    np.random.seed(0)  # noqa: NPY002 - estimators without a seed of their own must meet the same classes every time
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for thing in everything():
            for protocol in PROTOCOLS:
                try:
                    data = pickle.dumps(thing, protocol=protocol)
                except (pickle.PicklingError, TypeError, AttributeError):
                    continue
                Recorder(io.BytesIO(data), notes).load()
    return notes


def everything() -> Iterator[Any]:
    """Fitted pipelines, every estimator of scikit-learn that fits on plain numbers, and what bundles carry along."""
    data = everyday.tables()
    for make, table, target in (everyday.recipes() | everyday_of_libraries.recipes()).values():
        yield make().fit(getattr(data, table), getattr(data, target))
    for _, estimator_class in all_estimators():
        yield from _fitted_instances(estimator_class, data)
    yield from _luggage()


def _fitted_instances(estimator_class: type, data: everyday.Tables) -> Iterator[Any]:
    try:
        instances = list(_construct_instances(estimator_class))
    except SkipTest:  # scikit-learn itself has no example of it
        return
    for instance in instances:
        for target in (data.binary, data.number):
            try:
                yield instance.fit(data.plain.abs(), target)
                break
            # any estimator may refuse these numbers; it is then recorded by its class alone
            except Exception:
                continue


def _luggage() -> Iterator[Any]:
    """Tables, indexes and values that are pickled beside a model."""
    yield pd.DataFrame({"number": [1.5, 2.0], "word": ["a", None], "flag": [True, False]})
    yield pd.Series([1, 2], index=["a", "b"])
    yield pd.DataFrame(
        {
            "day": pd.date_range("2020", periods=3),
            "category": pd.Categorical(["x", "y", "x"]),
            "whole": pd.array([1, None, 2], dtype="Int64"),
            "flag": pd.array([True, None, False], dtype="boolean"),
            "text": pd.array(["a", "b", None], dtype="string"),
        }
    ).set_index("day")
    yield {"at": pd.Timestamp("2020"), "span": pd.Timedelta(1, "D"), "bins": pd.interval_range(0, 3)}
    yield pd.MultiIndex.from_tuples([(1, "a"), (2, "b")])
    yield {"index": pd.Index(["a", "b"]), "numbers": pd.Index([1, 2]), "dtype": pd.CategoricalDtype(["a", "b"])}
    yield [datetime.datetime(2020, 1, 1), datetime.date(2020, 1, 1), datetime.timedelta(1), datetime.UTC]
    yield [OrderedDict(a=1), defaultdict(int, a=1), defaultdict(list), Counter("abc"), {1, 2}, frozenset((1,)), 1 + 2j]
    yield [np.random.default_rng(0), np.random.RandomState(0), np.float64(1), np.int64(2), np.bool_(True), np.str_("a")]
    yield [np.datetime64("2020"), np.array(["2020"], dtype="M8[D]"), np.ma.array([1, 2], mask=[0, 1]), np.array(b"a")]
    yield [np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]), np.array([1, "a"], dtype=object), np.array([True])]
    for make in (sparse.csr_matrix, sparse.csc_matrix, sparse.coo_matrix, sparse.csr_array, sparse.csc_array):
        yield make(np.eye(3))
    yield [range(3), slice(1, 2), b"ab", bytearray(b"ab"), int, float, str, bool, object, np.float64, np.dtype("f4")]

"""Gadgets inside libraries that models need: no forbidden opcode, sometimes not even a forbidden name."""

from __future__ import annotations

import functools
import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from assembling import (
    BUILD,
    EMPTY_TUPLE,
    MARK,
    NEWOBJ,
    REDUCE,
    Hostile,
    Reduced,
    Trap,
    bundle,
    call,
    in_joblib,
    name,
    program,
    touch,
    value,
    writing,
)
from scipy.stats import uniform
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

X = np.random.default_rng(0).random((30, 3))
Y = (X[:, 0] > 0.5).astype(int)
NAME, CALL, TAMPERED = ("forbidden-global",), ("forbidden-call",), ("tampered-file",)
DUMMY = name("sklearn.dummy", "DummyClassifier")
TEMPLATE = "_parse_arg_template"


def _with(**attributes: Any) -> bytes:
    """A fitted model that carries something."""
    model = LogisticRegression().fit(X, Y)
    vars(model).update(attributes)
    return pickle.dumps(model)


def _function(function: Any) -> bytes:
    pipeline = make_pipeline(FunctionTransformer(), LogisticRegression()).fit(X, Y)
    pipeline.steps[0][1].func = function
    return pickle.dumps(pipeline)


def _hidden(attribute: str) -> bytes:
    return program(DUMMY, EMPTY_TUPLE, NEWOBJ, value({attribute: "x"}), BUILD)


def _distribution(marker: Path, pairs: bool = False) -> bytes:
    evil = writing(marker) + "\n" + uniform._parse_arg_template
    state = vars(uniform).copy()
    state = {key: text for key, text in state.items() if isinstance(text, str | int | float | type(None))} | {
        TEMPLATE: evil
    }
    made = name("scipy.stats._continuous_distns", "uniform_gen") + EMPTY_TUPLE + NEWOBJ
    return program(made, value(list(state.items()) if pairs else state), BUILD)


def _skops_distribution(marker: Path) -> bytes:
    evil = json.dumps(writing(marker) + "\n" + uniform._parse_arg_template)
    return _skops_of({"model": uniform(0, 1)}, lambda schema: _replace(schema, evil))


def _skops_of(model: Any, change: Callable[[Any], None]) -> bytes:
    """A file of skops with something else in its schema."""
    import skops.io

    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as old, zipfile.ZipFile(stream, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            if member == "schema.json":
                schema = json.loads(content)
                change(schema)
                content = json.dumps(schema).encode()
            new.writestr(member, content)
    return stream.getvalue()


def _replace(node: Any, evil: str) -> None:
    if isinstance(node, dict):
        if TEMPLATE in node:
            node[TEMPLATE]["content"] = evil
        for child in node.values():
            _replace(child, evil)
    elif isinstance(node, list):
        for child in node:
            _replace(child, evil)


def _skops_with(loader: str, module: str, kind: str, **more: Any) -> bytes:
    def change(schema: Any) -> None:
        node = {"__class__": kind, "__module__": module, "__loader__": loader, **more}
        schema["content"]["content"]["C"] = node

    return _skops_of(LogisticRegression().fit(X, Y), change)


def _saved(marker: Path) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([Trap(marker)], dtype=object), allow_pickle=True)
    return stream.getvalue()


def _stream(data: bytes) -> bytes:
    return call(name("_io", "BytesIO"), value(data))


def _dtype(text: str, state: tuple, copy: bool = True) -> bytes:
    return call(name("numpy", "dtype"), value(text), value(False), value(copy)) + value(state) + BUILD


def _array(state: bytes) -> bytes:
    return (
        call(name("numpy._core.multiarray", "_reconstruct"), name("numpy", "ndarray"), value((0,)), value(b"b"))
        + state
        + BUILD
    )


def _pointers() -> bytes:
    """Eight bytes that claim to be no object although their type says so."""
    field = call(name("numpy", "dtype"), value("O8"), value(False), value(True))
    state = MARK + value(3) + value("|") + b"N" + value(("a",)) + b"}" + value("a") + field + value(0) + b"\x86s"
    made = (
        call(name("numpy", "dtype"), value("V8"), value(False), value(True))
        + state
        + value(8)
        + value(1)
        + value(0)
        + b"t"
        + BUILD
    )
    return made


def _short_list() -> bytes:
    objects = call(name("numpy", "dtype"), value("O8"), value(False), value(True))
    return _array(MARK + value(1) + value((100_000,)) + objects + value(False) + b"]" + b"t")


def _arrow() -> bytes:
    import pyarrow as pa

    array = pa.array(["a", "b"], type=pa.large_string())
    restore, (data,) = array.__reduce__()
    kind, _, nulls, offset, buffers, children, dictionary = data
    longer = (kind, 1_000_000_000, nulls, offset, buffers, children, dictionary)
    return pickle.dumps({"model": Reduced(restore, (longer,))}, protocol=4)


def _scalar() -> bytes:
    objects = call(name("numpy", "dtype"), value("O8"), value(False), value(True))
    return call(name("numpy._core.multiarray", "scalar"), objects, value(b"12345678"))


def _frozen(function: Any, *arguments: Any) -> functools.partial:
    return functools.partial(function, *arguments)


LOADERS = {
    "numpy_load": Hostile(lambda m: bundle(call(name("numpy", "load"), _stream(_saved(m)))), NAME),
    "joblib_load": Hostile(lambda m: bundle(call(name("joblib", "load"), _stream(in_joblib(Trap(m))))), NAME),
    "pandas_read_pickle": Hostile(lambda m: bundle(call(name("pandas", "read_pickle"), value(str(m)))), NAME),
    "memory_result": Hostile(lambda m: bundle(call(name("joblib.memory", "MemorizedResult"), value(str(m)))), NAME),
    "run_string": Hostile(
        lambda m: bundle(call(name("numpy.testing._private.utils", "runstring"), value(writing(m)), value({}))), NAME
    ),
    "fortran_eval": Hostile(lambda m: bundle(call(name("numpy.f2py.crackfortran", "myeval"), value(writing(m)))), NAME),
    "ufunc_reconstruct": Hostile(
        lambda m: bundle(
            call(call(name("numpy.core", "_ufunc_reconstruct"), value("os"), value("system")), value(touch(m)))
        ),
        CALL,
    ),
    "ufunc_reconstruct_of_numpy_itself": Hostile(
        lambda m: bundle(call(name("numpy._core", "_ufunc_reconstruct"), value("os"), value("system"))), NAME
    ),
    "reexport_joblib": Hostile(lambda m: bundle(call(name("joblib.numpy_pickle", "os"), value(1))), NAME),
    "reexport_sklearn": Hostile(lambda m: bundle(call(name("sklearn.datasets._base", "os"), value(1))), NAME),
    "download": Hostile(lambda m: bundle(call(name("sklearn.datasets", "load_files"), value("/"))), NAME),
    "booster_of_a_file": Hostile(lambda m: bundle(call(name("xgboost.core", "Booster"), value(None))), CALL),
    "generator_with_a_callable": Hostile(
        lambda m: bundle(call(name("numpy.random._pickle", "__generator_ctor"), value("x"), name("numpy", "log1p"))),
        CALL,
    ),
    "bit_generator_of_any_class": Hostile(
        lambda m: bundle(call(name("numpy.random._pickle", "__bit_generator_ctor"), DUMMY)), CALL
    ),
}
FUNCTIONS = {
    "transformer_system": Hostile(lambda m: _function(os.system), NAME),
    "transformer_exec": Hostile(lambda m: _function(exec), NAME),
    "transformer_of_a_listed_call": Hostile(lambda m: _function(np._core.multiarray._reconstruct), CALL),
    "transformer_bytearray": Hostile(lambda m: _function(bytearray), CALL),
    "target_system": Hostile(
        lambda m: pickle.dumps(
            TransformedTargetRegressor(LinearRegression(), func=os.system, inverse_func=os.system, check_inverse=False)
        ),
        NAME,
    ),
    "partial_system": Hostile(lambda m: _function(_frozen(os.system, touch(m))), NAME),
    "partial_of_a_listed_call": Hostile(lambda m: _function(_frozen(bytearray, 5)), CALL),
    "vectorize": Hostile(lambda m: _function(np.vectorize(os.system)), NAME),
    "attribute_exec": Hostile(lambda m: _with(callback=exec), NAME),
}
STATES = {
    "distribution": Hostile(_distribution, TAMPERED),
    "distribution_of_pairs": Hostile(lambda m: _distribution(m, pairs=True), TAMPERED),
    "shadowed_predict": Hostile(lambda m: _with(predict=np.log1p), TAMPERED),
    "shadowed_decision": Hostile(lambda m: _with(decision_function=np.abs), TAMPERED),
    "hidden_class": Hostile(lambda m: _hidden("__class__"), TAMPERED),
    "hidden_getattr": Hostile(lambda m: _hidden("__getattr__"), TAMPERED),
    "class_gets_a_state": Hostile(
        lambda m: bundle(DUMMY, value({"predict": 1}), BUILD), ("tampered-file", "not-a-model")
    ),
    "class_gets_slots": Hostile(
        lambda m: bundle(DUMMY, value((None, {"predict": 1})), BUILD, EMPTY_TUPLE, NEWOBJ), TAMPERED
    ),
    "function_gets_slots": Hostile(lambda m: bundle(name("numpy", "clip"), value((None, {"a": 1})), BUILD), TAMPERED),
    "instance_gets_slots": Hostile(
        lambda m: bundle(DUMMY, EMPTY_TUPLE, NEWOBJ, value((None, {"predict": 1})), BUILD), TAMPERED
    ),
    "two_states": Hostile(
        lambda m: bundle(DUMMY, EMPTY_TUPLE, NEWOBJ, value({"a": 1}), BUILD, value({"b": 1}), BUILD), TAMPERED
    ),
    "items_for_a_class": Hostile(lambda m: bundle(DUMMY, EMPTY_TUPLE, NEWOBJ, value("a"), value(1), b"s"), TAMPERED),
    "append_to_a_frame": Hostile(
        lambda m: bundle(name("pandas", "Series"), EMPTY_TUPLE, NEWOBJ, value("a"), b"a"), TAMPERED
    ),
    "new_object_with_arguments": Hostile(
        lambda m: bundle(name("numpy", "ndarray"), value(((1 << 40,),)), NEWOBJ), (*TAMPERED, "not-a-model")
    ),
    "call_of_a_model": Hostile(lambda m: bundle(DUMMY, EMPTY_TUPLE, REDUCE), CALL),
}
NUMPY = {
    "pointers_from_bytes": Hostile(lambda m: bundle(_pointers()), TAMPERED),
    "type_changed_for_all": Hostile(
        lambda m: bundle(_dtype("f8", (3, ">", None, None, None, -1, -1, 0), copy=False)), CALL
    ),
    "type_of_another_size": Hostile(
        lambda m: bundle(_dtype("f8", (3, "<", None, None, None, 1 << 40, -1, 0))), TAMPERED
    ),
    "list_shorter_than_its_array": Hostile(lambda m: bundle(_short_list()), TAMPERED),
    "arrow_offsets": Hostile(lambda m: _arrow(), TAMPERED),
    "object_from_bytes": Hostile(lambda m: bundle(_scalar()), CALL),
}
SKOPS = {
    "skops_distribution": Hostile(_skops_distribution, TAMPERED),
    "skops_function": Hostile(lambda m: _skops_with("FunctionNode", "os", "system"), NAME),
    "skops_type": Hostile(lambda m: _skops_with("TypeNode", "subprocess", "Popen"), NAME),
    "skops_list_of_a_class": Hostile(
        lambda m: _skops_with("ListNode", "subprocess", "Popen", content=[]), (*TAMPERED, *NAME)
    ),
    "skops_operator": Hostile(
        lambda m: _skops_with("OperatorFuncNode", "operator", "methodcaller", attrs={}), (*TAMPERED, *NAME)
    ),
    "skops_method": Hostile(
        lambda m: _skops_with("MethodNode", "sklearn.dummy", "DummyClassifier", content={}), TAMPERED
    ),
}
FILES = {f"gadget_{key}": made for group in (LOADERS, FUNCTIONS, STATES, NUMPY, SKOPS) for key, made in group.items()}

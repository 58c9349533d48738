"""Bombs, claims, depths, and files that are broken or no model at all."""

from __future__ import annotations

import bz2
import gzip
import lzma
import pickle
import struct
import zlib

import numpy as np
from assembling import BUILD, EMPTY_TUPLE, MARK, NEWOBJ, Hostile, bundle, call, in_joblib, name, program, value
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

X = np.random.default_rng(0).random((30, 3))
Y = (X[:, 0] > 0.5).astype(int)
MEGABYTE = 1 << 20
BROKEN = ("truncated-file", "damaged-file", "tampered-file")
DEEP, LARGE = ("too-deep",), ("unpacks-too-large",)
ZEROS = bytes(64 * MEGABYTE)


def _fitted() -> LogisticRegression:
    return LogisticRegression().fit(X, Y)


def _wrapper(shape: tuple, code: str = "f8") -> bytes:
    kind = call(name("numpy", "dtype"), value(code), value(False), value(True))
    state = MARK + value("subclass") + b"N" + value("shape") + value(shape) + value("order") + value("C")
    state += value("dtype") + kind + value("allow_mmap") + value(False) + b"d"
    wrapper = name("joblib.numpy_pickle", "NumpyArrayWrapper") + EMPTY_TUPLE + NEWOBJ + state + BUILD
    return program(b"}", value("model"), wrapper, b"s")


def _tuples(last: bytes) -> bytes:
    """60 tuples, each of the one before, twice: few bytes, 2^60 steps to hash."""
    grown = b")"
    for _ in range(60):
        grown += b"2\x86"
    return program(grown, last)


def _nested_pipelines(depth: int) -> bytes:
    inner = DummyClassifier().fit(X, Y)
    for _ in range(depth):
        inner = Pipeline([("inner", inner)])
    return pickle.dumps(inner)


def _many_references() -> bytes:
    forest = RandomForestClassifier(2).fit(X, Y)
    forest.estimators_ = [forest.estimators_[0]] * 300_000
    return in_joblib(forest, 3)


def _nested_object_arrays(depth: int) -> bytes:
    wrapper = _wrapper((1,), "O8")[2:-1]
    return b"\x80\x04" + b"".join(wrapper[:-1] + b"\x80\x04" for _ in range(depth))


FILES = {
    f"size_{key}": Hostile(lambda m, make=make: make(), codes)
    for key, make, codes in (
        ("zlib_bomb", lambda: zlib.compress(ZEROS), LARGE),
        ("gzip_bomb", lambda: gzip.compress(ZEROS), LARGE),
        ("bz2_bomb", lambda: bz2.compress(ZEROS), LARGE),
        ("xz_bomb", lambda: lzma.compress(ZEROS), LARGE),
        ("lzma_bomb", lambda: lzma.compress(ZEROS, format=lzma.FORMAT_ALONE), LARGE),
        ("bytes_of_64_gib", lambda: program(b"\x96" + struct.pack("<Q", 64 << 30), protocol=5), BROKEN),
        ("text_of_2_gib", lambda: program(b"X" + struct.pack("<I", 2 << 30)), BROKEN),
        ("frame_of_an_exbibyte", lambda: program(b"\x95" + struct.pack("<Q", 1 << 60)), BROKEN),
        ("number_of_2_gib", lambda: program(b"\x8b" + struct.pack("<i", (1 << 31) - 1)), BROKEN),
        ("number_of_a_million_digits", lambda: program(b"L" + b"9" * 10**6 + b"L\n"), BROKEN),
        ("integer_of_a_million_digits", lambda: program(b"I" + b"9" * 10**6 + b"\n"), BROKEN),
        ("array_of_512_gib", lambda: _wrapper((1 << 36,)), BROKEN),
        ("array_of_negative_length", lambda: _wrapper((-1, -(1 << 36))), BROKEN),
        ("array_of_many_axes", lambda: _wrapper((1,) * 100), BROKEN),
        (
            "bytearray_of_64_gib",
            lambda: bundle(call(name("builtins", "bytearray"), value(1 << 36))),
            ("forbidden-call",),
        ),
        ("range_in_a_list", lambda: bundle(call(name("builtins", "list"), value(1))), ("forbidden-call",)),
        ("key_of_tuples", lambda: _tuples(b"\x94}h\x00Ns"), DEEP),
        ("set_of_tuples", lambda: _tuples(b"\x940\x8f(h\x00\x90"), DEEP),
        ("frozenset_of_tuples", lambda: _tuples(b"\x940(h\x00\x91"), DEEP),
        ("lists_in_lists", lambda: program(MARK * 100_000 + b"l" * 100_000), DEEP),
        ("many_on_the_stack", lambda: program(b"]" * 300_000), DEEP),
        ("pipelines_in_pipelines", lambda: _nested_pipelines(150), ("too-complex", "cannot-construct")),
        ("one_tree_very_often", _many_references, ("too-complex",)),
        ("memo_far_away", lambda: program(b"N" + b"j" + struct.pack("<I", 1 << 30)), BROKEN),
        ("stack_underflow", lambda: program(b"00R"), BROKEN),
        ("arrays_in_arrays", lambda: _nested_object_arrays(100), (*DEEP, *BROKEN)),
        ("truncated", lambda: in_joblib(_fitted())[:-40], BROKEN),
        ("truncated_gzip", lambda: in_joblib(_fitted(), ("gzip", 3))[:-40], BROKEN),
        (
            "flipped",
            lambda: in_joblib(_fitted()).replace(b"coef_", b"\xff\xfe\xfd\xfc\xfb"),
            (*BROKEN, "cannot-construct"),
        ),
        ("empty", lambda: b"", ("empty-file",)),
        (
            "lfs",
            lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
            ("git-lfs-pointer",),
        ),
        ("html", lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>", ("html-page",)),
        ("text", lambda: b"this is no model", ("placeholder-text",)),
        ("nothing_but_zeros", lambda: bytes(1000), ("not-a-model",)),
    )
}

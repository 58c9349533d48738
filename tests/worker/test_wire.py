"""The wire: what goes in comes out; whatever else arrives is a WireError and nothing else."""

from __future__ import annotations

import ast
import contextlib
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from results_of_all_kinds import RESULTS

from xai.description import Case
from xai.results import Attribution, Importance, Measure, Notice, Predictions
from xai.worker import wire
from xai.worker.wire.tables import MOST_TEXT

ENGINE = Path(__file__).parents[2] / "xai"


def sent(value: Any) -> bytearray:
    """The bytes that stand for an answer."""
    encoder, data = wire.Encoder(), bytearray()
    node = encoder.node(value)
    wire.write(data.extend, wire.Frame({"kind": "answer", "value": node}, encoder.arrays))
    return data


def received(data: bytes | bytearray, kind: Any, most: int = 1 << 26) -> Any:
    """The answer that stands in some bytes; where bytes are missing the app would wait: WireError."""
    place = 0

    def take(count: int) -> bytearray:
        nonlocal place
        part = bytearray(data[place : place + count])
        place += count
        if len(part) < count:
            raise wire.WireError("ends early")
        return part

    frame = wire.read(take, most)
    return wire.decode(frame.header.get("value"), kind, frame.arrays)


def equal(left: Any, right: Any) -> bool:
    """Equal values of equal types, arrays and tables included; nan equals nan."""
    if isinstance(left, pd.DataFrame):
        pd.testing.assert_frame_equal(left, right, check_column_type=False)
        return True
    if isinstance(left, np.ndarray):
        np.testing.assert_array_equal(left, right)
        return left.dtype == right.dtype
    if hasattr(left, "__dataclass_fields__"):
        return type(left) is type(right) and all(equal(getattr(left, f), getattr(right, f)) for f in vars(left))
    if isinstance(left, tuple | list):
        return type(left) is type(right) and len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return type(left) is type(right) and (left == right or (left != left and right != right))


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_every_result_arrives_as_it_left(result: Any) -> None:
    assert equal(result, received(sent(result), type(result)))


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=["C"]), max_size=40)
)
PLAIN = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_plain_values_arrive_as_they_left(value: Any) -> None:
    assert equal(value, wire.plain(json.loads(json.dumps(wire.Encoder().node(value)))))


@given(st.lists(st.lists(SCALARS, min_size=3, max_size=3), min_size=1, max_size=5))
def test_tables_of_labels_arrive_as_they_left(columns: list[list[Any]]) -> None:
    frame = pd.DataFrame({f"c{k}": pd.Series(values, dtype=object) for k, values in enumerate(columns)})
    assert equal(frame, received(sent(frame), pd.DataFrame))


@pytest.mark.parametrize(
    "kind", ["int8", "uint64", "float32", "float64", "bool", "datetime64[ns]", "str", "category", "object"]
)
def test_columns_keep_their_type(kind: str) -> None:
    values = pd.Series(["a", None, "b"] if kind in ("str", "category", "object") else [1, 0, 1]).astype(kind)
    frame = pd.DataFrame({"x": values}, index=[4, 2, 7])
    assert equal(frame, received(sent(frame), pd.DataFrame))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(RESULTS), st.data())
def test_garbled_bytes_are_a_wire_error_or_a_lie_about_numbers(result: Any, data: st.DataObject) -> None:
    frame = sent(result)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(frame) - 1))
        if data.draw(st.booleans()):
            frame[place] = data.draw(st.integers(0, 255))
        else:
            frame[place : place + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=12))
    with contextlib.suppress(wire.WireError):
        assert type(received(frame, type(result))) is type(result)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("tmafdvonkb"), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=300, deadline=None)
@given(JSON, st.sampled_from(RESULTS), st.data())
def test_any_node_in_the_place_of_a_field_is_a_wire_error_or_fits(node: Any, result: Any, data: st.DataObject) -> None:
    encoder = wire.Encoder()
    whole = encoder.node(result)
    name = data.draw(st.sampled_from(sorted(whole["v"])))
    whole["v"][name] = node
    with contextlib.suppress(wire.WireError):
        assert type(wire.decode(whole, type(result), encoder.arrays)) is type(result)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_a_wire_error(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        received(data, Case)


HOSTILE = {
    "a header of a gigabyte": struct.pack("<IQ", 1 << 30, 0),
    "a body of a terabyte": struct.pack("<IQ", 2, 1 << 40) + b"{}",
    "brackets without end": struct.pack("<IQ", 1 << 20, 0) + b"[" * (1 << 20),
    "a number of a million digits": struct.pack("<IQ", 1 << 20, 0) + b"9" * (1 << 20),
    "not UTF-8": struct.pack("<IQ", 4, 0) + b"\xff\xfe{}",
}
ARRAYS = {
    "more than there is": [["float64", [1 << 20]]],
    "no such type": [["object", [1]]],
    "a record": [["f8,i4", [1]]],
    "a negative length": [["float64", [-1]]],
    "a length that is no number": [["float64", [True]]],
    "four sides": [["float64", [1, 1, 1, 1]]],
    "an empty side and an endless one": [["float64", [0, 1 << 60]]],
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_frames_are_refused(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        received(data, Case)


@pytest.mark.parametrize("declared", ARRAYS.values(), ids=ARRAYS.keys())
def test_hostile_arrays_are_refused(declared: Any) -> None:
    header = json.dumps({"kind": "answer", "value": None, "arrays": declared}).encode()
    with pytest.raises(wire.WireError):
        received(struct.pack("<IQ", len(header), 8) + header + bytes(8), Case)


def test_another_result_than_the_asked_one_is_refused() -> None:
    attribution = next(result for result in RESULTS if isinstance(result, Attribution))
    with pytest.raises(wire.WireError):
        received(sent(attribution), Importance)


@pytest.mark.parametrize("field", ["values", "spread", "data", "columns"])
def test_lengths_that_disagree_are_refused(field: str) -> None:
    attribution = next(result for result in RESULTS if isinstance(result, Attribution))
    shorter = {"data": attribution.data.iloc[:, 1:]}.get(field, getattr(attribution, field)[1:])
    encoder = wire.Encoder()
    node = encoder.node(attribution)
    node["v"][field] = encoder.node(shorter)
    with pytest.raises(wire.WireError):
        wire.decode(node, Attribution, encoder.arrays)


def test_text_is_bounded_and_steers_nothing() -> None:
    told = received(sent(Notice("x", {"what": "a\x1b[2Jb\x00c\x85d\te" + "y" * 100_000})), Notice).facts["what"]
    assert told.startswith("a[2Jbcd\te")
    assert len(told) <= 32_768


def test_half_characters_are_dropped() -> None:
    assert wire.plain("a\ud800b") == "ab"


@pytest.mark.parametrize("code", ["", "../x", "A b", "{x}", "a" * 100])
def test_codes_are_codes(code: str) -> None:
    with pytest.raises(wire.WireError):
        received(sent(Measure(code, 1.0, "share", "solid")), Measure)


def test_a_long_text_many_rows_refer_to_is_refused() -> None:
    codes = np.zeros(MOST_TEXT // 30_000 + 1, np.int32)
    column = {"k": "text", "a": 0, "v": ["x" * 30_000]}
    table = {"f": {"rows": len(codes), "index": None, "names": ["c"], "columns": [column]}}
    with pytest.raises(wire.WireError):
        wire.decode(table, pd.DataFrame, (codes,))


def test_arrays_that_arrive_cannot_be_changed() -> None:
    predictions = next(result for result in RESULTS if isinstance(result, Predictions))
    arrived = received(sent(predictions), Predictions)
    assert not arrived.shown.flags.writeable
    assert not arrived.answers.flags.writeable


def test_neither_side_unpickles() -> None:
    forbidden = {"pickle", "marshal", "shelve", "multiprocessing", "joblib", "cloudpickle", "dill"}
    for path in (ENGINE / "worker").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not {name.partition(".")[0] for name in imported} & forbidden, path
        assert not called & {"read_pickle", "load_arrays", "fromfile", "memmap"}, path
        assert "load" not in {
            n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and ast.unparse(n) == "np.load"
        }

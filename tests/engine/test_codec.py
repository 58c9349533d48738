"""The codec: every type of column comes back as it was, and values only the explained row has are kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xai.codec import codec
from xai.data import dataset


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "text": pd.Series(["b", "a", None, "b"], dtype="str"),
            "object": pd.Series(["x", None, "y", "y"], dtype=object),
            "boolean": [True, False, True, True],
            "category": pd.Categorical(["u", None, "v", "v"]),
            "object boolean": pd.Series([True, None, False, True], dtype=object),
            "nullable boolean": pd.Series([True, None, False, True], dtype="boolean"),
            "integer": [1, 2, 3, 4],
            "number": [1.5, np.nan, 2, 3],
            "whole float": [1.0, np.nan, 2, 3],
            "nullable integer": pd.Series([1, None, 3, 4], dtype="Int64"),
            "narrow float": np.array([0.1, 0.2, 0.3, np.nan], dtype=np.float32),
            "empty": [np.nan] * 4,
        }
    )


def test_every_type_survives_the_round_trip(frame):
    coder = codec(dataset(frame, tuple(frame.columns)))
    pd.testing.assert_frame_equal(coder.decode(coder.encode(frame)), frame)


def test_unseen_category_of_the_explained_row_is_kept(frame):
    row = frame.iloc[[0]].assign(text="new", category="new")
    coder = codec(dataset(frame, tuple(frame.columns)), row)
    decoded = coder.decode(coder.encode(row))
    assert decoded["text"].item() == decoded["category"].item() == "new"
    assert isinstance(decoded["category"].dtype, pd.CategoricalDtype)
    with pytest.raises(ValueError, match="newer"):
        coder.encode(row.assign(text="newer"))


@pytest.mark.parametrize(
    "names",
    [
        ["text", "object", "boolean", "object boolean", "integer", "number", "whole float", "narrow float", "empty"],
        ["boolean", "integer", "number"],
        ["integer", "number", "narrow float", "empty"],
        ["boolean"],
        ["text"],
        ["text", "integer", "category", "nullable boolean", "nullable integer"],
        ["integer", "level", "date", "zoned"],
        ["date", "early date"],
    ],
)
def test_a_row_alone_is_coded_as_among_others(frame, names: list[str]):
    """Also where no common type of its columns holds its values: nanoseconds only reach back to 1677."""
    frame = frame.assign(
        level=pd.Categorical([3, None, 1, 3]),
        date=pd.to_datetime(["2020-01-01", None, "2021-03-02", "2020-01-01"]).astype("datetime64[ns]"),
        **{"early date": pd.Series(["1500-03-02"] * 3 + [None]).astype("datetime64[us]")},
        zoned=pd.to_datetime(["2020-01-01", None, "2021-03-02", "2020-01-01"]).tz_localize("Europe/Berlin"),
    )[names]
    coder = codec(dataset(frame, tuple(names)))
    rows = [frame.iloc[[place]] for place in range(len(frame))]
    np.testing.assert_array_equal(np.concatenate([coder.encode(row) for row in rows]), coder.encode(frame))
    for row in rows[1:]:  # values the codec was not made with
        narrow = codec(dataset(rows[0], tuple(names)))
        np.testing.assert_array_equal(narrow.knowing(row)[1], narrow.knowing(pd.concat([row, row]))[1][:1])


def test_single_values_are_plain_python(frame):
    coder = codec(dataset(frame, tuple(frame.columns)))
    first, second = coder.encode(frame)[:2]
    assert [coder.value(place, code) for place, code in enumerate(first)][:9] == [
        *("b", "x", True, "u", True, True),
        *(1, 1.5, 1),
    ]
    assert type(coder.value(6, first[6])) is int
    assert type(coder.value(2, first[2])) is bool
    assert coder.value(1, second[1]) is None
    assert coder.value(7, second[7]) is None


def test_perturbed_integers_are_rounded_even_in_a_narrow_type():
    frame = pd.DataFrame({"small": np.array([1, 100, 120], dtype=np.int8)})
    decoded = codec(dataset(frame, ("small",))).decode(np.array([[2.6], [300.2]]))
    assert decoded["small"].tolist() == [3, 300]


def test_a_fraction_in_a_column_of_whole_numbers_is_kept():
    frame = pd.DataFrame({"plain": [1, 2, 3], "nullable": pd.Series([1, None, 3], dtype="Int64")})
    row = pd.DataFrame({"plain": [2.5], "nullable": [1.5]})
    decoded = codec(dataset(frame, ("plain", "nullable")), row).decode(np.array([[2.5, 1.5]]))
    assert decoded.iloc[0].tolist() == [2.5, 1.5]

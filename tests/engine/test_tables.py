"""Tables as people bring them: how each is read, what is said about it, and which errors are raised."""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xai.opening.sizes
import xai.opening.tables
from xai.errors import DataError
from xai.limits import Limits
from xai.opening import read_table
from xai.opening.tables import Table
from xai.sentences import errors, notices
from xai.texts import LANGUAGES, Wording, catalogue


def read(text: str | bytes, name: str = "t.csv", encoding: str = "utf-8") -> Table:
    """The table; what it says about itself must have words in every language."""
    table = read_table(text.encode(encoding) if isinstance(text, str) else text, name)
    for language in LANGUAGES:
        assert len(notices.sentences(table.notices, Wording(language))) == len(table.notices)
    return table


def refused(text: str | bytes, name: str = "t.csv") -> DataError:
    with pytest.raises(DataError) as caught:
        read_table(text.encode() if isinstance(text, str) else text, name)
    for language in LANGUAGES:
        assert f"errors.{caught.value.code}.message" in catalogue(language)
        assert "{" not in errors.message(caught.value, Wording(language))
        assert len(errors.remedy(caught.value, Wording(language))) > 10
    return caught.value


def codes(table: Table) -> list[str]:
    return [notice.code for notice in table.notices]


# --- text tables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_found(delimiter: str) -> None:
    table = read(f"a{delimiter}b{delimiter}c\n1{delimiter}2.5{delimiter}x, y; z\n".replace("x, y; z", '"x, y; z"'))
    assert table.delimiter == delimiter
    assert table.frame.values.tolist() == [[1, 2.5, "x, y; z"]]
    assert table.format == ("tsv" if delimiter == "\t" else "csv")


def test_semicolons_with_decimal_commas_give_numbers() -> None:
    table = read("größe;preis;ort\n1,70;12,5;Köln\n1,82;-3,25;Bonn\n")
    assert (table.delimiter, table.decimal) == (";", ",")
    assert table.frame["größe"].tolist() == [1.70, 1.82]
    assert table.frame["preis"].tolist() == [12.5, -3.25]
    assert table.notices == ()


def test_semicolons_with_decimal_points_stay_as_they_are() -> None:
    table = read("a;b\n1.5;x,y\n2.5;x,z\n")
    assert (table.decimal, table.frame["a"].tolist()) == (".", [1.5, 2.5])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_umlauts_survive_in_every_encoding(encoding: str) -> None:
    table = read("name,größe\nMüller,1\nJosé,2\n", encoding=encoding)
    assert table.frame.columns.tolist() == ["name", "größe"]
    assert table.frame["name"].tolist() == ["Müller", "José"]
    assert table.encoding == encoding
    assert codes(table) == (["encoding-guessed"] if encoding == "cp1252" else [])


def test_a_guessed_encoding_says_where_it_mattered() -> None:
    table = read("a,b\n1,x\n2,é\n", encoding="cp1252")
    assert table.notices[0].facts == {"encoding": "Windows-1252", "line": 3}


def test_a_line_with_too_many_fields_is_named() -> None:
    error = refused("a,b\n1,2\n\n3,4,5\n")
    assert error.code == "unreadable-table"
    assert error.facts == {"line": 4, "expected": 2, "found": 3}


def test_a_field_that_spans_lines_does_not_shift_the_line_numbers() -> None:
    assert refused('a,b\n"x\ny",2\n3,4,5\n').facts["line"] == 4


def test_short_lines_are_filled_and_said() -> None:
    table = read("a,b,c\n1,2,3\n4\n5,6\n")
    assert table.frame["b"].isna().tolist() == [False, True, False]
    assert table.notices[0].facts == {"count": 2, "line": 3}


def test_a_quote_that_never_closes_is_an_error() -> None:
    assert refused('a,b\n1,"' + "x" * 200_000 + "\n2,3\n").code == "unreadable-line"


def test_empty_lines_are_skipped() -> None:
    assert read("\n  \na,b\n1,2\n \n3,4\n\n").frame["b"].tolist() == [2, 4]


def test_text_that_begins_like_a_compressed_file_is_text() -> None:
    assert read("x^2,y\n1,2\n").frame.columns.tolist() == ["x^2", "y"]
    assert read("BZh9,y\n1,2\n").frame.columns.tolist() == ["BZh9", "y"]


def test_blanks_around_names_are_taken_off_and_said() -> None:
    table = read(" age , income\n1,2\n")
    assert table.frame.columns.tolist() == ["age", "income"]
    assert table.notices[0].facts["columns"] == "age, income"


def test_a_column_without_a_name_is_called_as_pandas_calls_it() -> None:
    assert read(",a,b\n0,1,2\n").frame.columns.tolist() == ["Unnamed: 0", "a", "b"]


def test_missing_values_are_those_of_pandas() -> None:
    text = "a,b,c\nNA,x,1\n,None,2\n3,nan,\n"
    pd.testing.assert_frame_equal(read(text).frame, pd.read_csv(io.StringIO(text)))


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.234,5", "2,5", "1.000.000"], [1234.5, 2.5, 1e6]),
        (["12 kg", "13 kg", "14 kg"], None),
        (["1.234,5", "viel", "2"], None),
        (["007", "012", "1.5x"], None),
    ],
)
def test_numbers_stored_as_text_are_converted_only_if_all_of_them_are(
    cells: list[str], numbers: list[float] | None
) -> None:
    table = read("a;b\n" + "".join(f"{cell};x\n" for cell in cells))
    if numbers is None:
        assert table.frame["a"].tolist() == cells
        assert codes(table) == []
    else:
        assert table.frame["a"].tolist() == numbers
        assert codes(table) == ["numbers-from-text"]


def test_blanks_among_numbers_become_missing_and_are_said() -> None:
    table = read("charges,b\n29.85,x\n ,y\n56.95,z\n")
    assert table.frame["charges"].isna().tolist() == [False, True, False]
    assert table.frame["charges"].dtype == float
    assert table.notices[0].facts["columns"] == "charges"


def test_codes_with_leading_zeros_in_text_cells_stay_text() -> None:
    stream = io.BytesIO()
    pd.DataFrame({"zip": ["01067", "50667"], "b": [1, 2]}).to_excel(stream, index=False)
    assert read(stream.getvalue()).frame["zip"].tolist() == ["01067", "50667"]


# --- other formats ---------------------------------------------------------------------------------------------------


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 2], "b": ["x", None], "self": [1.5, np.nan], "yes": [True, False]})


def test_binary_formats_give_the_same_table(frame: pd.DataFrame) -> None:
    for form, write in (("parquet", frame.to_parquet), ("feather", frame.to_feather)):
        stream = io.BytesIO()
        write(stream)
        table = read(stream.getvalue())
        assert table.format == form
        pd.testing.assert_frame_equal(table.frame, frame)


def test_excel_reads_the_first_sheet_and_says_so(frame: pd.DataFrame) -> None:
    stream = io.BytesIO()
    with pd.ExcelWriter(stream) as book:
        frame.to_excel(book, sheet_name="Daten", index=False)
        frame.to_excel(book, sheet_name="Notizen", index=False)
    table = read(stream.getvalue(), "book.xlsx")
    assert table.notices[0].facts == {"sheet": "Daten", "count": 2}
    pd.testing.assert_frame_equal(table.frame, frame, check_dtype=False)


@pytest.mark.parametrize("lines", [False, True])
def test_json_records_and_lines(frame: pd.DataFrame, lines: bool) -> None:
    table = read(frame.to_json(orient="records", lines=lines), "t.json")
    assert table.format == ("json lines" if lines else "json")
    assert table.frame["a"].tolist() == [1, 2]
    assert table.frame["yes"].tolist() == [True, False]


def test_json_with_lists_in_cells_is_refused() -> None:
    assert refused('[{"a": [1, 2], "b": 1}]').facts["columns"] == "a"


def test_compressed_tables_open() -> None:
    assert read(gzip.compress(b"a,b\n1,2\n"), "t.csv.gz").frame.shape == (1, 2)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("t.tsv", "a\tb\n1\t2\n")
        archive.writestr("__MACOSX/t.tsv", "")
    assert read(stream.getvalue(), "t.zip").format == "tsv"


def test_nullable_types_become_the_types_models_know() -> None:
    stream = io.BytesIO()
    nullable = {
        "whole": pd.array([1, None], "Int64"),
        "flag": pd.array([True, None], "boolean"),
        "full": pd.array([1, 2], "Int64"),
        "text": pd.array(["x", None], "string"),
        "group": pd.Categorical(["u", "v"]),
    }
    pd.DataFrame(nullable).to_parquet(stream)
    frame = read(stream.getvalue()).frame
    assert frame["whole"].dtype == float
    assert frame["full"].dtype == "int64"
    assert frame["flag"].tolist()[0] is True
    assert not any(value is pd.NA for name in frame for value in frame[name])
    assert isinstance(frame["group"].dtype, pd.CategoricalDtype)


def test_the_name_of_the_file_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "model.joblib").write_text("a,b\n1,2\n", encoding="utf-8")
    assert read_table(tmp_path / "model.joblib").frame.shape == (1, 2)


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-table"),
        (b"   \n\n", "empty-table"),
        (b"a,b\n", "empty-table"),
        (b"[]", "empty-table"),
        (b"a\n1\n2\n", "one-column-table"),
        (b"a,b,a\n1,2,3\n", "duplicate-columns"),
        (b"a, a \n1,2\n", "duplicate-columns"),
        (b"a,b\n1,\x002\n", "zero-bytes"),
        (b"a,b\n1,\x81\n", "unknown-encoding"),
        (b"\xff\xfea\x00,", "unknown-encoding"),
        (pickle.dumps([1, 2]), "pickled-table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old-excel"),
        (b"%PDF-1.7", "not-a-table"),
        (b"<!doctype html><html>", "not-a-table"),
        (b"version https://git-lfs.github.com/spec/v1\n", "not-a-table"),
        (b"\x01\x02\x03\xff" * 200, "not-a-table"),
        (b'[{"a": 1, "b": 2}, {', "unreadable-file"),
        (b"[1, 2, 3]", "not-a-table"),
        (b"PAR1....PAR1", "unreadable-file"),
        (b"ARROW1\x00\x00garbage", "unreadable-file"),
        (gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (k, k * k) for k in range(99)))[:200], "truncated-file"),
        (b"PK\x03\x04 nothing", "truncated-file"),
    ],
)
def test_what_is_no_table_ends_in_a_typed_error(data: bytes, code: str) -> None:
    assert refused(data).code == code


def test_a_pickled_frame_is_never_opened(tmp_path: Path) -> None:
    stream = io.BytesIO()
    pd.DataFrame({"a": [1], "b": [2]}).to_pickle(stream)
    assert refused(stream.getvalue(), "t.pkl").code == "pickled-table"
    assert refused(gzip.compress(stream.getvalue()), "t.csv.gz").code == "pickled-table"


def test_duplicate_names_are_refused_in_excel_too() -> None:
    stream = io.BytesIO()
    pd.DataFrame([[1, 2]], columns=["a", "a"]).to_excel(stream, index=False)
    assert refused(stream.getvalue()).facts["columns"] == "a"


def test_too_many_columns_are_refused_from_the_header() -> None:
    header = ",".join(f"c{k}" for k in range(2500))
    assert refused(header + "\n" + ",".join("1" * 2500)).facts == {"columns": 2500, "limit": 2000}


def test_limits_hold_for_the_file_and_for_what_it_unpacks_to(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Limits(table_unpacked_bytes=10_000)
    monkeypatch.setattr(xai.opening.tables, "limits", lambda: small)
    monkeypatch.setattr(xai.opening.sizes, "limits", lambda: small)
    assert refused("a,b\n" + "1,2\n" * 4_000).code == "too-large"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", "a,b\n" + "1,2\n" * 20_000)
    assert refused(stream.getvalue()).code == "unpacks-too-large"


def test_an_archive_with_several_files_is_refused_and_lists_them() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
        archive.writestr("b.csv", "a,b\n1,2\n")
    assert refused(stream.getvalue()).facts["found"] == "ZIP (a.csv, b.csv)"

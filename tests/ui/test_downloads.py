"""What a reader takes away: numbers, the code that computes them again, a report."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest
from visiting_app import ROOT, Visit, assert_whole

from ui import downloads

Files = dict[str, bytes]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """Key of each link -> what it would deliver, made at once."""
    made: Files = {}
    real = downloads._link

    def link(key: str, icon: str, data: Any, file_name: str, mime: str) -> None:
        content = data()
        made[key] = content if isinstance(content, bytes) else content.encode()
        real(key, icon, data, file_name, mime)

    monkeypatch.setattr(downloads, "_link", link)
    return made


@pytest.mark.parametrize("page", ["global", "local", "counterfactuals", "whatif"])
@pytest.mark.parametrize("demo", ["titanic", "cars"])
def test_every_page_gives_numbers_code_and_a_report(visit: Visit, files: Files, page: str, demo: str) -> None:
    visitor = visit(page, lang="de", model=demo)
    assert_whole(visitor)
    assert set(files) == {"csv", "code", "report"}
    assert files["csv"].startswith(b"\xef\xbb\xbf")
    assert b"Klartext" in files["report"] or visitor.title[0].value.encode() in files["report"]
    compile(files["code"].decode(), page, "exec")


@pytest.mark.parametrize("case", ["rose", "17"])
def test_the_code_computes_the_numbers_of_the_page(
    visit: Visit, files: Files, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit("local", lang="en", case=case)
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(files["code"].decode(), names)
    again = names["result"].to_frame()
    shown = files["csv"].decode("utf-8-sig").splitlines()
    for row in again.itertuples():
        line = next(line for line in shown if line.startswith(f"{row.column},"))
        assert any(_number(cell) == pytest.approx(row.contribution, abs=1e-12) for cell in line.split(","))


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")

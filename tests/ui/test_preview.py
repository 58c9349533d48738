"""What the browser shows of the start page before it has loaded the app."""

from __future__ import annotations

import asyncio
import html
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette
from visiting_app import Visit, stills

from ui import engine, given
from ui.answers import Answers
from ui.preview import routes
from xai.texts import Labels

COLORS = r"#[0-9A-Fa-f]{6}|rgba?\([^)]*\)"  # the visitor's theme is light, that of the preview dark


def answered(path: str) -> tuple[int, str]:
    """Status and text of what the server answers."""
    address, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": address,
        "query_string": query.encode(),
        "headers": [],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asked = Starlette(routes=routes.routes())(scope, receive, send)
    with ThreadPoolExecutor(1) as apart:  # tests in a browser leave a loop of their own in the main thread
        apart.submit(asyncio.run, asked).result()
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent).decode()


def plain(markdown: str) -> str:
    """What is read of a text."""
    return re.sub(r"^:small\[:gray\[|\]\]$|\*\*|\\(?=\W)", "", markdown)


def test_the_page_still_loads_all_that_streamlits_own_page_loads() -> None:
    own = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', own)
    _, found = answered("/")
    assert [address for address in loaded if address not in found] == []
    assert found.count('<div id="root">') == 1


def test_an_address_that_asks_for_something_else_gets_streamlits_own_page() -> None:
    own = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    assert answered("/?class=yes")[1] == own
    assert answered("/?present=true")[1] == own
    assert answered("/?lang=de&model=titanic&case=rose")[1] != own


def test_an_app_below_a_path_of_its_own_has_no_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes.st, "get_option", {"server.baseUrlPath": "demo"}.get)
    assert routes.routes() == ()


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_preview_says_what_the_page_says(visit: Visit, language: str) -> None:
    visitor = visit(lang=language, model="cars")
    status, found = answered(f"/preview?lang={language}&model=cars&theme=dark")
    assert status == 200
    said = re.sub(r"<[^>]+>", "", found)
    notes = [text.value for text in visitor.markdown if text.value.startswith(":small[")]
    for words in (visitor.title[0].value, visitor.header[0].value, *(notes[k] for k in (0, 1))):
        assert html.escape(plain(words), quote=False) in said
    assert [body for body in stills(visitor) if re.sub(COLORS, "", body) not in re.sub(COLORS, "", found)] == []


def test_nothing_is_shown_that_is_not_known_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered("/preview?model=own-12345678")[0] == 204
    monkeypatch.setattr(engine, "_shared_answers", lambda: Answers(1))
    assert answered("/preview?model=cars") == (204, "")
    monkeypatch.setenv(given.MODEL, "/no/such/model.joblib")
    monkeypatch.setenv(given.DATA, "/no/such/table.csv")
    assert answered("/preview") == (204, "")


def test_names_from_files_become_no_markup(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    visit(model="cars")
    bad = "<script>alert(1)</script>"
    labels = Labels(columns={known.name: bad for known in engine.ask("describe", source={"demo": "cars"}).columns})
    monkeypatch.setattr(engine, "labels", lambda *_: labels)
    found = answered("/preview?model=cars")[1]
    assert "<script" not in found
    assert "<strong>&lt;script&gt;alert(1)&lt;/script&gt;</strong>" in found

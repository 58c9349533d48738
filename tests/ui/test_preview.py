"""What the browser shows of the start page before it has loaded the app."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette
from visiting_app import Visit, stills

from ui import engine, given
from ui.preview import routes
from xai.errors import OpeningError
from xai.texts import Labels

COLORS = r"#[0-9A-Fa-f]{6}|rgba?\([^)]*\)"  # the visitor's theme is light, that of the preview dark
HERE, ELSEWHERE = "127.0.0.1", "192.0.2.7"


def answered(path: str, client: str = HERE, headers: Mapping[str, str] = MappingProxyType({})) -> tuple[int, str]:
    """Status and text of what the server answers."""
    address, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": address,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (client, 50_000),
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


def waits(page: str) -> bool:
    """Whether the page loads the app only after the preview."""
    return "later" in page and not re.search('<script type="module"', page.replace(template(page), ""))


def plain(markdown: str) -> str:
    """What is read of a text."""
    return re.sub(r"^:small\[:gray\[|\]\]$|\*\*|\\(?=\W)", "", markdown)


def template(page: str) -> str:
    found = re.search('<template id="later">.*</template>', page, re.DOTALL)
    return found[0] if found else ""


def test_the_page_still_loads_all_that_streamlits_own_page_loads() -> None:
    own = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', own)
    _, found = answered("/")
    assert [address for address in loaded if address not in found] == []
    assert found.count('<div id="root">') == 1


def test_the_app_waits_only_for_a_given_model_and_only_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not waits(answered("/")[1])
    monkeypatch.setattr(given, "given", lambda: given.Given({}, {}))
    assert waits(answered("/")[1])
    assert not waits(answered("/", headers={"x-forwarded-for": ELSEWHERE})[1])
    assert not waits(answered("/", client=ELSEWHERE)[1])


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


def test_nothing_is_shown_where_the_page_has_to_tell_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered("/preview?model=own-12345678")[0] == 204

    def refused(*_: object, **__: object) -> None:
        raise OpeningError("no-fitted-model", model="Pipeline")

    monkeypatch.setattr(engine, "ask", refused)
    assert answered("/preview?model=cars")[0] == 204


def test_names_from_files_become_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = "<script>alert(1)</script>"
    labels = Labels(columns={known.name: bad for known in engine.ask("describe", source={"demo": "cars"}).columns})
    monkeypatch.setattr(engine, "labels", lambda *_: labels)
    found = answered("/preview?model=cars")[1]
    assert "<script" not in found
    assert "<strong>&lt;script&gt;alert(1)&lt;/script&gt;</strong>" in found

"""One browser and one app for all tests here; a fresh visitor for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from serving import Server, serving
from visiting import Visitor, chromium, launched

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser; without one it is skipped."""
    missing = pytest.mark.skip(reason="no chromium: install it, or name one in CHROMIUM")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if chromium() is None:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launched(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def warm_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An app that stays up for all tests."""
    with serving(tmp_path_factory.mktemp("app") / "server.log") as running:
        yield running


@pytest.fixture
def server(warm_server: Server) -> Iterator[Server]:
    """The app, with a log in which this test caused no complaint."""
    before = len(warm_server.complaints())
    yield warm_server
    assert not warm_server.complaints()[before:]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`visit(server, language=…, theme=…)`: a visitor; at the end of the test none of them may have met a problem."""
    visitors: list[Visitor] = []

    def begin(server: Server, language: str = "en", theme: str = "light") -> Visitor:
        visitors.append(Visitor(browser, server.url, language, theme))
        return visitors[-1]

    yield begin
    for visitor in visitors:
        visitor.close()
    assert not [problem for visitor in visitors for problem in visitor.problems]

"""What the tests of the app share: a visitor who opens a page, and files to upload.

Answers are kept between tests: they are known by the content they are about, and computing them again proves nothing.
What a visitor chose or uploaded lies in the session state, of which every AppTest has its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
LANGUAGES = ("de", "en")
PAGES = ("start", "global", "local", "counterfactuals", "whatif")

Visit = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _warm_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest plays a freshly started server in every run; here the navigation is known, unless a test is `cold`.

    A fresh server runs the file of a page alone, and the guard starts over: clicks made meanwhile would be lost.
    """
    if "cold" in request.keywords:
        return
    made = PagesManager.__init__

    def make(manager: PagesManager, *arguments: Any, **options: Any) -> None:
        PagesManager.uses_pages_directory = False
        made(manager, *arguments, **options)

    monkeypatch.setattr(PagesManager, "__init__", make)


@pytest.fixture
def visit() -> Visit:
    """Opens the app at an address: `visit("local", lang="de", case="17")`."""

    def open_page(page: str = "start", locale: str = "en-US", **codes: str) -> AppTest:
        visitor = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=300)
        visitor.context = {"locale": locale}
        visitor.query_params.update(codes)
        visitor.run()
        return visitor if page == "start" else go(visitor, page)

    return open_page


def go(visitor: AppTest, page: str) -> AppTest:
    """To another page, as if its link in the navigation was clicked."""
    return visitor.switch_page(f"pages/{page}.py").run()


def said(visitor: AppTest) -> str:
    """Everything that is written on the page."""
    return "\n".join(element.value for element in (*visitor.title, *visitor.header, *visitor.markdown))


def press(visitor: AppTest, key: str) -> AppTest:
    return visitor.button(key=key).click().run()


def upload(visitor: AppTest, role: str, name: str, content: bytes) -> AppTest:
    return visitor.file_uploader(key=f"upload_{role}").upload(name, content).run()


def demo_file(name: str) -> bytes:
    return (ROOT / "models" / name).read_bytes()


def assert_whole(visitor: AppTest) -> None:
    """No exception box, and nothing that went wrong unexpectedly."""
    assert not visitor.exception
    assert ":material/error:" not in said(visitor)

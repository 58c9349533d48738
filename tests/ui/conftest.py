"""What the tests of the app share: a visitor who opens a page, and files to upload.

Answers are kept between tests: they are known by the content they are about, and computing them again proves nothing.
What a visitor chose or uploaded lies in the session state, of which every AppTest has its own.
"""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest
from visiting_app import ROOT, Visit, go


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

"""Every page opens, warm and cold, in both languages, on every demo."""

from __future__ import annotations

import pytest
from serving import serving
from visiting import PAGES

from xai.opening.demos import demo_names
from xai.texts import LANGUAGES, catalogue

DEMOS = demo_names()
# The first demo in both languages, the others in turn: every text and every model, without every pair.
VISITS = [(DEMOS[0], LANGUAGES[0]), *((demo, LANGUAGES[(k + 1) % 2]) for k, demo in enumerate(DEMOS))]


@pytest.mark.parametrize(("demo", "language"), VISITS)
def test_every_page_answers_its_question(visit, server, demo, language):
    visitor = visit(server, language)
    visitor.open("start", model=demo)
    for page in PAGES:
        if page != "start":
            visitor.go(page)
        assert visitor.answer(), f"{page} has no answer"
        assert visitor.figures(), f"{page} has no figure"


def test_every_page_opens_in_a_small_dark_window(visit, server):
    visitor = visit(server, "de", "dark")
    visitor.page.set_viewport_size({"width": 800, "height": 600})
    visitor.open("start")
    for page in PAGES:
        if page != "start":
            visitor.go(page)
        assert visitor.answer()


def test_what_can_be_taken_away_arrives(visit, server, tmp_path):
    visitor = visit(server, "de")
    visitor.open("local", model="titanic", case="rose")
    for kind, name in (("csv", "local.csv"), ("code", "local.py"), ("report", "local.html")):
        with visitor.page.expect_download() as download:
            visitor.page.get_by_role("button", name=catalogue("de").say(f"frame.page.{kind}")).click()
        download.value.save_as(tmp_path / name)
    assert len((tmp_path / "local.csv").read_text("utf-8-sig").splitlines()) == 6
    compile((tmp_path / "local.py").read_text("utf-8"), "local.py", "exec")
    answer = visitor.answer()
    visitor.page.goto((tmp_path / "local.html").as_uri())
    visitor.page.locator(".js-plotly-plot .main-svg").first.wait_for()
    assert answer in visitor.page.inner_text("body")


@pytest.mark.parametrize("pages", [PAGES[1:3], (*PAGES[3:], PAGES[0])], ids="-".join)
def test_first_links_after_a_restart_open_their_pages(visit, tmp_path, pages):
    """In a fresh process a deep link must not run the page without the frame around it, and all come at once."""
    with serving(tmp_path / "server.log") as cold:
        visitors = [visit(cold, LANGUAGES[PAGES.index(page) % len(LANGUAGES)]) for page in pages]
        for visitor, page in zip(visitors, pages, strict=True):
            visitor.follow(page, model=DEMOS[PAGES.index(page) % len(DEMOS)])
        for visitor, page in zip(visitors, pages, strict=True):
            visitor.wait(page)
            assert visitor.answer()
            visitor.close()
    assert not cold.complaints()

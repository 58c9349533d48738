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
    for page in PAGES:
        visitor.open(page)
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


@pytest.mark.parametrize("page", PAGES)
def test_first_link_after_a_restart_opens_its_page(visit, tmp_path, page):
    """In a fresh process a deep link must not run the page without the frame around it."""
    language = LANGUAGES[PAGES.index(page) % len(LANGUAGES)]
    demo = DEMOS[PAGES.index(page) % len(DEMOS)]
    with serving(tmp_path / "server.log") as cold:
        visitor = visit(cold, language)
        visitor.open(page, model=demo)
        assert visitor.answer()
        visitor.close()
    assert not cold.complaints()

"""Every page opens, warm and cold, in both languages, on every demo."""

from __future__ import annotations

import pytest
from serving import serving
from visiting import PAGES

from xai.opening.demos import demo_names
from xai.texts import LANGUAGES

each_language = pytest.mark.parametrize("language", LANGUAGES)


@each_language
@pytest.mark.parametrize("demo", demo_names())
def test_every_page_answers_its_question(visit, server, demo, language):
    visitor = visit(server, language)
    visitor.open("start", model=demo)
    for page in PAGES:
        if page != "start":
            visitor.go(page)
        assert visitor.answer(), f"{page} has no answer"
        assert visitor.figures(), f"{page} has no figure"


@pytest.mark.parametrize("theme", ["dark"])
def test_every_page_opens_in_the_dark(visit, server, theme):
    visitor = visit(server, "de", theme)
    visitor.open("start")
    for page in PAGES[1:]:
        visitor.go(page)
        assert visitor.answer()


@pytest.mark.parametrize("page", PAGES)
def test_first_link_after_a_restart_opens_its_page(visit, tmp_path, page):
    """In a fresh process a deep link must not run the page without the frame around it."""
    language = LANGUAGES[PAGES.index(page) % len(LANGUAGES)]
    demo = demo_names()[PAGES.index(page) % len(demo_names())]
    with serving(tmp_path / "server.log") as cold:
        visitor = visit(cold, language)
        visitor.open(page, model=demo)
        assert visitor.answer()
        visitor.close()
    assert not cold.complaints()

"""What a visitor reads before the app is loaded stands where the app then says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route
from serving import Server
from visiting import WINDOW, Visitor

NEAR = 3.0  # pixels: nothing is seen to move
PLACES = """inside => [...document.querySelectorAll(`${inside} :is(h1, h2, h3, .still, .still .words)`)].map(one => {
    const box = one.getBoundingClientRect();
    return [one.className || one.tagName, one.textContent, box.left, box.top, box.height];
})"""
LOOK = """inside => {
    const look = getComputedStyle(document.querySelector(`${inside} h1`));
    const paper = document.querySelector(inside === '#root' ? '[data-testid="stApp"]' : inside);
    return [look.color, look.fontFamily, look.fontWeight, getComputedStyle(paper).backgroundColor];
}"""


@pytest.fixture
def held(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[tuple[Page, list[Route]]]:
    """A page whose answers are known, and of which the app is not loaded before the test says so."""
    language, theme = request.param
    context = browser.new_context(viewport=WINDOW, locale=language, color_scheme=theme)
    page, waiting = context.new_page(), []
    page.goto(f"{server.url}/?model=cars")
    page.locator("#root .still").nth(1).wait_for()
    page.route("**/static/js/index*.js", lambda route: waiting.append(route))
    page.goto(f"{server.url}/?model=cars", wait_until="commit")
    yield page, waiting
    context.close()


@pytest.mark.parametrize("held", [("de-DE", "dark"), ("en-GB", "light")], indirect=True)
def test_nothing_moves_when_the_app_takes_over(held: tuple[Page, list[Route]]) -> None:
    page, waiting = held
    page.locator("#preview .still").nth(1).wait_for()
    page.evaluate("document.fonts.ready")
    first, look = page.evaluate(PLACES, "#preview"), page.evaluate(LOOK, "#preview")
    assert len(first) > 10
    for route in waiting:
        route.continue_()
    page.locator("#root .still").nth(1).wait_for()
    page.locator("#preview").wait_for(state="detached")
    page.evaluate("document.fonts.ready")
    assert page.evaluate(LOOK, "#root") == look
    then = page.evaluate(PLACES, "#root")
    for what, text, *place in first:
        stands = [found for kind, said, *found in then if said == text and (kind == what or kind.startswith("st-"))]
        assert stands, text
        assert min(max(abs(a - b) for a, b in zip(place, one, strict=True)) for one in stands) < NEAR, (text, stands)


@pytest.mark.parametrize("held", [("en-GB", "light")], indirect=True)
def test_a_page_that_the_app_has_drawn_is_not_covered(held: tuple[Page, list[Route]]) -> None:
    page, _ = held
    late: list[Route] = []
    page.unroute("**/static/js/index*.js")
    page.route("**/preview?*", lambda route: late.append(route))
    page.reload(wait_until="commit")
    page.locator("#root h1").wait_for()
    for route in late:
        route.continue_()
    page.locator("#root .still").nth(1).wait_for()
    assert late
    assert not page.locator("#preview").is_visible()


@pytest.mark.parametrize("ending", ["abort", "held"])
def test_the_app_comes_whatever_happens_to_the_preview(
    server: Server, visit: Callable[..., Visitor], ending: str
) -> None:
    visitor, held = visit(server, "de"), []
    visitor.page.route("**/preview?*", lambda route: route.abort() if ending == "abort" else held.append(route))
    visitor.open("start", model="cars")
    assert visitor.figures() >= 2
    assert not visitor.page.locator("#preview").is_visible()

"""A visitor of the app in a real browser: opens pages, clicks, waits until a page is finished, notes what is wrong."""

from __future__ import annotations

import os
import re
import shutil
from functools import cache
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, Locator, Page, Playwright

from xai.texts import catalogue
from xai.texts.catalogue import placeholders

PAGES = ("start", "global", "local", "counterfactuals", "whatif")
WINDOW = {"width": 1280, "height": 720}
PATIENCE = 120_000  # milliseconds for one page, on a busy machine
QUIET = 500  # milliseconds without a run: a guard's second run, or a fragment's, has begun by then
POLLING = 100  # milliseconds between two looks: one at every frame makes the browser draw without end
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
CUT = """() => [...document.querySelectorAll('.js-plotly-plot, .still')].flatMap(figure => {
    const frame = figure.getBoundingClientRect();
    return [...figure.querySelectorAll('text, .words')].filter(text => {
        const box = text.getBoundingClientRect();
        return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1
            || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
    }).map(text => text.textContent);
})"""
FINISHED = """quiet => {
    const app = document.querySelector('[data-testid="stApp"]');
    const running = !app || app.dataset.testScriptState !== 'notRunning'
        || document.querySelector('[data-testid="stSkeleton"]');
    if (running) { window.finishedSince = null; return false; }
    window.finishedSince ??= performance.now();
    return performance.now() - window.finishedSince > quiet;
}"""


def chromium() -> str | None:
    """The browser to drive: what CHROMIUM names, else the system's chromium; None where there is none."""
    return shutil.which(os.environ.get("CHROMIUM", "chromium"))


def launched(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium(), headless=True, args=ARGUMENTS)


class Visitor:
    """One visitor with a language, a theme and a window of their own.

    `problems` collects what no visitor should meet: errors in the browser, exceptions on the page, an error sentence
    of the app, text that a figure cuts off, and requests to any other host.
    """

    def __init__(self, browser: Browser, url: str, language: str = "en", theme: str = "light") -> None:
        locale = {"de": "de-DE", "en": "en-GB"}[language]
        self.language = language
        self.context = browser.new_context(locale=locale, viewport=WINDOW, color_scheme=theme)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.url = url
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(f"browser: {error}"))
        self.page.on("request", lambda request: self._note_host(request.url))

    def close(self) -> None:
        self.context.close()

    def open(self, page: str, **codes: str) -> None:
        """Follow a link to a page; `codes` are what the address carries (`model="cars"`)."""
        self.follow(page, **codes)
        self.wait(page)

    def follow(self, page: str, **codes: str) -> None:
        """Like `open`, without waiting for what comes: for several visitors at the same moment."""
        path = "" if page == PAGES[0] else page
        self.page.goto(f"{self.url}/{path}?{urlencode(codes)}", wait_until="commit")

    def go(self, page: str) -> None:
        """Click the page in the navigation."""
        name = re.compile(f"^{re.escape(catalogue(self.language).say(f'frame.navigation.{page}'))}$")
        link = self.page.get_by_test_id("stTopNavLink").filter(has_text=name)
        if link.locator("xpath=ancestor::*[@inert]").count():  # a small window has no room for all of them
            self.page.get_by_test_id("stTopNavSection").click()
            link = self.page.get_by_test_id("stTopNavDropdownLink").filter(has_text=name)
        link.click()
        self.wait(page)

    def wait(self, page: str | None = None) -> None:
        """Until the page has its question as title and nothing runs any more; then look for problems."""
        self.finish(page)
        self.problems += [f"at {self.page.url}: {text}" for text in self.errors()]
        self.problems += [f"cut off at {self.page.url}: {text}" for text in self.page.evaluate(CUT)]

    def finish(self, page: str | None = None) -> None:
        """Like `wait`, for a test that expects an error sentence."""
        if page is not None:
            self.title(page).wait_for()
        self.page.evaluate("window.finishedSince = null")  # how long it was quiet before the last click does not count
        self.page.wait_for_function(FINISHED, arg=QUIET, polling=POLLING)

    def title(self, page: str) -> Locator:
        question = catalogue(self.language).say(f"frame.question.{page}")
        return self.page.locator("#root").get_by_role("heading", level=1, name=question, exact=True)

    def part(self, key: str) -> Locator:
        """The element that the app gave this key."""
        return self.page.locator(f".st-key-{key}")

    def errors(self) -> list[str]:
        """Exceptions and error sentences that are on the page now."""
        bold = self.page.locator("strong").all_inner_texts()
        sentences = [text for text in bold if any(one.fullmatch(text) for one in error_sentences(self.language))]
        return self.page.get_by_test_id("stException").all_inner_texts() + sentences

    def answer(self) -> str:
        """The large sentence that answers the page's question; empty where there is none."""
        found = self.page.get_by_test_id("stMainBlockContainer").get_by_role("heading", level=2)
        return found.first.inner_text() if found.count() else ""

    def figures(self) -> int:
        """How many figures are drawn."""
        return self.page.locator(".js-plotly-plot:has(.main-svg):not(.st-key-ready *), .still").count()

    def _note_host(self, url: str) -> None:
        host = urlsplit(url).hostname
        if host not in (None, "127.0.0.1", "localhost"):
            self.problems.append(f"request to another host: {host}")


@cache
def error_sentences(language: str) -> tuple[re.Pattern[str], ...]:
    """What the app says when something went wrong, with anything in place of the facts."""
    words = catalogue(language).section("errors")
    messages = [text for key, text in words.items() if key.endswith(".message")]
    return tuple(re.compile(_any_facts(text), re.S) for text in messages)


def _any_facts(sentence: str) -> str:
    pattern = re.escape(sentence)
    for name in placeholders(sentence):
        pattern = pattern.replace(re.escape("{" + name + "}"), ".*")
    return pattern

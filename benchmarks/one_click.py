"""From a click to the figure: another case on the page that explains one, in a real browser.

python -m benchmarks.one_click            (needs Chromium)

The app runs as it does for visitors, with workers; the example is the Titanic. The page's first visit is not counted.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from serving import serving  # noqa: E402 - the tests' own way to start the app and to drive it
from visiting import Visitor, chromium, launched  # noqa: E402

from xai.texts import catalogue  # noqa: E402

CLICKS = 10
DRAWN = """before => {
    const figure = document.querySelector('.js-plotly-plot .main-svg');
    return figure && figure.closest('.js-plotly-plot').textContent !== before;
}"""


def missing() -> str | None:
    """Why this cannot be measured here; None where it can."""
    return "Not measured: there is no Chromium here." if chromium() is None else None


def told() -> str:
    """The median and the slowest."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "app.log") as server, drawing() as browser:
        visitor = Visitor(browser, server.url)
        visitor.open("local", model="titanic")
        taken = [click(visitor) for _ in range(CLICKS)]
        visitor.close()
    median, most = statistics.median(taken), max(taken)
    return (
        f"Another case of the Titanic, {CLICKS} times: {median:.2f} s until its figure is drawn, at most {most:.2f} s."
    )


@contextmanager
def drawing() -> Iterator[Browser]:
    """A browser that ends with the block."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


def click(visitor: Visitor) -> float:
    """Seconds from the click on a case drawn by chance to a figure that shows something else."""
    before = visitor.page.locator(".js-plotly-plot").first.text_content()
    drawn = visitor.part("case_random").get_by_role("button")
    if not drawn.is_visible():  # it may be open since the last click
        visitor.page.get_by_text(catalogue("en").say("frame.case.other"), exact=True).first.click()
        drawn.wait_for()
    started = time.perf_counter()
    drawn.click()
    visitor.page.wait_for_function(DRAWN, arg=before, polling="raf")
    seconds = time.perf_counter() - started
    visitor.finish()
    return seconds


if __name__ == "__main__":
    print(missing() or told())

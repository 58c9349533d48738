"""Pictures of every page for people who review the look: `python tests/browser/screenshots.py --out shots`.

By default every page in both languages, light and dark, on the first demo, as a window of 1280 × 720 shows it
(`local_de_light.png`) and in full length (`local_de_light_full.png`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script: the project is not installed

from playwright.sync_api import Browser, sync_playwright
from serving import Server, serving
from visiting import PAGES, WINDOW, Visitor, launched

from xai.opening.demos import demo_names
from xai.texts import LANGUAGES

THEMES = ("light", "dark")
SETTLE = 600  # milliseconds: fonts, and the last frame of a figure


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; the exit status is 1 where a page had problems."""
    asked = options().parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    with ready(asked) as (browser, server):
        for language, theme, page in product(asked.language, asked.theme, asked.page):
            problems += picture(browser, server, asked, page, language, theme)
    for problem in problems:
        print(problem, file=sys.stderr)
    return int(bool(problems))


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Pictures of every page.")
    parser.add_argument("--out", type=Path, default=Path("shots"), help="folder for the pictures (default: shots)")
    parser.add_argument("--model", choices=demo_names(), default=demo_names()[0])
    parser.add_argument("--case", help="code of a ready-made case, or a row's position")
    parser.add_argument("--page", action="append", choices=PAGES, help="only this page (repeatable)")
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="only this language (repeatable)")
    parser.add_argument("--theme", action="append", choices=THEMES, help="only this theme (repeatable)")
    parser.add_argument("--width", type=int, default=WINDOW["width"])
    parser.add_argument("--height", type=int, default=WINDOW["height"])
    parser.add_argument("--url", help="an app that runs already; default: start one")
    return parser


@contextmanager
def ready(asked: argparse.Namespace) -> Iterator[tuple[Browser, Server]]:
    """A browser, and the app to visit."""
    asked.page, asked.language = asked.page or PAGES, asked.language or LANGUAGES
    asked.theme = asked.theme or THEMES
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = launched(playwright)
        if asked.url:
            running = Server(0, Path(folder) / "none.log")
            running.url = asked.url.rstrip("/")
            yield browser, running
        else:
            with serving(Path(folder) / "server.log") as running:
                yield browser, running
        browser.close()


def picture(browser: Browser, server: Server, asked: argparse.Namespace, page: str, language: str, theme: str):
    """Two pictures of one page; the problems met on it."""
    visitor = Visitor(browser, server.url, language, theme)
    visitor.page.set_viewport_size({"width": asked.width, "height": asked.height})
    codes = {"model": asked.model} | ({"case": asked.case} if asked.case else {})
    visitor.open(page, lang=language, **codes)
    visitor.page.wait_for_timeout(SETTLE)
    name = "_".join([page, *([asked.case] if asked.case else []), language, theme])
    visitor.page.screenshot(path=asked.out / f"{name}.png")
    # The page scrolls inside the app, so a window as high as its content shows all of it.
    content = visitor.page.get_by_test_id("stMainBlockContainer").bounding_box()
    height = asked.height if content is None else int(content["y"] + content["height"])
    visitor.page.set_viewport_size({"width": asked.width, "height": max(height, asked.height)})
    visitor.page.wait_for_timeout(SETTLE)
    visitor.page.screenshot(path=asked.out / f"{name}_full.png")
    visitor.close()
    return [f"{name}: {problem}" for problem in visitor.problems]


if __name__ == "__main__":
    raise SystemExit(main())

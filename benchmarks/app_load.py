"""Twenty visitors of the real app at once, in real browsers, each with a model of their own; three of those go wrong.

python -m benchmarks.app_load            (needs Chromium, as the tests in tests/browser do)

One file makes its worker crash, one never comes to an end, one wants more memory than there is. Expected: the other
seventeen read why their model predicts what it predicts, the three read a sentence that says what happened, the health
check answers all the time, and the memory of the app and all it started returns to its level once everybody has left.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import Error as PlaywrightError
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from serving import serving  # noqa: E402 - the tests' own way to start the app and to drive it
from visiting import ARGUMENTS, FINISHED, QUIET, WINDOW, chromium, error_sentences  # noqa: E402

VISITORS = 20
LEAVING = 10  # seconds after which the app takes a closed window for a visitor who has left
COLUMNS = [f"c{k}" for k in range(8)]
LIMITS = {"KLARTEXT_MEMORY": str(512 << 20), "KLARTEXT_OPEN_SECONDS": "60", "KLARTEXT_QUESTION_SECONDS": "60"}
PATIENCE = 600_000  # milliseconds: twenty browsers share the cores with the app


def main() -> None:
    """Print what became of everybody."""
    os.environ.update(LIMITS, STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL=str(LEAVING))
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "app.log") as server:
        files = [written(Path(folder), number) for number in range(VISITORS)]
        asyncio.run(asyncio.wait_for(first(server.url), 300))  # the libraries are loaded once, before anybody counts
        time.sleep(2 * LEAVING)
        before = used()
        health = Health(f"{server.url}/_stcore/health")
        started = time.perf_counter()
        said, peak = asyncio.run(crowd(server.url, files))
        seconds = time.perf_counter() - started
        print(
            f"{sum(text.startswith('read') for text in said)} of {VISITORS} have their answer, {seconds:.0f} s in all"
        )
        time.sleep(3 * LEAVING)
        print(health.stop())
        print(f"memory of the app and its workers: {before} MB before, {peak} MB at most, {used()} MB after all left")


# --- the visitors ----------------------------------------------------------------------------------------------------


async def first(url: str) -> None:
    """Somebody looks at an example."""
    async with async_playwright() as playwright:
        browser = await launched(playwright)
        page = await arrive(browser, url)
        await finished(page)
        await browser.close()


async def crowd(url: str, files: list[tuple[Path, Path]]) -> tuple[list[str], int]:
    """All at once; what each of them saw, and the most megabytes that were used."""
    peak, over = 0, asyncio.Event()

    async def watch() -> None:
        nonlocal peak
        while not over.is_set():
            peak = max(peak, used())
            await asyncio.sleep(0.5)

    async with async_playwright() as playwright:
        browser = await launched(playwright)
        watching = asyncio.create_task(watch())
        said = await asyncio.gather(*(told(browser, url, number, pair) for number, pair in enumerate(files)))
        over.set()
        await watching
        await browser.close()
    return list(said), peak


async def launched(playwright: Any) -> Browser:
    return await playwright.chromium.launch(executable_path=chromium(), headless=True, args=ARGUMENTS)


async def arrive(browser: Browser, url: str) -> Page:
    context = await browser.new_context(locale="en-GB", viewport=WINDOW)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{url}/?lang=en", wait_until="domcontentloaded")
    return page


async def told(browser: Browser, url: str, number: int, files: tuple[Path, Path]) -> str:
    """What came of one visit, printed as soon as it is over."""
    try:
        text = await visit(browser, url, *files)
    except PlaywrightError as error:
        text = f"saw nothing: {error.message.splitlines()[0]}"
    print(f"visitor {number:2} {WRONG.get(number, ('asks',))[0]:17} {text}", flush=True)
    return text


async def visit(browser: Browser, url: str, model: Path, data: Path) -> str:
    """Upload two files, press the button, ask why; what came of it."""
    started = time.perf_counter()
    page = await arrive(browser, url)
    await finished(page)
    for role, path in (("model", model), ("data", data)):
        await page.locator(f".st-key-upload_{role} input[type=file]").set_input_files(path)
        await page.get_by_text(path.name).first.wait_for()
        await finished(page)
    button = page.locator(".st-key-explain_own button")
    while not await button.is_visible():
        if errors := await sentences(page):
            return f"was told after {time.perf_counter() - started:.0f} s: {errors[0]}"
        await asyncio.sleep(0.2)
    await button.click()
    await finished(page)
    await page.get_by_test_id("stTopNavLink").filter(has_text="Why?").click()
    await page.get_by_role("heading", level=1, name="Why this prediction?").wait_for()
    await finished(page)
    if errors := await sentences(page):
        return f"was told after {time.perf_counter() - started:.0f} s: {errors[0]}"
    answer = page.get_by_test_id("stMainBlockContainer").get_by_role("heading", level=2).first
    return f"read after {time.perf_counter() - started:.0f} s: {(await answer.inner_text())[:70]} …"


async def finished(page: Page) -> None:
    await page.wait_for_function(FINISHED, arg=QUIET)


async def sentences(page: Page) -> list[str]:
    """The error sentences on the page."""
    bold = await page.locator("strong").all_inner_texts()
    return [text for text in bold if any(one.fullmatch(text) for one in error_sentences("en"))]


# --- their files -----------------------------------------------------------------------------------------------------


def crashing(table: pd.DataFrame, target: pd.Series) -> Any:
    """Its trees point beyond their own nodes, which only the native library would notice."""
    from lightgbm import Booster, LGBMClassifier

    plain = Booster.__getstate__

    def tampered(booster: Booster) -> dict[str, Any]:
        state = plain(booster)
        lines = state["_handle"].splitlines()
        lines = ["left_child=700000000" if line.startswith("left_child=") else line for line in lines]
        return {**state, "_handle": "\n".join(lines)}

    Booster.__getstate__ = tampered  # this program writes no other of its kind
    return LGBMClassifier(n_estimators=3, verbose=-1).fit(table, target)


def endless(table: pd.DataFrame, target: pd.Series) -> Any:
    """Hundreds of thousands of neighbours, each at a distance that takes long to compute."""
    many = pd.DataFrame(np.random.default_rng(0).normal(size=(400_000, len(COLUMNS))), columns=COLUMNS)
    return KNeighborsClassifier(algorithm="brute", p=3).fit(many, (many["c0"] > 0).astype(int))


def hungry(table: pd.DataFrame, target: pd.Series) -> Any:
    """Ten million products of columns for every row."""
    return make_pipeline(PolynomialFeatures(24).fit(table), DummyClassifier().fit(table, target))


WRONG: dict[int, tuple[str, Callable[[pd.DataFrame, pd.Series], Any]]] = {
    3: ("crashes", crashing),
    8: ("never ends", endless),
    13: ("wants more memory", hungry),
}


def written(folder: Path, number: int) -> tuple[Path, Path]:
    """A model of the visitor's own, and its table."""
    random = np.random.default_rng(number)
    table = pd.DataFrame(random.normal(size=(600, len(COLUMNS))), columns=COLUMNS)
    target = (table[COLUMNS[number % 8]] + 0.5 * random.normal(size=600) > 0).astype(int)
    if number in WRONG:
        model = WRONG[number][1](table, target)
    else:
        model = RandomForestClassifier(30, max_depth=6, random_state=number).fit(table, target)
    stream = io.BytesIO()
    joblib.dump(model, stream)
    files = folder / f"model{number}.joblib", folder / f"table{number}.csv"
    files[0].write_bytes(stream.getvalue())
    table.assign(y=target).to_csv(files[1], index=False)
    return files


# --- the app ---------------------------------------------------------------------------------------------------------


class Health:
    """Asks the app's health check ten times a second, from outside, as a load balancer would."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._seconds: list[float] = []
        self._failures: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> str:
        """What it saw."""
        self._stop.set()
        self._thread.join()
        slowest = 1e3 * max(self._seconds)
        return f"health check: {len(self._seconds)} answers, {len(self._failures)} failures, slowest {slowest:.0f} ms"

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            started = time.perf_counter()
            try:
                with urllib.request.urlopen(self._url, timeout=5) as reply:
                    if reply.read() != b"ok":
                        self._failures.append("not ok")
            except OSError as error:
                self._failures.append(str(error))
            self._seconds.append(time.perf_counter() - started)


def used() -> int:
    """Megabytes filled by the app and every process it started; what they share is counted once."""
    return sum(proportional(process) for process in descendants(os.getpid()) if is_app(process)) // 1024


def descendants(process: int) -> list[int]:
    found = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, _read(children).split()):
            found += [child, *descendants(child)]
    return found


def is_app(process: int) -> bool:
    """The app's own processes, not the browsers."""
    return "python" in os.path.basename(_read(Path(f"/proc/{process}/cmdline")).split("\0")[0])


def proportional(process: int) -> int:
    """Kilobytes; 0 for a process that has just ended."""
    lines = _read(Path(f"/proc/{process}/smaps_rollup")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:")), 0)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    main()

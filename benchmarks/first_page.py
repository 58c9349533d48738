"""From the start of the program to the first useful page, in a real browser: a forest and a table of 1,000 rows.

python -m benchmarks.first_page            (needs Chromium, and a network the first time)

All three start with both files, compute what they compute, and a visitor opens them; useful is the first figure, as
the browser itself notes it: a dashboard's anywhere on its page, Klartext's within the window. All of them are
installed, which includes their bytecode: pip makes it for the others, their first start for programs. Beside that,
when the app itself has drawn the figure, should a preview have shown it before; and what the dashboards cannot do:
Klartext starts with nothing, the visitor uploads both files, presses the button and opens the page that says what
drives the model.
"""

from __future__ import annotations

import compileall
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import joblib
from playwright.sync_api import Browser, sync_playwright

from benchmarks import peers
from benchmarks.side_by_side import Line, show
from benchmarks.workload import TARGET, workload

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from serving import free_port, serving  # noqa: E402 - the tests' own way to start the app and to drive it
from visiting import PATIENCE, WINDOW, Visitor, chromium, launched  # noqa: E402

ROWS, REPEATS = 1_000, 3
Moments = dict[str, float]
"""What is there -> when, in seconds since the epoch; "" is the first figure."""
LEAST = {"explainerdashboard": 8.0, "shapash": 3.0}
SETTLING = 5  # seconds in which a browser that was just started is busy with itself
BETWEEN_FILES = 1_000  # milliseconds: nobody is faster, and one that comes at once may be lost in the browser
AS_STARTED = {
    "explainerdashboard": "started without interaction values: by itself it takes minutes for them",
    "shapash": "its pipeline was taken apart by hand",
}
BY_HAND = "both files uploaded, a page chosen"
IN_THE_APP = "until the app itself has drawn it and can be used"
FIGURE = ".js-plotly-plot .main-svg .trace"  # with something in it: Klartext keeps room by an empty one
STILL = ".still"  # what Klartext's first page draws without a library
NOTED = """(wanted) => {
    const noted = (window.noted = {});
    const look = () => {
        for (const [name, [figures, within]] of Object.entries(wanted)) {
            const seen = [...document.querySelectorAll(figures)].some(figure => {
                const box = figure.getBoundingClientRect();
                return box.width > 0 && (!within || (box.top < innerHeight && box.bottom > 0));
            });
            if (seen) noted[name] ??= performance.timeOrigin + performance.now();
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


def missing() -> str | None:
    """Why this part cannot be measured here; None where it can."""
    if chromium() is None:
        return "Not measured: there is no Chromium here."
    for name in peers.DASHBOARDS:
        try:
            peers.python_of(name)
        except (subprocess.CalledProcessError, OSError):
            return f"Not measured: the environment of {name} could not be made."
    return None


def lines() -> Iterator[Line]:
    """Klartext beside each dashboard; in turns."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        model, table = written(Path(folder))
        installed()
        browser = launched(playwright)
        time.sleep(SETTLING)
        visits = {"Klartext": started, "by hand": by_hand, **{name: dashboard(name) for name in LEAST}}
        found: dict[str, list[float]] = {}
        for _ in range(REPEATS):
            for name, visit in visits.items():
                began = time.time()
                for what, moment in visit(browser, model, table).items():
                    found.setdefault(what or name, []).append(moment - began)
        browser.close()
    seconds = {name: statistics.median(turns) for name, turns in found.items()}
    what = f"rf8, {ROWS:,} rows: first figure"
    for name, least in LEAST.items():
        peer = peers.DASHBOARDS[name]
        yield Line(what, peer, seconds[name], seconds["Klartext"], least, float("nan"), AS_STARTED[name])
        for kind, told in (("in the app", IN_THE_APP), ("by hand", BY_HAND)):
            yield Line(f"{what}, {kind}", peer, seconds[name], seconds[kind], None, float("nan"), told)


def started(browser: Browser, model: Path, table: Path) -> Moments:
    """With both files, as whoever shows a model to others does it."""
    with serving(model.with_suffix(".log"), model, table) as server:
        return figures_at(server.url, browser, {"": (STILL, True), "in the app": (f"#root {STILL}", True)})


def by_hand(browser: Browser, model: Path, table: Path) -> Moments:
    """With none, as a visitor meets it who brings both."""
    with serving(model.with_suffix(".log")) as server:
        visitor = Visitor(browser, server.url)
        try:
            visitor.page.goto(f"{server.url}/?lang=en", wait_until="domcontentloaded")
            for role, path in (("model", model), ("data", table)):
                visitor.part(f"upload_{role}").locator("input[type=file]").set_input_files(path)
                visitor.page.get_by_text(path.name).first.wait_for()
                if role == "model":
                    visitor.page.wait_for_timeout(BETWEEN_FILES)
            visitor.part("explain_own").get_by_role("button").click()
            visitor.page.get_by_test_id("stTopNavLink").nth(1).click()
            visitor.title("global").wait_for()
            visitor.page.locator(FIGURE).first.wait_for()
            return {"": time.time()}
        finally:
            visitor.close()


def dashboard(name: str) -> Callable[[Browser, Path, Path], Moments]:
    """The same for a dashboard that is started with both files."""

    def visit(browser: Browser, model: Path, table: Path) -> Moments:
        port = free_port()
        with peers.running(name, model, table, TARGET, port) as process:
            answering(f"http://127.0.0.1:{port}", process, peers.said(name, model))
            return figures_at(f"http://127.0.0.1:{port}", browser, {"": (FIGURE, False)})

    return visit


def figures_at(url: str, browser: Browser, wanted: dict[str, tuple[str, bool]]) -> Moments:
    """Open the first page; when each of the figures is there, which may have to be within the window."""
    page = browser.new_page(viewport=WINDOW)
    page.set_default_timeout(PATIENCE)
    try:
        page.add_init_script(f"({NOTED})({json.dumps(wanted)})")
        page.goto(url, wait_until="commit")
        page.wait_for_function(f"Object.keys(noted).length === {len(wanted)}")
        return {name: moment / 1000 for name, moment in page.evaluate("noted").items()}
    finally:
        page.close()


def answering(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server answers."""
    while process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the dashboard ended: {log.read_text()[-2000:]}")


def installed() -> None:
    """Our own bytecode, as a first start leaves it."""
    for folder in ("xai", "ui", "pages"):
        compileall.compile_dir(ROOT / folder, quiet=1)


def written(folder: Path) -> tuple[Path, Path]:
    """The model and the last rows of its table."""
    work, model, table = workload("rf8"), folder / "forest.joblib", folder / "table.csv"
    joblib.dump(work.pipeline, model)
    work.frame.tail(ROWS).to_csv(table, index=False)
    return model, table


if __name__ == "__main__":
    print(missing() or "")
    show(lines())

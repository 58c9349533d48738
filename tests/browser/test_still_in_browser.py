"""A figure as plain HTML stands where the drawing library would draw it, at any width."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from plotly.offline import get_plotlyjs

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

import drawn

from xai.figures import drivers, quality
from xai.figures.still import still
from xai.figures.style import Style
from xai.texts import Wording

SIZES, NAMES = (0.22, 0.106, 0.035, 0.016, 0.013), ("sex", "a column with a name for two lines", "age", "fare", "kin")
NEAR = 2.0  # pixels: half of one is rounded away on each side, and a line of text has room above and below
PLACES = """([words, bars]) => {
    const places = (inside, chosen, kind) => [...document.querySelectorAll(`#${inside} :is(${chosen})`)].map(one => {
        const box = one.getBoundingClientRect(), frame = document.getElementById(inside).getBoundingClientRect();
        const [left, top] = [box.left - frame.left, box.top - frame.top];
        return kind === 'bars' ? [left, top, left + box.width, top + box.height]
            : [left + box.width / 2, top + box.height / 2, 0, 0];
    }).sort((a, b) => Math.abs(a[1] - b[1]) > 3 ? a[1] - b[1] : a[0] - b[0]);
    return {
        words: [places('ours', '.words'), places('theirs', '.annotation-text-g')],
        bars: [places('ours', '[title]', 'bars'), places('theirs', bars, 'bars')],
    };
}"""


@pytest.mark.parametrize("width", [640, 480, 900])
@pytest.mark.parametrize("name", ["drivers", "quality"])
def test_words_and_bars_stand_where_the_library_draws_them(browser: Browser, name: str, width: int) -> None:
    style = Style(wording=Wording("de"), width=640)
    result = drawn.importance(SIZES, NAMES, spread=0.004)
    figure = drivers.figure(result, style) if name == "drivers" else quality.figure(drawn.quality(), style, "Forest")
    page = browser.new_page(viewport={"width": 1000, "height": 700})
    page.set_content(f'<div id="ours" style="width:{width}px">{still(figure, "")}</div><div id="theirs"></div>')
    page.add_script_tag(content=get_plotlyjs())
    drawing = f"Plotly.newPlot('theirs', {figure.update_layout(width=width).to_json()})"
    page.evaluate(drawing)
    found = page.evaluate(PLACES, ["", ".bars .point path" if name == "drivers" else ".js-fill"])
    page.close()
    for kind, (ours, theirs) in found.items():
        assert len(ours) == len(theirs) > 0, kind
        for one, other in zip(ours, theirs, strict=True):
            assert one == pytest.approx(other, abs=NEAR), kind

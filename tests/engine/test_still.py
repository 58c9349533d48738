"""Figures as plain HTML: everything the drawing library would show is there, and nothing from a file is markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import drawn
import plotly.graph_objects as go
import pytest

from xai.figures import drivers, pair, quality
from xai.figures.still import still
from xai.figures.style import DARK, LIGHT, Style
from xai.results import Importance
from xai.texts import Wording

ENGLISH = Style(wording=Wording("en"), width=640)
HOSTILE = '<img src=x onerror="alert(1)">\'"&'


def importance(names: tuple[str, ...] = ("sex", "class", "age", "fare", "siblings")) -> Importance:
    return drawn.importance((0.22, 0.106, 0.035, 0.016, 0.013), names, spread=0.004)


class Reader(HTMLParser):
    """The words, the classes and the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_every_word_and_number_of_the_figure_is_there():
    for figure in (drivers.figure(importance(), ENGLISH), quality.figure(drawn.quality(), ENGLISH, "Forest")):
        words = "".join(Reader(still(figure, "")).words)
        for text in drawn.texts(figure):
            assert drawn.visible(text).replace("\n", "") in words


def test_bars_are_as_long_as_their_values():
    result = importance()
    figure = drivers.figure(result, ENGLISH)
    low, high = figure.layout.xaxis.range
    found = [
        float(re.search(r"width:([\d.]+)%", one["style"])[1])
        for one in Reader(still(figure, "")).attributes
        if "title" in one
    ]
    shown = sorted(result.importance, reverse=True)[: len(found)]
    assert found == pytest.approx([100 * value / (high - low) for value in shown], abs=1e-3)


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_colours_are_those_of_the_theme(theme, palette):
    page = still(drivers.figure(importance(), Style(theme, Wording("en"), width=640)), "")
    assert palette.soft in page
    assert palette.ink in page
    assert not set(re.findall(r"#[0-9A-F]{6}", page)) - {palette.soft, palette.ink, palette.paper}


def test_nothing_from_a_file_becomes_markup():
    names = (HOSTILE, *(f"{HOSTILE} {k}" for k in range(4)))
    read = Reader(still(drivers.figure(importance(names), ENGLISH), f"{HOSTILE} counts most"))
    assert read.tags <= {"div", "b", "br", "span"}
    assert all(set(one) <= {"class", "style", "title", "role", "aria-label"} for one in read.attributes)
    assert read.attributes[0]["aria-label"] == f"{HOSTILE} counts most"
    assert HOSTILE in "".join(one.get("title") or "" for one in read.attributes)


@pytest.mark.parametrize(
    "figure",
    [
        pytest.param(pair.figure(drawn.rose(), drawn.rose_lime(), ENGLISH), id="two panels"),
        pytest.param(go.Figure(layout={"xaxis": {"visible": True}, "yaxis": {"range": [-10, 0]}}), id="axes"),
    ],
)
def test_what_it_cannot_show_is_refused_and_not_left_out(figure):
    with pytest.raises(ValueError, match="canvas"):
        still(figure, "")

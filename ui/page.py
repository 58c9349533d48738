"""The pieces every page is made of: the answer, a figure, how to read it, the numbers, the next question."""

from __future__ import annotations

from typing import Any, NoReturn

import plotly.graph_objects as graph
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import engine, navigation, progress, state, words
from ui.downloads import downloads
from ui.numbers_table import numbers_table
from ui.trust_strip import trust_lines, trust_strip, verdict_line
from xai.figures import still as stills
from xai.figures.style import Style
from xai.results import Trust

__all__ = [
    "BESIDE",
    "answer",
    "ask",
    "downloads",
    "figure",
    "go",
    "how_to_read",
    "next_question",
    "note",
    "numbers_table",
    "ready_for_figures",
    "room",
    "room_for_figure",
    "room_for_still",
    "section",
    "set_apart",
    "still",
    "strong",
    "style",
    "trust_lines",
    "trust_strip",
]

STAGE_SCALE = 1.25
FULL = 1110  # pixels of a figure across the page, in a window 1280 wide
BESIDE = 34  # pixels kept free beside a figure: for the camera, and for numbers on a page narrower than planned
_LEAST = 10  # pixels, of which Plotly takes no fewer
_CAMERA = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "scrollZoom": False,
    "doubleClick": False,
}


def ask(question: str, **parameters: Any) -> Any:
    """Ask the engine about the current model and class; a progress line shows while it computes.

    Raises KlartextError where the question cannot be answered.
    """
    with progress.line() as told:
        return engine.ask(question, progress=told, **parameters)


def room(height: int, question: str, **parameters: Any) -> DeltaGenerator:
    """The place of an answer. While it is unknown, it is empty and as high as it is going to be, so that nothing jumps.

    Where it is known, what stands there stays until it is replaced.
    """
    if engine.is_known(question, **parameters):
        return st.container()
    place = st.empty()
    place.space(height)
    return place


def room_for_figure(height: int, key: str = "room") -> None:
    """The same for a figure, drawn as one without anything in it: the browser loads meanwhile what draws figures."""
    nothing = graph.Figure(layout={"height": height, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"})
    nothing.update_xaxes(visible=False).update_yaxes(visible=False)
    st.plotly_chart(nothing, theme=None, key=key, config={"staticPlot": True})


def room_for_still(height: int) -> None:
    """And for one that is part of the page."""
    st.html(f'<div style="height:{height}px"></div>')


def ready_for_figures() -> None:
    """Let the browser load what draws the figures of the other pages, while the visitor reads this one."""
    room_for_figure(_LEAST, "ready")


def answer(text: str, trust: Trust | None = None, unit: str = "probability") -> None:
    """The one sentence of the page, large, and under it how far it carries. `text` is Markdown, escaped already."""
    with st.container(gap="xsmall"):
        st.header(text, anchor=False)
        if trust is not None and trust.measures:
            note(verdict_line(trust, unit))


def section(text: str) -> None:
    """A heading inside a page."""
    st.subheader(text, anchor=False)


def note(text: str) -> None:
    """Small print: rule, sample, seed."""
    st.markdown(f":small[:gray[{text}]]")


def style(width: int = FULL) -> Style:
    """How figures are drawn for this visitor, laid out for a width in pixels."""
    return Style(
        theme=state.theme(),
        wording=words.wording("html"),
        scale=STAGE_SCALE if state.stage() else 1.0,
        width=width - BESIDE,
    )


def figure(drawn: graph.Figure, alt: str, key: str) -> None:
    """A figure with its finding as text for screen readers; the camera saves it as SVG."""
    set_apart(drawn)
    image = {"format": "svg", "filename": f"klartext-{key}"}
    st.plotly_chart(drawn, theme=None, key=key, alt=alt, config={**_CAMERA, "toImageButtonOptions": image})


def still(drawn: graph.Figure, alt: str, key: str) -> None:
    """The same without camera, as part of the page itself: it is there before the browser has loaded anything else."""
    set_apart(drawn)
    with st.container(key=key):
        st.html(stills.still(drawn, alt))


def set_apart(drawn: graph.Figure) -> graph.Figure:
    """The figure with the room beside it."""
    return drawn.update_layout(margin={"r": (drawn.layout.margin.r or 0) + BESIDE})


def how_to_read(key: str, **facts: Any) -> None:
    """How to read the page and what it does not say: `<key>.how_to_read` and `<key>.not_said` of the catalogue."""
    st.space("small")
    left, right = st.columns(2, gap="large")
    for column, part in ((left, "how_to_read"), (right, "not_said")):
        with column:
            section(words.say(f"frame.page.{part}"))
            st.markdown(words.say(f"{key}.{part}", **facts))


def next_question(code: str) -> None:
    """The link at the end of a page: to the page that asks on."""
    st.space("small")
    label = words.say(f"frame.next.{code}")
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"):
        st.markdown(f":gray[{words.say('frame.page.next')}]")
        st.page_link(
            navigation.registry()[code],
            label=f"**{label}**",
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params=state.link(code),
        )


def go(code: str) -> NoReturn:
    """To another page, for buttons."""
    navigation.go(code)


def strong() -> str:
    """The type of a page's one main button. Primary buttons are written in white, unreadable on dark's light accent."""
    return "secondary" if state.theme() == "dark" else "primary"

"""The ways a search found, each as a path with its receipt; side by side; or what stands in the way."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from ui import constraints, engine, inputs, page, words
from ui.trust_strip import ICONS
from xai.figures import counterfactual as figures
from xai.results import Counterfactual, Counterfactuals, Verdict
from xai.sentences import comparing
from xai.sentences import counterfactuals as sentences

SHOWN = 3  # checks beside the figure; of the others those that went wrong, the rest is in the receipt
WIDTH = 690  # pixels of a path beside the constraints, in a window 1280 wide


def draw(result: Counterfactuals) -> None:
    """Best first; where there is none, the single constraints without which there would be one."""
    for position, item in enumerate(result.counterfactuals, start=1):
        _way(position, item, result)
    if result.counterfactuals:
        page.note(words.say("sentences.counterfactuals.no_advice"))
    else:
        _in_the_way(result)


def draw_so_far(result: Counterfactuals, suffix: str) -> None:
    """While the search goes on: the ways and their receipts, without anything to click. `suffix` tells keys apart."""
    page.note(words.say("sentences.counterfactuals.so_far"))
    for position, item in enumerate(result.counterfactuals, start=1):
        page.section(sentences.heading(position, item, result, words.wording("markdown")))
        _path(position, item, result, suffix)


def side_by_side(result: Counterfactuals) -> None:
    """What changes in each way, and what was checked, as a table; where there is more than one."""
    if len(result.counterfactuals) > 1:
        page.section(words.say("pages.counterfactuals.compare"))
        table = comparing.table(result, words.wording()).map(_cell)
        st.table(table.set_index(table.columns[0]))


def _way(position: int, item: Counterfactual, result: Counterfactuals) -> None:
    wording = words.wording("markdown")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        page.section(sentences.heading(position, item, result, wording))
        with st.popover(words.say("pages.counterfactuals.receipt"), type="tertiary"):
            _receipt(item, sentences.receipt(item, result, wording, engine.describe().task))
        label = words.say("pages.counterfactuals.try")
        icon = ":material/arrow_forward:"
        if st.button(label, key=f"try_{position}", type="tertiary", icon=icon, icon_position="right"):
            inputs.prefill({name: to for name, (_, to) in item.changes.items()})
            page.go("whatif")
    if position > 1:  # the first one is the answer of the page
        st.markdown(sentences.way(item, result, wording))
    _path(position, item, result, "")


def _path(position: int, item: Counterfactual, result: Counterfactuals, suffix: str) -> None:
    """The figure, and what was checked."""
    wording, known = words.wording("markdown"), engine.describe()
    drawn = figures.figure(result, item, page.style(WIDTH), figures.limit(result, known.threshold))
    page.figure(drawn, figures.alt(result, item, words.wording()), f"way_{position}{suffix}")
    checks = sentences.receipt(item, result, wording, known.task)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for place, (verdict, text) in enumerate(checks):
            if place < SHOWN or verdict != "solid":
                st.markdown(f":small[{ICONS[verdict]} {text}]", width="content")
    st.space("small")


def _receipt(item: Counterfactual, checks: Sequence[tuple[Verdict, str]]) -> None:
    """Everything that was checked about one way."""
    for verdict, text in checks:
        st.markdown(f"{ICONS[verdict]} {text}")
    for what, text in sentences.details(item, words.wording("markdown")):
        st.markdown(f":gray[{what}]  \n{text}")


def _cell(text: str) -> str:
    """Text of a table, which is Markdown: "1." would begin a list."""
    return re.sub(r"^(\d+|)([.)-])", r"\1\\\2", words.wording("markdown").raw(text))


def _in_the_way(result: Counterfactuals) -> None:
    """Each constraint with what would be possible without it, and a button that lifts it."""
    wording = words.wording("markdown")
    if result.blocked_by:
        page.section(words.say("pages.counterfactuals.in_the_way"))
    for position, blocked in enumerate(result.blocked_by):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", wrap=False):
            st.markdown(sentences.blocked(blocked, result, wording))
            label, lift = words.say("pages.counterfactuals.lift"), constraints.lift
            st.button(label, key=f"lift_{position}", on_click=lift, args=(blocked,))
    if nearest := sentences.nearest(result, wording):
        st.markdown(nearest)

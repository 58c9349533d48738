"""The ways a search found, each as a path with its receipt; or what stands in the way."""

from __future__ import annotations

import streamlit as st

from ui import constraints, engine, inputs, page, words
from ui.trust_strip import ICONS
from xai.figures import counterfactual as figures
from xai.results import Counterfactual, Counterfactuals
from xai.sentences import counterfactuals as sentences

WIDTH = 690  # pixels of a path beside the constraints, in a window 1280 wide


def draw(result: Counterfactuals) -> None:
    """Best first; where there is none, the single constraints without which there would be one."""
    for position, item in enumerate(result.counterfactuals, start=1):
        _way(position, item, result)
    if not result.counterfactuals:
        _in_the_way(result)


def _way(position: int, item: Counterfactual, result: Counterfactuals) -> None:
    wording = words.wording("markdown")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        page.section(sentences.heading(position, item, result, wording))
        label = words.say("pages.counterfactuals.try")
        icon = ":material/arrow_forward:"
        if st.button(label, key=f"try_{position}", type="tertiary", icon=icon, icon_position="right"):
            inputs.prefill({name: to for name, (_, to) in item.changes.items()})
            page.go("whatif")
    drawn = figures.figure(result, item, page.style(WIDTH), engine.describe().threshold)
    page.figure(drawn, figures.alt(result, item, words.wording()), f"way_{position}")
    with st.container(horizontal=True, gap="medium"):
        for verdict, text in sentences.receipt(item, result, wording, engine.describe().task):
            st.markdown(f":small[{ICONS[verdict]} {text}]", width="content")
    st.space("small")


def _in_the_way(result: Counterfactuals) -> None:
    """Each constraint with what would be possible without it, and a button that lifts it."""
    wording = words.wording("markdown")
    if result.blocked_by:
        page.section(words.say("pages.counterfactuals.in_the_way"))
    for position, blocked in enumerate(result.blocked_by):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", wrap=False):
            st.markdown(sentences.blocked(blocked, result, wording))
            label, lift = words.say("pages.counterfactuals.lift"), constraints.free
            st.button(label, key=f"lift_{position}", on_click=lift, args=(blocked.column,))
    if nearest := sentences.nearest(result, wording):
        st.markdown(nearest)

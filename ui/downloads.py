"""What a reader can take away: the numbers, the code that makes them again, and the page as a report."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as graph
import streamlit as st

from ui import words
from xai.results import Result


def downloads(result: Result, name: str, figures: Sequence[graph.Figure] = ()) -> None:
    """A row of links. Files are made when they are asked for."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f":gray[{words.say('frame.page.take_away')}]")

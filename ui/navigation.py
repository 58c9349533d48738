"""The page registry: stable paths, translated titles, and the way from one page to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import Page

from ui import state
from xai.texts import catalogue

PAGES = ("start", "global", "local", "counterfactuals", "whatif")
_ENTERED = "runs_inside_home"


def registry() -> dict[str, Page]:
    """Code of each page -> the page. The path is the code; only the title is translated."""
    say = catalogue(state.language()).say
    return {
        code: st.Page(
            f"pages/{code}.py", title=say(f"frame.navigation.{code}"), url_path=code, default=code == PAGES[0]
        )
        for code in PAGES
    }


def current() -> tuple[Page, str]:
    """Show the navigation; the page to run, and its code."""
    page = st.navigation(list(registry().values()), position="top")
    return page, page.url_path or PAGES[0]


@contextmanager
def entered() -> Iterator[None]:
    """Mark that the page running inside came through Home.py; the mark ends with the run."""
    st.session_state[_ENTERED] = True
    try:
        yield
    finally:
        st.session_state.pop(_ENTERED, None)


def guard() -> None:
    """First line of every page: send a cold deep link through Home.py.

    In a fresh process Streamlit runs a file of `pages/` alone until somebody calls `st.navigation` for the first time,
    so the first shared link after a restart would find no frame. Calling it and starting over closes the hole.
    """
    if _ENTERED not in st.session_state:
        st.navigation(list(registry().values()), position="top")
        st.rerun()


def go(code: str) -> NoReturn:
    """To another page, with language, model, case and class."""
    st.switch_page(registry()[code], query_params=state.link(code))

"""One of a few: buttons side by side where their names fit in a line, else a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from xai.texts import Wording

_FITS = 56  # characters of all names together
_LIST = 320  # pixels


def choice(
    label: str,
    options: Sequence[Any],
    key: str,
    names: Callable[[Any], str],
    *,
    room: int = _FITS,
    hidden: bool = True,
    on_change: Callable[[], None] | None = None,
) -> Any:
    """The chosen option; set `st.session_state[key]` before for another start than the first.

    `names`: plain text. `hidden`: the label is for screen readers only. `room`: characters that fit side by side.
    """
    chosen = st.session_state.get(key)
    # Written in every run: in another language the browser would keep the old name, and buttons in place of a list
    # would have nothing chosen.
    st.session_state[key] = chosen if chosen in options else options[0]
    shown = {
        "label_visibility": "collapsed" if hidden else "visible",
        "persist_state": "session",
        "on_change": on_change,
    }
    width = sum(len(names(option)) + 3 for option in options)
    if width <= room:
        escaped = Wording("en", medium="markdown").raw  # names on buttons are Markdown, those in a list are not
        return st.segmented_control(
            label, options, key=key, format_func=lambda option: escaped(names(option)), required=True, **shown
        )
    return st.selectbox(label, options, key=key, format_func=names, width=_LIST, **shown)

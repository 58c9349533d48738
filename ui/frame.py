"""The frame around every page: logo, one line of context, the question as title, and the foot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from ui import case_picker, model_picker, navigation, problems, state, words
from xai.texts import LANGUAGES

HERE = Path(__file__).parent
MARK = str(HERE / "mark.svg")
WIDTH = 1180  # pixels: a line of text stays readable on a wide screen
_ROOM = 40  # characters of model and cases beside which a description still fits


@contextmanager
def around(page: str) -> Iterator[None]:
    """Draw the frame, run the page inside it, then write the address."""
    st.logo(str(HERE / f"logo_{state.theme()}.svg"), size="medium")
    with st.container(horizontal_alignment="center"), st.container(width=WIDTH):
        _head(page)
        with navigation.entered():
            yield
        _foot()
    state.write_address(page)


def _head(page: str) -> None:
    with st.container(gap="xxsmall"):
        with problems.shown():
            model_picker.settle()
            case_picker.settle()
        with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="medium"):
            controls = st.container(horizontal=True, vertical_alignment="center", gap="medium")
            _languages()
        below = st.container()
        with controls, problems.shown():
            model_picker.show()
            case_picker.show()
            with below if _long_names() else controls:
                st.markdown(case_picker.line(), width="content")
        _notes()
        st.title(words.say(f"frame.question.{page}"), anchor=False)


def _long_names() -> bool:
    """Whether the controls leave no room for the case beside them. The same for all cases, so that nothing jumps."""
    return len(words.model_name(state.model())) + len(case_picker.names()) > _ROOM


def _languages() -> None:
    st.session_state["language_choice"] = state.language()
    st.segmented_control(
        words.say("frame.language"),
        LANGUAGES,
        key="language_choice",
        format_func=str.upper,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: state.choose("language", st.session_state["language_choice"]),
    )


def _notes() -> None:
    """What the address asked for and could not be given, said once."""
    for key in state.take_notes():
        st.markdown(f":material/info: {words.say(f'frame.note.{key}')}")


def _foot() -> None:
    """Larger figures for a room. A button, because in the dark theme a switch looks the same on and off."""
    st.space("medium")
    large = state.stage()
    st.button(
        words.say(f"frame.stage.{'smaller' if large else 'larger'}"),
        key="present_choice",
        type="tertiary",
        icon=f":material/zoom_{'out' if large else 'in'}:",
        help=words.say("frame.stage.help"),
        on_click=state.choose,
        args=("present", not large),
    )

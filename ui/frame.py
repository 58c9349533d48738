"""The frame around every page: logo, one line of context, the question as title, and the foot."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import (
    case_picker,
    engine,
    given,
    model_picker,
    navigation,
    overview,
    own_model,
    problems,
    progress,
    starting,
    state,
    uploads,
    words,
    workers,
)
from ui import page as drawing
from xai.errors import KlartextError
from xai.texts import LANGUAGES

HERE = Path(__file__).parent
MARK = str(HERE / "mark.svg")
WIDTH = 1180  # pixels: a line of text stays readable on a wide screen
_BODY = 640  # pixels the first page takes, about
_GLANCE = 0.5  # seconds in which a browser draws what it was sent, while a starting server is busy


@contextmanager
def around(page: str) -> Iterator[None]:
    """Draw the frame, run the page inside it, then write the address."""
    starting.nursery()
    st.logo(str(HERE / f"logo_{state.theme()}.svg"), size="medium")
    with st.container(horizontal_alignment="center"), st.container(width=WIDTH):
        with problems.shown():
            model_picker.settle()
        places = _head(page)
        body = st.container()
        waiting = body.empty()
        told, room = _room(waiting)
        own = own_model.uploaders() if page == navigation.PAGES[0] else None
        later = own is None or state.model() == given.CODE  # strangers' files are not what the visitor came for
        if own is None:
            _furnish(room, drawing.room_for_figure)
        elif later:
            _furnish(room, drawing.room_for_still)
        else:
            _before(own, told, room)
        _open(told)
        _context(*places)
        waiting.empty()
        with body, navigation.entered():
            yield
        if later and own is not None:
            _wake(own)
            own_model.found(own)
        _foot()
    state.write_address(page)


def _before(own: DeltaGenerator, told: DeltaGenerator, room: DeltaGenerator) -> None:
    """What comes before the model on show: whoever brings files need not wait for it."""
    pause = _GLANCE if workers.attested() is None else 0.0
    time.sleep(pause)
    _furnish(room, drawing.room_for_figure)
    _wake(told)
    own_model.found(own)
    if uploads.source() is not None:
        time.sleep(pause)


def _head(page: str) -> tuple[DeltaGenerator, ...]:
    """What is known before anything is asked, and the places of the rest."""
    with st.container(gap="xxsmall"):
        with st.container(
            horizontal=True, wrap=False, horizontal_alignment="right", vertical_alignment="center", gap="medium"
        ):
            controls = st.container(horizontal=True, vertical_alignment="center", gap="medium")
            _languages()
        below, notes = st.container(), st.container()
        st.title(words.say(f"frame.question.{page}"), anchor=False)
    return controls, below, notes


def _room(waiting: DeltaGenerator) -> tuple[DeltaGenerator, DeltaGenerator]:
    """The place of what is told while nothing can be shown yet, and below it room, so that little jumps later."""
    with waiting.container():
        told, room = st.container(), st.empty()
        if not engine.is_known("describe"):
            room.space(_BODY)
    return told, room


def _furnish(room: DeltaGenerator, with_what: Callable[[int], None]) -> None:
    """Let the browser load what draws while nothing can be shown yet: with figures it is busy for a second."""
    if not engine.is_known("describe"):
        with room:
            with_what(_BODY)


def _wake(place: DeltaGenerator) -> None:
    """The first visitor of a server waits for what all others find ready."""
    if workers.attested() is None:
        with place, problems.shown(), progress.line() as told:
            if not workers.attestation(lambda share, _: told(share, "starting")).uploads:
                st.rerun()  # the uploaders stand there already, as if there was nothing against them


def _open(place: DeltaGenerator) -> None:
    """The model on show, with a line that says so while it takes time. Where it fails, whatever needs it tells."""
    if not engine.is_known("describe"):
        with place, progress.line() as told, contextlib.suppress(KlartextError):
            engine.ask("describe", progress=told)


def _context(controls: DeltaGenerator, below: DeltaGenerator, notes: DeltaGenerator) -> None:
    """The model, the case, and what is said about it. Of one that cannot be opened the page tells why."""
    opened = engine.is_known("describe")
    with notes, problems.shown():
        if opened:
            case_picker.settle()
    with controls, problems.shown():
        model_picker.show()
        if opened:
            case_picker.show()
            long = overview.are_long(words.model_name(state.model()), case_picker.names())
            with below if long else controls:
                st.markdown(case_picker.line(), width="content")
    with notes:
        _notes()


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

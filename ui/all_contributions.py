"""The contributions of every row as one file: made when somebody asks for it, in blocks, and it can be stopped."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import engine, problems, progress, state, words
from xai.export import contributions_csv

_MOST_CELLS = 2_000_000  # of a file that the app holds for a visitor, some 40 MB; beyond that there is the terminal
_WANTED, _MADE = "contributions_wanted", "contributions_made"


def all_contributions() -> None:
    """A link that makes the file, then one that saves it."""
    known = engine.describe()
    if known.rows * len(known.columns) > _MOST_CELLS:
        st.markdown(f":small[:gray[{words.say('frame.page.contributions_terminal')}]]")
        return
    of, made = f"{state.model()}|{state.target_class()}|{state.language()}", st.session_state.get(_MADE, ("", b""))
    place = st.empty()
    if st.session_state.get(_WANTED) == of and made[0] != of:
        _button(place, "contributions_stop", words.say("pages.search.stop"), "stop", "")
        with problems.shown(), progress.line() as told:
            made = (of, b"".join(contributions_csv(engine.contributions(told), state.language())))
            st.session_state[_MADE] = made
    if made[0] == of:
        place.download_button(
            words.say("frame.page.contributions_save"),
            made[1],
            "klartext-contributions.csv",
            "text/csv",
            key="contributions_save",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
        )
    else:
        label = words.say("frame.page.contributions", rows=words.wording().number(known.rows, 0))
        _button(place, "contributions", label, "table_rows", of)


def _button(place: DeltaGenerator, key: str, label: str, icon: str, wanted: str) -> None:
    place.button(label, key=key, type="tertiary", icon=f":material/{icon}:", on_click=_want, args=(wanted,))


def _want(of: str) -> None:
    st.session_state[_WANTED] = of

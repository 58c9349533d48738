"""What the chosen model file says about itself, and what can be done where it is the wrong file, or holds several."""

from __future__ import annotations

import streamlit as st

from ui import uploads, words
from ui.engine import FileFacts, Inspection
from xai.errors import KlartextError
from xai.sentences import contents


def show(facts: FileFacts) -> None:
    """One line, and its details for whoever asks."""
    wording = words.wording("markdown")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", wrap=False):
        st.markdown(f":material/draft: {contents.line(facts, wording)}", width="stretch")
        with st.popover(words.say("start.own.see_file"), type="tertiary"):
            st.markdown("\n".join(f"- {text}" for text in contents.details(facts, wording)))


def choose_object(inspection: Inspection) -> None:
    """Which of several objects is explained."""
    if len(inspection.objects) < 2:
        return
    st.session_state["own_object_taken"] = inspection.object_key
    st.selectbox(
        words.say("start.own.object"),
        inspection.objects,
        key="own_object_taken",
        format_func=words.wording().raw,
        on_change=lambda: uploads.say("object_key", st.session_state["own_object_taken"]),
        width=420,
    )


def help_with(error: KlartextError) -> None:
    """The button for a file that was chosen in the wrong place."""
    chosen = uploads.pending()
    if error.code == "only-preprocessing" and chosen["companion"] is None:
        _button("as_companion", "companion")
    elif error.code == "table-as-model":
        _button("swap" if chosen["data"] else "as_data", "data")
    elif error.code == "model-as-table":
        _button("swap", "data")


def _button(key: str, to: str) -> None:
    """Moves the file from the model's place."""
    st.button(words.say(f"start.own.{key}"), key=f"own_{key}", on_click=uploads.move, args=("model", to))
